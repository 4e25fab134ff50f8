import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class AssignmentNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('assignment.not_found', `There is no assignment ${id}.`);
  }
}

export class NotAStudentError extends NotFoundError {
  constructor() {
    super('member.not_found', 'This person is not a student of the class.');
  }
}

export class OverrideNotFoundError extends NotFoundError {
  constructor() {
    super('override.not_found', 'This student has no override.');
  }
}

export class ToolNotPublishedError extends ConflictError {
  constructor() {
    super('tool.not_published', 'The tool of this assignment is not published. Publish the tool first.');
  }
}

export class HasSubmissionsError extends ConflictError {
  constructor() {
    super(
      'assignment.has_submissions',
      'Students have started to work, so you can no longer change the tool of this assignment.',
    );
  }
}

/** Submitted work stays readable: the assignment can be archived, but not deleted. */
export class HasWorkError extends ConflictError {
  constructor() {
    super('assignment.has_work', 'Students have handed in work for this assignment. Archive it instead.');
  }
}

export class ArchivedError extends ConflictError {
  constructor() {
    super('assignment.archived', 'The assignment is archived. Restore it before you change it.');
  }
}

/** The caller is the student whose dates and attempts these are. */
export class OwnOverrideError extends ForbiddenError {
  constructor() {
    super('assignment.own_override', 'This is your own override. Ask another teacher to change it.');
  }
}

export class ScoresAbovePointsError extends ConflictError {
  constructor(count: number, points: number) {
    super(
      'assignment.scores_above_points',
      `${count} graded ${count === 1 ? 'attempt has' : 'attempts have'} more than ${points} points. Send "scores": "scale" to keep each score's share of the points, or lower the scores first.`,
      { count },
    );
  }
}

export class NotPublishedError extends ConflictError {
  constructor() {
    super('assignment.not_published', 'This assignment is a draft. Publish or delete it instead.');
  }
}

export class DatesOrderError extends InvalidInputError {
  constructor() {
    super('The dates are not in order: opensAt must be before dueAt, and dueAt before closesAt.', {
      reason: 'assignment.dates_order',
      issues: [
        {
          path: 'body.dueAt',
          reason: 'dates_order',
          message: 'opensAt must be before dueAt, and dueAt before closesAt',
        },
      ],
    });
  }
}

/** Further ones are only counted. */
const MAX_NAMED = 20;

export class OverridesOrderError extends ConflictError {
  constructor(userIds: readonly string[]) {
    super(
      'assignment.overrides_order',
      `${userIds.length} students have an override whose dates would not be in order with these dates. Change their overrides first.`,
      { students: userIds.length, userIds: userIds.slice(0, MAX_NAMED) },
    );
  }
}

export class AttemptNotGrantedError extends ConflictError {
  constructor() {
    super(
      'assignment.closed',
      'The assignment is closed for this student, so they could not use another attempt. Set a due date for the attempt, or reopen the assignment.',
    );
  }
}

export class DueDatePastError extends InvalidInputError {
  constructor() {
    super('The due date of another attempt must be in the future.', {
      reason: 'submission.due_date_past',
      issues: [{ path: 'body.dueAt', reason: 'past', message: 'must be in the future' }],
    });
  }
}
