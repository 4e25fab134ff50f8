import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class SubmissionNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('submission.not_found', `There is no submission ${id}.`);
  }
}

export class NotAStudentOfClassError extends ForbiddenError {
  constructor() {
    super('submission.students_only', 'Only students of the class can work on its assignments.');
  }
}

/** Nobody grades their own work, whatever roles they have. */
export class OwnWorkError extends ForbiddenError {
  constructor() {
    super('submission.own_work', 'This is your own work. Ask another teacher to grade and return it.');
  }
}

/** The reasons why a student cannot work, by code. */
export const WORK_CONFLICTS = {
  'assignment.not_published': 'The assignment is not published. Ask your teacher.',
  'assignment.not_open': 'The assignment is not open yet. Try again after its opening date.',
  'assignment.closed': 'The assignment is closed. Ask your teacher to reopen it.',
  'assignment.archived': 'The assignment is archived. You can read it, but not change it.',
  'submission.excused': 'You are excused from this assignment.',
  'submission.no_attempts_left': 'You have used all attempts. Ask your teacher for another attempt.',
  'submission.too_late':
    'The due date has passed, and this assignment does not accept late work. Ask your teacher for more time.',
  'submission.not_in_progress': 'This attempt has already been handed in.',
  'submission.empty':
    'Your work is empty. Write an answer, send a message in the chat, or run the tool first.',
  'submission.not_submitted': 'This attempt has not been handed in. Wait until the student hands it in.',
} as const;

export type WorkConflict = keyof typeof WORK_CONFLICTS;

/** The conflicts that depend on a date of the student's terms, with the message that names it. */
export const DATED_CONFLICTS = {
  'assignment.not_open': (moment: string) => `The assignment opens on ${moment}. Try again then.`,
  'assignment.closed': (moment: string) =>
    `The assignment closed on ${moment}. Ask your teacher to reopen it.`,
  'submission.too_late': (moment: string) =>
    `The work was due on ${moment}, and this assignment does not accept late work. Ask your teacher for more time.`,
} as const satisfies Partial<Record<WorkConflict, (moment: string) => string>>;

export type DatedConflict = keyof typeof DATED_CONFLICTS;

export class WorkConflictError extends ConflictError {
  constructor(reason: WorkConflict, message: string = WORK_CONFLICTS[reason]) {
    super(reason, message);
  }
}

export class ScoreTooHighError extends InvalidInputError {
  constructor(points: number) {
    super('The score is higher than the points of the assignment.', {
      reason: 'submission.score_too_high',
      issues: [{ path: 'body.score', reason: 'too_big', message: `must be at most ${points}` }],
    });
  }
}
