import { ApplicationFailure } from '@temporalio/common';
import { isDatabaseUnavailable } from '../../src/platform/db/errors';
import { AppError, type ErrorKind } from '../../src/shared/errors';

/** The kinds of failure that may disappear. All others would fail again in the same way. */
const RETRYABLE: ReadonlySet<ErrorKind> = new Set(['unavailable', 'rate_limited', 'internal']);

/**
 * Turns a failure into what Temporal may store: a code, and whether a retry makes sense. Messages, details
 * and causes are dropped, because operators read histories and these must hold no personal data.
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
