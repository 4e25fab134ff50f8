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

/** The meaning of a code, in words for users. */
export function aiErrorMessage(code: AiErrorCode): string {
  return MESSAGES[code];
}

/** A refusal would be repeated, and missing credit needs a person; everything else may work the next time. */
export function aiErrorKind(code: AiErrorCode): ErrorKind {
  if (code === 'ai.refused' || code === 'ai.filtered') return 'unprocessable';
  return code === 'ai.quota_exhausted' ? 'budget_exceeded' : 'unavailable';
}

/** A failed call to a model. It contains none of the provider's text, which may be anything. */
export class AiError extends AppError {
  constructor(
    readonly code: AiErrorCode,
    /** The part of the answer that had arrived. */
    readonly text = '',
    /** The model that was asked last; null if none was. */
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
