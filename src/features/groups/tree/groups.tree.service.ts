import type { Principal } from '../../../authz/ability';
import type { Database } from '../../../platform/db/database';
import { ForbiddenError, PreconditionFailedError } from '../../../shared/errors';
import { newId } from '../../../shared/ids';
import type { IfMatch } from '../../../shared/revisions';
import type { AccessService } from '../../access';
import { type AuditService, auditSubject } from '../../audit';
import { GroupNameNotConfirmedError, GroupTreeError, WiderThanParentError } from '../groups.errors';
import type { GroupFinder } from '../groups.finder';
import { type GroupsRepository, moveRefusal } from '../groups.repository';
import type { CreateGroupInput, Group, NewGroup } from '../groups.types';
import type { GroupInheritance } from '../inheritance/groups.inheritance.service';
import { widerThan } from '../inheritance/groups.limits';
import type { EndedClassRole } from '../members/groups.grounds.repository';
import type { ClassRoleGrounds } from '../members/groups.grounds.service';

interface Deps {
  db: Database;
  repository: GroupsRepository;
  finder: GroupFinder;
  grounds: ClassRoleGrounds;
  inheritance: GroupInheritance;
  access: AccessService;
  audit: AuditService;
}

/** A group after a change, and the class roles that ended because it moved. */
export interface MovedGroup {
  group: Group;
  endedClassRoles: EndedClassRole[];
}

/**
 * Manages how groups are nested. Each change holds the tenant's tree lock, so that the tree stays a tree
 * under concurrent changes.
 */
export class GroupTree {
  constructor(private readonly deps: Deps) {}

  /**
   * @throws GroupTreeError, WiderThanParentError; ForbiddenError for a root, which only platform admins
   * create
   */
  async create(principal: Principal, input: CreateGroupInput): Promise<Group> {
    const group: NewGroup = {
      id: newId(),
      name: input.name,
      kind: input.kind ?? (input.parentId === undefined ? 'district' : 'group'),
      theme: input.theme ?? {},
      settings: input.settings ?? {},
      createdBy: principal.userId,
    };
    return input.parentId === undefined
      ? this.createRoot(principal, group)
      : this.createBelow(principal, group, input.parentId);
  }

  /**
   * Moves a group with all groups below it. Class roles whose ground was at the old place end in the same
   * transaction.
   * @throws GroupTreeError, PreconditionFailedError
   */
  async move(principal: Principal, group: Group, parentId: string, ifMatch: IfMatch): Promise<MovedGroup> {
    const { db, repository, access, audit, grounds, inheritance } = this.deps;
    const within = principal.isPlatformAdmin ? null : principal.access.adminPaths;
    return db.transaction(async () => {
      const moved = await repository
        .move({ id: group.id, parentId, within, ifMatch })
        .catch((error: unknown) => {
          throw explained(error);
        });
      await audit.record(auditSubject('group', group), 'group.moved', { from: group.parentId, to: parentId });
      await access.groupMoved(group.path);
      await inheritance.changed(group.id);
      return { group: moved, endedClassRoles: await grounds.groupMoved(group.tenantId, group.id) };
    });
  }

  /**
   * Archives a group with all groups below it. For a root group, its name must be confirmed. @throws
   * GroupNameNotConfirmedError
   */
  async archive(principal: Principal, id: string, confirmName?: string): Promise<void> {
    const { db, finder, repository } = this.deps;
    const { tenantId } = await finder.getFor(principal, id, 'group.archive');
    await db.transaction(async () => {
      await repository.lockTree(tenantId);
      // Checked again: while this waited for the lock, the group may have moved out of the caller's reach,
      // or been archived.
      const group = await finder.getFor(principal, id, 'group.archive');
      if (confirmName === undefined ? group.parentId === null : confirmName !== group.name)
        throw new GroupNameNotConfirmedError();
      const groups = await repository.archive(group);
      await this.record('group.archived', group, { groups });
    });
  }

  /**
   * Restores the groups that were archived together with this one; an active group stays as it is. @throws
   * GroupTreeError
   */
  async restore(principal: Principal, id: string): Promise<Group> {
    const { db, finder, repository } = this.deps;
    const { tenantId } = await finder.getForRestore(principal, id);
    return db.transaction(async () => {
      await repository.lockTree(tenantId);
      const group = await finder.getForRestore(principal, id);
      if (group.archivedAt === null) return group;
      if (group.isBelowArchived) throw new GroupTreeError('group.parent_archived');
      const groups = await repository.restore(id);
      await this.record('group.restored', group, { groups });
      return finder.getForRestore(principal, id);
    });
  }

  private async createRoot(principal: Principal, group: NewGroup): Promise<Group> {
    if (!principal.isPlatformAdmin)
      throw new ForbiddenError('group.root', 'Only a platform admin can create a root group.');
    return this.deps.db.transaction(async () => {
      const created = await this.deps.repository.insert(group, null);
      await this.deps.audit.record(auditSubject('group', created), 'group.created', { parentId: null });
      return created;
    });
  }

  private async createBelow(principal: Principal, group: NewGroup, parentId: string): Promise<Group> {
    const { db, finder, repository, audit, inheritance } = this.deps;
    const { tenantId } = await finder.getParentFor(principal, parentId);
    const wider = widerThan(await inheritance.settingsOf(parentId), group.settings);
    if (wider.length > 0) throw new WiderThanParentError(wider);
    return db.transaction(async () => {
      await repository.lockTree(tenantId);
      await finder.getParentFor(principal, parentId);
      const created = await repository.insert(group, parentId).catch((error: unknown) => {
        throw explained(error);
      });
      await audit.record(auditSubject('group', created), 'group.created', { parentId });
      return created;
    });
  }

  private async record(action: string, group: Group, details: Record<string, unknown>): Promise<void> {
    await this.deps.audit.record(auditSubject('group', group), action, details);
    await this.deps.access.tenantChanged(group.tenantId);
    await this.deps.inheritance.changed(group.id);
  }
}

/** Translates the database's refusal into an error for the caller. */
function explained(error: unknown): unknown {
  const refusal = moveRefusal(error);
  if (refusal === null) return error;
  if (refusal === 'group.changed') return new PreconditionFailedError();
  return new GroupTreeError(refusal === 'group.out_of_reach' ? 'group.changed' : refusal);
}
