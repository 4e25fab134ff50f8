import { ConflictError, NotFoundError } from '../../shared/errors';

export class GroupNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('group.not_found', `There is no group ${id}.`);
  }
}

export class PersonNotFoundError extends NotFoundError {
  constructor() {
    super('user.not_found', 'This person does not exist, or you may not see them.');
  }
}

export class MemberNotFoundError extends NotFoundError {
  constructor() {
    super('member.not_found', 'This person is not a member.');
  }
}

export class AgreementRequiredError extends ConflictError {
  constructor() {
    super(
      'user.must_agree',
      'This person registered by themselves and belongs to no district. Send them an invitation, which they can accept.',
    );
  }
}

export class EmailNotVerifiedError extends ConflictError {
  constructor() {
    super(
      'user.email_not_verified',
      'This person has not confirmed their e-mail address yet. Ask them to use the link in their mail.',
    );
  }
}

/** The reasons why a change of the tree is impossible. */
export const TREE_CONFLICTS = {
  'group.cycle': 'You cannot move a group into itself or below itself.',
  'group.too_deep': 'The tree would become deeper than 32 levels. Choose a higher parent group.',
  'group.other_tenant': 'You cannot move a group to another tenant.',
  'group.root_immovable': 'This is the root group of a tenant. You cannot move it.',
  'group.archived': 'The parent group is archived. Restore it, or choose another parent group.',
  'group.parent_archived': 'The parent group is archived. Restore it first.',
  'group.changed': 'The tree has changed since you read it. Read it again and repeat your change.',
} as const;

export type TreeConflict = keyof typeof TREE_CONFLICTS;

export class GroupTreeError extends ConflictError {
  constructor(reason: TreeConflict) {
    super(reason, TREE_CONFLICTS[reason]);
  }
}

export class GroupNameNotConfirmedError extends ConflictError {
  constructor() {
    super(
      'group.name_not_confirmed',
      'This archives a whole tenant. Send the name of the group as confirmName to confirm.',
    );
  }
}

export class WiderThanParentError extends ConflictError {
  /** @param paths the limits that allow more than the parent group does: `ai.maxSessionMinutes` */
  constructor(paths: readonly string[]) {
    super(
      'settings.wider_than_parent',
      'A group cannot allow more than its parent group. Lower these limits.',
      { paths },
    );
  }
}

export class NotADistrictError extends ConflictError {
  constructor() {
    super('group.not_a_district', 'Only a root group has a district code.');
  }
}

export class MemberExistsError extends ConflictError {
  constructor() {
    super('member.exists', 'This person is already a member.');
  }
}

export class LastAdminError extends ConflictError {
  constructor() {
    super('member.last_admin', 'This is the last active admin of the tenant. Add another admin first.');
  }
}
