import type { z } from 'zod';
import type { HeaderRow, MessageRow, SessionRow } from './sessions.sql';

export type { NewSession } from './sessions.sql';

export const SESSION_STATES = ['active', 'completed', 'expired', 'stopped'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A session as stored, without the limits of groups. */
export type StoredSession = z.output<typeof SessionRow>;

/** A chat with one version of a tool. */
export interface Session extends Omit<StoredSession, 'secondsBefore' | 'maxMinutes'> {
  /** When the narrowest time limit ends it; null without one. */
  expiresAt: Date | null;
  /** Whether the groups above allow AI. */
  aiIsOn: boolean;
}

/** The parts of a session that never change. */
export type SessionHeader = z.output<typeof HeaderRow>;

/** The token limit, or the user who stopped it. */
export const CUTS = ['length', 'stopped'] as const;
export type CutBy = (typeof CUTS)[number];

export type Message = z.output<typeof MessageRow>;

/** A student's message and its answer. */
export interface Turn {
  userMessage: Message;
  assistantMessage: Message;
}

/**
 * Why a running answer is aborted from outside; stored as the message's error code, unless it is the
 * student's wish.
 */
export type BreakOff = 'session.stopped' | 'access.revoked' | 'ai.interrupted' | 'answer.stopped';

/** What happens during a turn, in the order in which followers see it. */
export type TurnEvent =
  | { type: 'start'; turn: Turn }
  /** `offset` counts the characters (UTF-16 units) of the answer up to and including this piece. */
  | { type: 'delta'; text: string; offset: number }
  /** All deltas so far are void: they do not belong to the answer. */
  | { type: 'withdrawn' }
  | { type: 'done'; turn: Turn }
  | { type: 'error'; turn: Turn; code: string };
