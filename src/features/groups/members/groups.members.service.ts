import type { Principal } from '../../../authz/ability';
import type { GroupRole } from '../../../authz/access';
import type { Database } from '../../../platform/db/database';
import { violatedConstraint } from '../../../platform/db/errors';
import type { ListQuery, Page } from '../../../shared/pages';
import type { AccessService } from '../../access';
import { type AuditService, auditSubject } from '../../audit';
import { LastAdminError, MemberExistsError, MemberNotFoundError } from '../groups.errors';
import type { GroupFinder } from '../groups.finder';
import type { Group, Member, PersonRef } from '../groups.types';
import type { EndedClassRole } from './groups.grounds.repository';
import type { ClassRoleGrounds } from './groups.grounds.service';
import type { GroupMembersRepository, MemberFilters } from './groups.members.repository';
import type { TenantPeople } from './groups.people.service';

interface Deps {
  db: Database;
  finder: GroupFinder;
  members: GroupMembersRepository;
  people: TenantPeople;
  grounds: ClassRoleGrounds;
  access: AccessService;
  audit: AuditService;
}

/** Manages the members of a group and their roles. */
export class GroupMembersService {
  constructor(private readonly deps: Deps) {}

  /** Lists the members of a group. @throws GroupNotFoundError, ForbiddenError */
  async list(principal: Principal, groupId: string, query: ListQuery<MemberFilters>): Promise<Page<Member>> {
    const page = await this.deps.members.list(principal, groupId, query);
    // An empty page may mean that the caller may not see the members.
    if (page.items.length === 0) await this.deps.finder.getFor(principal, groupId, 'group.list_members');
    return page;
  }

  /** @throws PersonNotFoundError, MemberExistsError */
  async add(
    principal: Principal,
    groupId: string,
    input: { person: PersonRef; role: GroupRole },
  ): Promise<Member> {
    const { db, members, people } = this.deps;
    return db.transaction(async () => {
      const group = await this.holdGroup(principal, groupId);
      const userId = await people.takeIn(principal, input.person, group.tenantId);
      await members.insert(groupId, userId, input.role).catch((error: unknown) => {
        throw violatedConstraint(error) === 'group_members_group_user_key' ? new MemberExistsError() : error;
      });
      await this.changed(group, 'group.member_added', userId, { role: input.role });
      return this.memberOf(groupId, userId);
    });
  }

  /**
   * Makes a person a member of the group in this role, unless they are a member already. The caller holds
   * the tree and the person, and has checked that the principal manages the group.
   * @returns whether they have the role now
   */
  async ensure(group: Pick<Group, 'id' | 'tenantId'>, userId: string, role: GroupRole): Promise<boolean> {
    const member = await this.deps.members.find(group.id, userId);
    if (member !== null) return member.role === role;
    await this.deps.members.insert(group.id, userId, role);
    await this.changed(group, 'group.member_added', userId, { role });
    return true;
  }

  /**
   * Makes a person who has agreed a member; one who has this role already stays as they are.
   * @param principal by whose right, who need not be the caller
   * @throws MemberExistsError for a person with another role
   */
  async admit(principal: Principal, groupId: string, userId: string, role: GroupRole): Promise<void> {
    await this.deps.db.transaction(async () => {
      const group = await this.holdGroup(principal, groupId, userId);
      await this.deps.people.takeIn(principal, { userId }, group.tenantId, { hasAgreed: true });
      if (!(await this.ensure(group, userId, role))) throw new MemberExistsError();
    });
  }

  /**
   * @returns the member, and the class roles that have lost their ground. @throws MemberNotFoundError,
   * LastAdminError
   */
  async changeRole(
    principal: Principal,
    groupId: string,
    userId: string,
    role: GroupRole,
  ): Promise<{ member: Member; endedClassRoles: EndedClassRole[] }> {
    return this.deps.db.transaction(async () => {
      const group = await this.holdGroup(principal, groupId, userId);
      const member = await this.lockMember(group, userId, role === 'admin');
      if (member.role === role) return { member, endedClassRoles: [] };
      await this.deps.members.updateRole(groupId, userId, role);
      const endedClassRoles = await this.deps.grounds.membershipChanged(group.tenantId, userId, group);
      await this.changed(group, 'group.member_role_changed', userId, { from: member.role, to: role });
      return { member: { ...member, role }, endedClassRoles };
    });
  }

  /**
   * @returns the class roles that have lost their ground and end with the membership. @throws
   * MemberNotFoundError, LastAdminError
   */
  async remove(principal: Principal, groupId: string, userId: string): Promise<EndedClassRole[]> {
    return this.deps.db.transaction(async () => {
      const group = await this.holdGroup(principal, groupId, userId);
      const member = await this.lockMember(group, userId, false);
      await this.deps.members.delete(groupId, userId);
      const ended = await this.deps.grounds.membershipChanged(group.tenantId, userId, group);
      await this.changed(group, 'group.member_removed', userId, { role: member.role });
      return ended;
    });
  }

  /** Returns the group, whose place is kept until the transaction ends, as is the person. */
  private async holdGroup(principal: Principal, groupId: string, userId?: string): Promise<Group> {
    const { tenantId } = await this.deps.finder.getFor(principal, groupId, 'group.manage_members');
    await this.deps.grounds.hold(tenantId, userId);
    // Read again, because it may have moved out of the caller's reach while this waited.
    return this.deps.finder.getFor(principal, groupId, 'group.manage_members');
  }

  /**
   * Returns the member to be changed. A tenant's admins are locked first, always in the same order, so that
   * two changes cannot remove the last one: the second one reads who is left.
   */
  private async lockMember(group: Group, userId: string, staysAdmin: boolean): Promise<Member> {
    if (group.parentId === null) await this.deps.members.lockActiveAdmins(group.id);
    const member = await this.deps.members.lock(group.id, userId);
    if (member === null) throw new MemberNotFoundError();
    if (!staysAdmin && member.isLastAdmin) throw new LastAdminError();
    return member;
  }

  private async memberOf(groupId: string, userId: string): Promise<Member> {
    const member = await this.deps.members.find(groupId, userId);
    if (member === null) throw new MemberNotFoundError();
    return member;
  }

  private async changed(
    group: Pick<Group, 'id' | 'tenantId'>,
    action: string,
    userId: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.deps.audit.record(auditSubject('group', group, userId), action, details);
    await this.deps.access.rolesChanged([userId]);
  }
}
