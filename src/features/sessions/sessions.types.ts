export const SESSION_STATES = ['active', 'completed', 'expired', 'stopped'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A chat with a tool, in one version of it. */
export interface Session {
  id: string;
  tenantId: string;
  userId: string;
  userName: string;
  toolId: string;
  toolVersion: number;
  toolName: string;
  classId: string | null;
  /** Path of the class's group; null for a chat outside of any class. */
  groupPath: string | null;
  /** The group whose costs and limits are meant: the class's, or the tool's. */
  groupId: string;
  submissionId: string | null;
  state: SessionState;
  /** Messages of the student in this chat; those whose answer failed do not count. */
  messageCount: number;
  /** The same in other chats on the same work, which share its limits. */
  messagesElsewhere: number;
  maxMessages: number | null;
  /** When the narrowest time limit ends it; null without one. */
  expiresAt: Date | null;
  /** Whether an answer is being made. */
  answering: boolean;
  /** Whether it is active, and its owner can work now on the attempt that it belongs to, if any. */
  workIsOpen: boolean;
  /** Whether its last answer was cut. */
  isCut: boolean;
  /** Whether the groups above allow AI. */
  aiIsOn: boolean;
  lastActivityAt: Date;
  endedAt: Date | null;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A session as its row says, without what its groups allow. */
export interface StoredSession extends Omit<Session, 'aiIsOn' | 'expiresAt'> {
  /** Seconds that earlier chats on the same work have used up. */
  secondsBefore: number;
  /** The tool's time limit. */
  maxMinutes: number | null;
}

/** What of a session never changes. */
export interface SessionHeader {
  id: string;
  tenantId: string;
  userId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  submissionId: string | null;
  /** The group whose costs its calls are: the class's, or the tool's. */
  groupId: string;
}

export interface NewSession {
  id: string;
  tenantId: string;
  userId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  /** The group whose costs and limits are meant: the class's, or the tool's. */
  groupId: string;
  submissionId: string | null;
}

/** The limit of tokens, or the person who asked. */
export const CUTS = ['length', 'stopped'] as const;
export type CutBy = (typeof CUTS)[number];

export type MessageState = 'complete' | 'streaming' | 'failed';

export interface Message {
  id: string;
  sessionId: string;
  seq: number;
  role: 'user' | 'assistant';
  content: string;
  state: MessageState;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Whether the provider did not count these tokens. */
  tokensEstimated: boolean;
  latencyMs: number | null;
  /** Why a failed answer ended: one of the `ai.*` codes, `session.stopped` or `access.revoked`. */
  errorCode: string | null;
  /** What ended the answer before it was whole; null for a whole one. */
  cutBy: CutBy | null;
  /** Whether it asks for the rest of a cut answer, or is that rest. */
  continues: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** A student's message and the answer to it. */
export interface Turn {
  userMessage: Message;
  assistantMessage: Message;
}

/** Why a running answer is broken off from outside; stored as the message's error code, unless it is the student's wish. */
export type BreakOff = 'session.stopped' | 'access.revoked' | 'ai.interrupted' | 'answer.stopped';

/** What happens during a turn, in the order in which followers see it. */
export type TurnEvent =
  | { type: 'start'; turn: Turn }
  /** `offset` counts the characters (UTF-16 units) of the answer up to and including this piece. */
  | { type: 'delta'; text: string; offset: number }
  /** All deltas so far are void: what they held is no part of the answer. */
  | { type: 'withdrawn' }
  | { type: 'done'; turn: Turn }
  | { type: 'error'; turn: Turn; code: string };
