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
    super('job.not_running', 'The workflow has ended already.', { state });
  }
}

export class JobNotFailedError extends ConflictError {
  constructor(state: string) {
    super('job.not_failed', 'Only a failed workflow can be started once more.', { state });
  }
}

export class JobNotRestartableError extends ConflictError {
  constructor(kind: string) {
    super(
      'job.not_restartable',
      'A workflow of this kind stays failed, as its record does. Ask for the work anew.',
      { kind },
    );
  }
}
