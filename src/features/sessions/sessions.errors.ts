import { AppError, ConflictError, type ErrorKind, NotFoundError } from '../../shared/errors';
import { AI_ERROR_CODES, type AiErrorCode, aiErrorKind, aiErrorMessage } from '../ai';
import type { SessionState, Turn } from './sessions.types';

export class SessionNotFoundError extends NotFoundError {
  constructor() {
    super('session.not_found', 'There is no such chat session.');
  }
}

export class MessageNotFoundError extends NotFoundError {
  constructor() {
    super('message.not_found', 'There is no such message.');
  }
}

export class ToolNotChatError extends ConflictError {
  constructor() {
    super('tool.not_chat', 'This is a product tool. Start a run with it instead.');
  }
}

export class SessionAlreadyActiveError extends ConflictError {
  /** @param sessionId null if that chat has just ended, so that trying again creates a new one */
  constructor(sessionId: string | null) {
    const message =
      'You already have an active chat session for this submission. Continue it, or complete it first.';
    super('session.already_active', message, { sessionId });
  }
}

export class SessionEndedError extends ConflictError {
  constructor(state: SessionState) {
    super(
      state === 'expired' ? 'session.expired' : 'session.ended',
      'This chat session has ended. Start a new session.',
      { state },
    );
  }
}

export class MessageLimitError extends ConflictError {
  constructor(maxMessages: number) {
    super('session.message_limit', 'You have used all messages that are allowed for this work.', {
      maxMessages,
    });
  }
}

export class WorkTimeOverError extends ConflictError {
  constructor(maxMinutes: number) {
    super('session.time_limit', 'You have used all the time that is allowed for this work.', { maxMinutes });
  }
}

export class TurnInProgressError extends ConflictError {
  constructor() {
    super(
      'session.turn_in_progress',
      'The previous message is still being answered. Wait for the answer, or stop it.',
    );
  }
}

export class NothingToContinueError extends ConflictError {
  constructor() {
    super('session.nothing_to_continue', 'The last answer is complete. Send a message instead.');
  }
}

export class NotAnsweringError extends ConflictError {
  constructor() {
    super('session.not_answering', 'This chat session has no answer in progress.');
  }
}

export class SubmissionClosedError extends ConflictError {
  constructor() {
    super(
      'submission.not_in_progress',
      'The submission of this chat session is handed in or closed. You can read the chat, but not continue it.',
    );
  }
}

const OTHER_MESSAGES: Readonly<Record<string, string>> = {
  'session.stopped': 'The chat session was stopped.',
  'access.revoked': 'You may no longer use this chat session.',
};

const isAiCode = (code: string): code is AiErrorCode => (AI_ERROR_CODES as readonly string[]).includes(code);

/** The meaning of a failed answer's error code, in words for users. */
export function failureMessage(code: string): string {
  return isAiCode(code) ? aiErrorMessage(code) : (OTHER_MESSAGES[code] ?? aiErrorMessage('ai.interrupted'));
}

function failureKind(code: string): ErrorKind {
  if (code === 'session.stopped') return 'conflict';
  if (code === 'access.revoked') return 'forbidden';
  return isAiCode(code) ? aiErrorKind(code) : 'unavailable';
}

/**
 * The answer failed. The student's message and the part that had arrived are stored; the next message
 * works.
 */
export class TurnFailedError extends AppError {
  constructor(turn: Turn, retryAfterSeconds?: number) {
    const code = turn.assistantMessage.errorCode ?? 'ai.interrupted';
    const kind = failureKind(code);
    super(
      kind,
      failureMessage(code),
      { reason: code, userMessageId: turn.userMessage.id, assistantMessageId: turn.assistantMessage.id },
      kind === 'unavailable' ? (retryAfterSeconds ?? 2) : undefined,
    );
  }
}
