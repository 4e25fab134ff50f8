import { authorizeVisible, can, type Principal, subject } from '../../authz/ability';
import type { Action } from '../../authz/actions';
import { GroupNotFoundError, GroupTreeError } from './groups.errors';
import type { GroupsRepository } from './groups.repository';
import type { Group } from './groups.types';

/** Loads groups for a caller: a group that they may not see does not exist for them. */
export class GroupFinder {
  constructor(private readonly repository: GroupsRepository) {}

  /**
   * Returns an active group to which the caller may do this.
   * @throws GroupNotFoundError if they may not see it, ForbiddenError if they may only see it
   */
  async getFor(principal: Principal, id: string, action: Action): Promise<Group> {
    return allowed(principal, id, action, await this.repository.findById(id));
  }

  /**
   * Returns a group that is to get a child. @throws what `getFor` throws, and GroupTreeError for an
   * archived one
   */
  async getParentFor(principal: Principal, id: string): Promise<Group> {
    return allowedParent(principal, id, await this.repository.findById(id));
  }

  /** Returns a group and its future parent, in one statement. @throws what the two above throw */
  async getForMove(
    principal: Principal,
    id: string,
    parentId: string,
  ): Promise<{ group: Group; parent: Group }> {
    const found = await this.repository.findByIds([id, parentId]);
    const byId = (wanted: string) => found.find((group) => group.id === wanted) ?? null;
    const group = allowed(principal, id, 'group.move', byId(id));
    return { group, parent: allowedParent(principal, parentId, byId(parentId)) };
  }

  /** Returns a group that the caller manages, archived or not. @throws GroupNotFoundError, ForbiddenError */
  async getForRestore(principal: Principal, id: string): Promise<Group> {
    const group = await this.repository.findById(id);
    if (group === null || group.archivedAt === null) return allowed(principal, id, 'group.restore', group);
    if (!can(principal, 'group.restore', subject('Group', group))) throw new GroupNotFoundError(id);
    return group;
  }
}

function allowed(principal: Principal, id: string, action: Action, group: Group | null): Group {
  if (group === null || group.archivedAt !== null) throw new GroupNotFoundError(id);
  authorizeVisible(
    principal,
    'group.read',
    action,
    subject('Group', group),
    () => new GroupNotFoundError(id),
  );
  return group;
}

function allowedParent(principal: Principal, id: string, group: Group | null): Group {
  if (group === null || group.archivedAt === null) return allowed(principal, id, 'group.create', group);
  throw can(principal, 'group.create', subject('Group', group))
    ? new GroupTreeError('group.archived')
    : new GroupNotFoundError(id);
}
