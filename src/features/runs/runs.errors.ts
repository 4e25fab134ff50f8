import {
  AppError,
  ConflictError,
  type FieldIssue,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
} from '../../shared/errors';

export class RunNotFoundError extends NotFoundError {
  constructor() {
    super('run.not_found', 'There is no such run.');
  }
}

export class RunNotFinishedError extends ConflictError {
  constructor(state: string) {
    super('run.not_finished', 'The run has not finished yet. Try again when it has.', { state });
  }
}

export class RunFailedError extends ConflictError {
  constructor(code: string) {
    super('run.failed', 'The run has failed. Start a new run.', { code });
  }
}

export class RunCancelledError extends ConflictError {
  constructor() {
    super('run.cancelled', 'The run was cancelled.');
  }
}

export class RunFinishedError extends ConflictError {
  constructor(state: string) {
    super('run.finished', 'The run has already finished.', { state });
  }
}

export class ToolNotProductError extends ConflictError {
  constructor() {
    super('tool.not_product', 'This is a chat tool. Create a chat session with it instead.');
  }
}

export class SubmissionEndedError extends ConflictError {
  constructor() {
    super('submission.not_in_progress', 'This attempt has already been handed in.');
  }
}

export class TooManyRunsError extends RateLimitedError {
  constructor() {
    super({
      limit: 'unfinished-runs',
      retryAfterSeconds: 10,
      reason: 'run.too_many_unfinished',
      message: 'You have too many unfinished runs. Wait until an export ends, or cancel an export.',
    });
  }
}

export class RunInputError extends InvalidInputError {
  /** @param issues with paths below the input */
  constructor(issues: readonly FieldIssue[]) {
    super('The input does not match the input schema of this tool.', {
      reason: 'run.input_invalid',
      issues: issues.map((issue) => ({ ...issue, path: `body.input${issue.path}` })),
    });
  }
}

/** Two attempts at one run collided; the one that is still wanted is repeated. */
export class RunSupersededError extends AppError {
  constructor() {
    super(
      'unavailable',
      'Another process is working on this run. Try again shortly.',
      { reason: 'run.superseded' },
      1,
    );
  }
}
