import { ConflictError, NotFoundError } from '../../shared/errors';

export class JobNotFoundError extends NotFoundError {
  constructor() {
    super('job.not_found', 'There is no such workflow.');
  }
}

export class ScheduleNotFoundError extends NotFoundError {
  constructor() {
    super('schedule.not_found', 'There is no such schedule.');
  }
}

export class JobNotRunningError extends ConflictError {
  constructor(state: string) {
    super('job.not_running', 'The workflow has already ended.', { state });
  }
}

export class JobNotFailedError extends ConflictError {
  constructor(state: string) {
    super('job.not_failed', 'Only a failed workflow can be restarted.', { state });
  }
}

export class JobNotRestartableError extends ConflictError {
  constructor(kind: string) {
    super(
      'job.not_restartable',
      'A workflow of this kind cannot be restarted, because its record stays failed. Request the work again instead.',
      { kind },
    );
  }
}
