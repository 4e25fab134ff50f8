import type { Response } from 'express';
import { isDatabaseUnavailable } from '../platform/db/errors';
import { AppError, type ErrorKind, UnavailableError } from '../shared/errors';

interface Mapping {
  status: number;
  code: string;
}

/** Maps a kind to its status and code. Codes are stable, because clients may depend on them. */
export const ERRORS: Readonly<Record<ErrorKind, Mapping>> = {
  invalid_input: { status: 400, code: 'VALIDATION_ERROR' },
  unauthenticated: { status: 401, code: 'UNAUTHENTICATED' },
  forbidden: { status: 403, code: 'FORBIDDEN' },
  not_found: { status: 404, code: 'NOT_FOUND' },
  conflict: { status: 409, code: 'CONFLICT' },
  precondition_failed: { status: 412, code: 'PRECONDITION_FAILED' },
  payload_too_large: { status: 413, code: 'PAYLOAD_TOO_LARGE' },
  unsupported_media_type: { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  unprocessable: { status: 422, code: 'UNPROCESSABLE' },
  rate_limited: { status: 429, code: 'RATE_LIMITED' },
  budget_exceeded: { status: 429, code: 'BUDGET_EXCEEDED' },
  unavailable: { status: 503, code: 'DEPENDENCY_UNAVAILABLE' },
  internal: { status: 500, code: 'INTERNAL' },
};

export const METHOD_NOT_ALLOWED: Mapping = { status: 405, code: 'METHOD_NOT_ALLOWED' };

/**
 * Turns anything thrown into an error that may be shown. Anything but an AppError becomes an internal error
 * without a reason.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) return new UnavailableError('database');
  return new AppError(
    'internal',
    'Something went wrong on our side. Send the request id to your administrator.',
  );
}

export interface ErrorBody {
  error: { code: string; message: string; details: Record<string, unknown>; requestId: string };
}

/** The envelope of an error. */
export function errorBody(
  code: string,
  message: string,
  details: Record<string, unknown>,
  requestId: string,
): ErrorBody {
  return { error: { code, message, details, requestId } };
}

/** Answers with an error in its envelope, or cuts off an answer that has already started. */
export function sendErrorBody(
  res: Response,
  { status, code }: Mapping,
  message: string,
  details: Record<string, unknown>,
): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.status(status).json(errorBody(code, message, details, String(res.getHeader('X-Request-Id'))));
}

/** Answers with the public part of the error. */
export function sendError(res: Response, error: AppError): void {
  const mapping = ERRORS[error.kind];
  if (!res.headersSent) {
    if (error.retryAfterSeconds !== undefined)
      res.set('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
    if (mapping.status === 401) res.set('WWW-Authenticate', 'Bearer');
  }
  sendErrorBody(res, mapping, error.message, error.details);
}
