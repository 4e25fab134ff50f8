import { ConflictError, InvalidInputError, NotFoundError } from '../../shared/errors';

export class ClassNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('class.not_found', `There is no class ${id}.`);
  }
}

export class JoinCodeUnknownError extends NotFoundError {
  constructor() {
    super('class.code_unknown', 'No class can be joined with this code.');
  }
}

export class ClassMemberNotFoundError extends NotFoundError {
  constructor() {
    super('member.not_found', 'This person is not in the class.');
  }
}

export class ClassMemberExistsError extends ConflictError {
  constructor(classId: string) {
    super('member.exists', 'This person is in the class already.', { classId });
  }
}

export class OtherTenantError extends ConflictError {
  constructor() {
    super('class.other_tenant', 'A class cannot be moved to another tenant.');
  }
}

export class ClassGroupArchivedError extends ConflictError {
  constructor() {
    super('class.group_archived', 'The group of this class is archived. Restore it first.');
  }
}

export class ObserverWithoutStudentError extends InvalidInputError {
  constructor() {
    super('An observer observes a student of the class.', {
      reason: 'class.observer_without_student',
      issues: [
        {
          path: 'body.studentId',
          reason: 'invalid',
          message: 'give the id of a student of this class, for observers only',
        },
      ],
    });
  }
}
