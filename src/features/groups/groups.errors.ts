import { ConflictError, NotFoundError } from '../../shared/errors';

export class GroupNotFoundError extends NotFoundError {
  constructor(id: string) {
    super('group.not_found', `There is no group ${id}.`);
  }
}

export class UserNotFoundError extends NotFoundError {
  constructor() {
    super('user.not_found', 'There is no such person here.');
  }
}

export class MemberNotFoundError extends NotFoundError {
  constructor() {
    super('member.not_found', 'This person is not a member.');
  }
}

/** What stands in the way of a change of the tree, by its reason. */
export const TREE_CONFLICTS = {
  'group.cycle': 'A group cannot be moved into itself or below itself.',
  'group.too_deep': 'The tree would become deeper than 32 levels.',
  'group.other_tenant': 'A group cannot be moved to another tenant.',
  'group.root_immovable': 'A root group is a tenant and cannot be moved.',
  'group.archived': 'The parent group is archived.',
  'group.parent_archived': 'The parent group is archived. Restore it first.',
  'group.changed': 'The tree has changed meanwhile. Read it again and repeat your change.',
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
      'This archives a whole tenant. Repeat the name of the group as confirmName.',
    );
  }
}

export class WiderThanParentError extends ConflictError {
  /** @param paths the limits that allow more than the parent group does: `ai.maxSessionMinutes`. */
  constructor(paths: readonly string[]) {
    super('settings.wider_than_parent', 'Limits can only be narrowed further down the tree.', { paths });
  }
}

export class MemberExistsError extends ConflictError {
  constructor() {
    super('member.exists', 'This person is a member already.');
  }
}

export class LastAdminError extends ConflictError {
  constructor() {
    super('member.last_admin', 'A tenant keeps at least one active admin.');
  }
}
