/**
 * The kinds of failure, independent of HTTP and Temporal. `http/` maps a kind to a status;
 * `workflows/shared/` maps the same kind to retryable or not.
 */
export type ErrorKind =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'unprocessable'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'rate_limited'
  | 'budget_exceeded'
  | 'unavailable'
  | 'internal';

export interface ErrorDetails {
  /** The finer, stable code of the failure: `group.cycle`. */
  reason?: string;
  [key: string]: unknown;
}

/**
 * The base class of every failure that a caller may see. Its message and details go to the caller: no
 * secrets, no SQL.
 */
export class AppError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details: ErrorDetails = {},
    /** Seconds after which trying again makes sense. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** One refused field of a request: `{ path: 'body.name', reason: 'too_small', message: '…' }`. */
export interface FieldIssue {
  path: string;
  reason: string;
  message: string;
}

export class InvalidInputError extends AppError {
  constructor(message: string, details: ErrorDetails & { issues?: FieldIssue[] } = {}) {
    super('invalid_input', message, details);
  }
}

export class UnauthenticatedError extends AppError {
  constructor(reason = 'auth.required', message = 'Sign in first.') {
    super('unauthenticated', message, { reason });
  }
}

export class ForbiddenError extends AppError {
  constructor(reason = 'auth.forbidden', message = 'You may not do this.', details: ErrorDetails = {}) {
    super('forbidden', message, { reason, ...details });
  }
}

export class NotFoundError extends AppError {
  constructor(reason: string, message: string) {
    super('not_found', message, { reason });
  }
}

export class ConflictError extends AppError {
  constructor(reason: string, message: string, details: ErrorDetails = {}) {
    super('conflict', message, { reason, ...details });
  }
}

export class PreconditionFailedError extends AppError {
  constructor(message = 'The resource has changed since you read it. Read it again and repeat your change.') {
    super('precondition_failed', message, { reason: 'precondition.changed' });
  }
}

export class UnprocessableError extends AppError {
  constructor(reason: string, message: string, details: ErrorDetails = {}) {
    super('unprocessable', message, { reason, ...details });
  }
}

export interface RateLimitedOptions {
  /** The name of the exhausted limit, as in the RateLimit header. */
  limit: string;
  retryAfterSeconds: number;
  reason?: string;
  message?: string;
}

/** A limit is used up. The answer names it, and the seconds after which you can try again. */
export class RateLimitedError extends AppError {
  readonly limit: string;

  constructor({ limit, retryAfterSeconds, reason = 'rate_limit.exceeded', message }: RateLimitedOptions) {
    const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
    super(
      'rate_limited',
      message ?? `Too many requests. Try again in ${seconds} seconds.`,
      { reason, limit, retryAfterSeconds: seconds },
      seconds,
    );
    this.limit = limit;
  }
}

/** The client disconnected before its request was complete. Nobody reads an answer, and nothing is wrong. */
export class ClientGoneError extends AppError {
  constructor() {
    super('invalid_input', 'The connection ended before the request was complete.', {
      reason: 'request.aborted',
    });
  }
}

export class UnavailableError extends AppError {
  constructor(dependency: string, retryAfterSeconds = 2) {
    super(
      'unavailable',
      `A part of the system (${dependency}) is not available at the moment. Try again shortly.`,
      { reason: `${dependency}.unavailable` },
      retryAfterSeconds,
    );
  }
}
