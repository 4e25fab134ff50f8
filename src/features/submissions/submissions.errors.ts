import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class SubmissionNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('submission.not_found', `There is no submission ${id}.`);
  }
}

export class NotAStudentOfClassError extends ForbiddenError {
  constructor() {
    super('submission.students_only', 'Only students of the class work on its assignments.');
  }
}

/** Nobody judges their own work, whatever roles they have. */
export class OwnWorkError extends ForbiddenError {
  constructor() {
    super('submission.own_work', 'This is your own work. Ask another teacher to grade and return it.');
  }
}

/** What stands in the way of working, by its reason. */
export const WORK_CONFLICTS = {
  'assignment.not_published': 'The assignment is not published.',
  'assignment.not_open': 'The assignment is not open yet.',
  'assignment.closed': 'The assignment is closed.',
  'assignment.archived': 'The assignment is archived and can only be read.',
  'submission.excused': 'You are excused from this assignment.',
  'submission.no_attempts_left': 'All attempts have been used.',
  'submission.too_late': 'The due date has passed, and late work is not taken.',
  'submission.not_in_progress': 'This attempt has been handed in.',
  'submission.empty':
    'There is nothing to hand in yet. Write an answer, send a message in the chat, or run the tool first.',
  'submission.not_submitted': 'This attempt has not been handed in.',
} as const;

export type WorkConflict = keyof typeof WORK_CONFLICTS;

export class WorkConflictError extends ConflictError {
  constructor(reason: WorkConflict) {
    super(reason, WORK_CONFLICTS[reason]);
  }
}

export class ScoreTooHighError extends InvalidInputError {
  constructor(points: number) {
    super('The score is higher than the points of the assignment.', {
      reason: 'submission.score_too_high',
      issues: [{ path: 'body.score', reason: 'too_big', message: `at most ${points}` }],
    });
  }
}
