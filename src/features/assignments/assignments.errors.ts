import { ConflictError, InvalidInputError, NotFoundError } from '../../shared/errors';

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
    super('tool.not_published', 'The tool of this assignment is not published.');
  }
}

export class HasSubmissionsError extends ConflictError {
  constructor() {
    super(
      'assignment.has_submissions',
      'Students have begun: the tool of this assignment can no longer change.',
    );
  }
}

export class NotPublishedError extends ConflictError {
  constructor() {
    super('assignment.not_published', 'A draft cannot be closed. Publish or delete it.');
  }
}

export class DatesOrderError extends InvalidInputError {
  constructor() {
    super('The dates are not in order.', {
      reason: 'assignment.dates_order',
      issues: [
        {
          path: 'body.dueAt',
          reason: 'dates_order',
          message: 'opensAt comes before dueAt, and dueAt before closesAt',
        },
      ],
    });
  }
}
