import { ApplicationFailure } from '@temporalio/common';
import { isDatabaseUnavailable } from '../../src/platform/db/errors';
import { AppError, type ErrorKind } from '../../src/shared/errors';

/** Kinds of failure that may be gone the next time. All others will be the same again. */
const RETRYABLE: ReadonlySet<ErrorKind> = new Set(['unavailable', 'rate_limited', 'internal']);

/**
 * A failure as Temporal may know it: a code and whether trying again makes sense. Messages, details and causes stay
 * behind, as histories are read by operations and must hold nothing of people.
 */
export function toActivityFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof AppError) {
    const code = error.details.reason ?? error.kind;
    return ApplicationFailure.create({
      message: code,
      type: code,
      nonRetryable: !RETRYABLE.has(error.kind),
      ...(error.retryAfterSeconds === undefined ? {} : { nextRetryDelay: error.retryAfterSeconds * 1000 }),
    });
  }
  const code = isDatabaseUnavailable(error) ? 'database.unavailable' : 'internal';
  return ApplicationFailure.retryable(code, code);
}
