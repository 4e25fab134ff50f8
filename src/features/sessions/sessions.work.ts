import type { SessionState } from './sessions.types';

/** What decides whether the owner of a chat can say something in it. */
export interface WriteConditions {
  state: SessionState;
  isOverdue: boolean;
  /** False if it belongs to an attempt that was handed in, or on which its owner cannot work now. */
  workIsOpen: boolean;
  answering: boolean;
  /** In all chats on the same work. */
  messagesUsed: number;
  maxMessages: number | null;
  /** Whether the last answer was cut. */
  isCut: boolean;
  /** Whether that answer is to be continued: it costs no message. */
  continues: boolean;
}

export type WriteReason =
  | 'session.ended'
  | 'session.expired'
  | 'submission.not_in_progress'
  | 'session.turn_in_progress'
  | 'session.nothing_to_continue'
  | 'session.message_limit';

/** Why nothing can be said in a chat now; null if it can. Pure. */
export function reasonNotToWrite(found: WriteConditions): WriteReason | null {
  const { state, isOverdue, workIsOpen, answering, messagesUsed, maxMessages } = found;
  if (state !== 'active') return 'session.ended';
  if (isOverdue) return 'session.expired';
  if (!workIsOpen) return 'submission.not_in_progress';
  // Before the limit: the message that is just being answered may be the last one.
  if (answering) return 'session.turn_in_progress';
  if (found.continues) return found.isCut ? null : 'session.nothing_to_continue';
  return maxMessages !== null && messagesUsed >= maxMessages ? 'session.message_limit' : null;
}

/** Whether a chat can be completed now. Pure. */
export const canComplete = ({ state, answering }: Pick<WriteConditions, 'state' | 'answering'>): boolean =>
  state === 'active' && !answering;

/** Whether there is an answer that its owner can stop: as long as the chat says that one is being made. Pure. */
export const canStopAnswer = ({ answering }: Pick<WriteConditions, 'answering'>): boolean => answering;
