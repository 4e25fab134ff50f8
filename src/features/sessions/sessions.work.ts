import type { SessionState } from './sessions.types';

/** What decides whether the owner of a chat can send a message. */
export interface WriteConditions {
  state: SessionState;
  isOverdue: boolean;
  /** False if it belongs to a submitted attempt, or to one on which its owner cannot work now. */
  workIsOpen: boolean;
  answering: boolean;
  /** In all chats about the same work. */
  messagesUsed: number;
  maxMessages: number | null;
  /** Whether the last answer was cut short. */
  isCut: boolean;
  /** Whether that answer is to be continued, which costs no message. */
  continues: boolean;
}

export type WriteReason =
  | 'session.ended'
  | 'session.expired'
  | 'submission.not_in_progress'
  | 'session.turn_in_progress'
  | 'session.nothing_to_continue'
  | 'session.message_limit';

/** Why no message can be sent in a chat now; null if one can. Pure. */
export function reasonNotToWrite(found: WriteConditions): WriteReason | null {
  const { state, isOverdue, workIsOpen, answering, messagesUsed, maxMessages } = found;
  if (state !== 'active') return 'session.ended';
  if (isOverdue) return 'session.expired';
  if (!workIsOpen) return 'submission.not_in_progress';
  // Checked before the limit, because the message that is being answered may be the last one.
  if (answering) return 'session.turn_in_progress';
  if (found.continues) return found.isCut ? null : 'session.nothing_to_continue';
  return maxMessages !== null && messagesUsed >= maxMessages ? 'session.message_limit' : null;
}

/** Whether a chat can be completed now. Pure. */
export const canComplete = ({ state, answering }: Pick<WriteConditions, 'state' | 'answering'>): boolean =>
  state === 'active' && !answering;

/** Whether its owner can stop an answer: as long as the chat says that one is in progress. Pure. */
export const canStopAnswer = ({ answering }: Pick<WriteConditions, 'answering'>): boolean => answering;
