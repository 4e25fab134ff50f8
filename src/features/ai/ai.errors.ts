import { AppError, type ErrorKind } from '../../shared/errors';
import type { AiErrorCode } from './ai.types';

const MESSAGES: Readonly<Record<AiErrorCode, string>> = {
  'ai.timeout': 'The AI model did not answer in time. Try again.',
  'ai.rate_limited': 'The AI service is busy. Try again shortly.',
  'ai.unavailable': 'The AI service is not available at the moment. Try again shortly.',
  'ai.bad_response': 'The AI model gave an answer that cannot be used. Try again.',
  'ai.interrupted': 'The answer of the AI model ended too early. Try again.',
  'ai.refused': 'The AI model refuses to answer this request. Change what you ask.',
  'ai.filtered': 'The content filter of the AI service blocked this. Write it in another way.',
  'ai.quota_exhausted':
    'The AI service cannot be used at the moment. Your administrators have been notified.',
};

/** What a code means, in words for a person. */
export function aiErrorMessage(code: AiErrorCode): string {
  return MESSAGES[code];
}

/** A refusal will be the same again, and credit takes a person; everything else may well work the next time. */
export function aiErrorKind(code: AiErrorCode): ErrorKind {
  if (code === 'ai.refused' || code === 'ai.filtered') return 'unprocessable';
  return code === 'ai.quota_exhausted' ? 'budget_exceeded' : 'unavailable';
}

/** A call to a model that did not end well. Says nothing of what the provider said: that may hold anything. */
export class AiError extends AppError {
  constructor(
    readonly code: AiErrorCode,
    /** What had arrived of the answer. */
    readonly text = '',
    /** The model last asked; null where none was. */
    readonly model: string | null = null,
    retryAfterSeconds?: number,
  ) {
    super(
      aiErrorKind(code),
      MESSAGES[code],
      { reason: code },
      aiErrorKind(code) === 'unavailable' ? (retryAfterSeconds ?? 2) : undefined,
    );
  }
}
