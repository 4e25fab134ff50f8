import {
  AppError,
  ConflictError,
  type FieldIssue,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
} from '../../shared/errors';

export class ExportNotFoundError extends NotFoundError {
  constructor() {
    super('export.not_found', 'There is no such export.');
  }
}

/** The link is not one of ours, belongs to another caller or export, or has expired. */
export class ExportLinkError extends ForbiddenError {
  constructor() {
    super('export.link_invalid', 'This link has expired or was made for another user. Get a new link.');
  }
}

export class ExportNotReadyError extends ConflictError {
  constructor(state: string) {
    super(
      'export.not_ready',
      'This export has no file to download: it is not finished, has failed, was cancelled or has expired.',
      { state },
    );
  }
}

export class TooManyExportsError extends RateLimitedError {
  constructor() {
    super({
      limit: 'unfinished-exports',
      retryAfterSeconds: 30,
      reason: 'export.too_many_unfinished',
      message: 'You have too many unfinished exports. Wait until an export ends, or cancel an export.',
    });
  }
}

/** The parts of the request do not fit together. */
export class ExportRequestError extends InvalidInputError {
  constructor(issue: FieldIssue) {
    super('This kind of export does not support these options.', {
      reason: 'export.unsuitable',
      issues: [issue],
    });
  }
}

/** The requester may no longer have it. */
export class ExportForbiddenError extends ForbiddenError {
  constructor() {
    super('export.forbidden', 'You may not export this.');
  }
}

/** The class or group was archived meanwhile. */
export class ExportScopeGoneError extends NotFoundError {
  constructor() {
    super('export.scope_gone', 'The class or group no longer exists.');
  }
}

/** Two attempts at one export collided; the one that is still wanted is repeated. */
export class ExportSupersededError extends AppError {
  constructor() {
    super(
      'unavailable',
      'Another process is working on this export. Try again shortly.',
      { reason: 'export.superseded' },
      1,
    );
  }
}
