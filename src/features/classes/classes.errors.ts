import { ConflictError, ForbiddenError, NotFoundError } from '../../shared/errors';

export class ClassNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('class.not_found', `There is no class ${id}.`);
  }
}

export class JoinCodeUnknownError extends NotFoundError {
  constructor() {
    super(
      'class.code_unknown',
      'You cannot join a class with this code. If the code is right, ask your school to add you first.',
    );
  }
}

export class ClassMemberNotFoundError extends NotFoundError {
  constructor() {
    super('member.not_found', 'This person is not a member of the class.');
  }
}

export class ClassMemberExistsError extends ConflictError {
  constructor(classId: string) {
    super('member.exists', 'This person is already a member of the class.', { classId });
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

export class RemovedFromClassError extends ForbiddenError {
  constructor() {
    super('class.removed', 'You were removed from this class. Ask a teacher to add you again.');
  }
}

export class NotOfSchoolError extends ConflictError {
  constructor() {
    super(
      'class.no_membership',
      'This person does not have this role at the school of the class. Ask an admin to add them there first.',
    );
  }
}

export class ClassMoveForbiddenError extends ForbiddenError {
  constructor() {
    super('class.move_forbidden', 'You may not move the class out of its group. Ask an admin of the group.');
  }
}

export class OtherTeacherError extends ForbiddenError {
  constructor() {
    super(
      'class.other_teacher',
      'Only an admin of the group can remove another teacher from the class or change their role.',
    );
  }
}

export class LastTeacherError extends ConflictError {
  constructor() {
    super('class.last_teacher', 'You are the last teacher of the class. Add another teacher first.');
  }
}
