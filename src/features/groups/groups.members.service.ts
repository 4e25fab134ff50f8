import type { Principal } from '../../authz/ability';
import type { GroupRole } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import type { Page } from '../../shared/pages';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import { LastAdminError, MemberExistsError, MemberNotFoundError } from './groups.errors';
import type { GroupFinder } from './groups.finder';
import type { GroupMembersRepository, MemberFilters } from './groups.members.repository';
import type { TenantPeople } from './groups.people.service';
import type { ListOrder } from './groups.read-model';
import type { Group, Member, PersonRef } from './groups.types';

interface Deps {
  db: Database;
  finder: GroupFinder;
  members: GroupMembersRepository;
  people: TenantPeople;
  access: AccessService;
  audit: AuditService;
}

/** Who belongs to a group, and as what. */
export class GroupMembersService {
  constructor(private readonly deps: Deps) {}

  async list(
    principal: Principal,
    groupId: string,
    filters: MemberFilters,
    order: ListOrder,
  ): Promise<Page<Member>> {
    const page = await this.deps.members.list(principal.access, groupId, filters, order);
    // An empty page may mean that the caller may not look.
    if (page.items.length === 0) await this.deps.finder.getFor(principal, groupId, 'group.list_members');
    return page;
  }

  /** @throws UserNotFoundError, MemberExistsError */
  async add(
    principal: Principal,
    groupId: string,
    input: { person: PersonRef; role: GroupRole },
  ): Promise<Member> {
    const { db, members, people } = this.deps;
    const group = await this.deps.finder.getFor(principal, groupId, 'group.manage_members');
    return db.transaction(async () => {
      const userId = await people.takeIn(principal, input.person, group.tenantId);
      await members.insert(groupId, userId, input.role).catch((error: unknown) => {
        throw violatedConstraint(error) === 'group_members_group_user_key' ? new MemberExistsError() : error;
      });
      await this.changed(group, 'group.member_added', userId, { role: input.role });
      return this.memberOf(groupId, userId);
    });
  }

  /** @throws MemberNotFoundError, LastAdminError */
  async changeRole(principal: Principal, groupId: string, userId: string, role: GroupRole): Promise<Member> {
    const group = await this.deps.finder.getFor(principal, groupId, 'group.manage_members');
    return this.deps.db.transaction(async () => {
      const member = await this.lockMember(group, userId, role === 'admin');
      if (member.role === role) return member;
      await this.deps.members.updateRole(groupId, userId, role);
      await this.changed(group, 'group.member_role_changed', userId, { from: member.role, to: role });
      return { ...member, role };
    });
  }

  /** @throws MemberNotFoundError, LastAdminError */
  async remove(principal: Principal, groupId: string, userId: string): Promise<void> {
    const group = await this.deps.finder.getFor(principal, groupId, 'group.manage_members');
    await this.deps.db.transaction(async () => {
      const member = await this.lockMember(group, userId, false);
      await this.deps.members.delete(groupId, userId);
      await this.changed(group, 'group.member_removed', userId, { role: member.role });
    });
  }

  /** The member who is about to change. A tenant's admins are locked before, all in one order, so that none is the last by surprise. */
  private async lockMember(group: Group, userId: string, staysAdmin: boolean): Promise<Member> {
    const admins = group.parentId === null ? await this.deps.members.findActiveAdminsLocked(group.id) : [];
    const member = await this.deps.members.findLocked(group.id, userId);
    if (member === null) throw new MemberNotFoundError();
    if (!staysAdmin && admins.length === 1 && admins[0] === userId) throw new LastAdminError();
    return member;
  }

  private async memberOf(groupId: string, userId: string): Promise<Member> {
    const member = await this.deps.members.find(groupId, userId);
    if (member === null) throw new MemberNotFoundError();
    return member;
  }

  private async changed(
    group: Group,
    action: string,
    userId: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    await this.deps.audit.record({
      action,
      subjectType: 'group',
      subjectId: group.id,
      tenantId: group.tenantId,
      aboutUserId: userId,
      details,
    });
    await this.deps.access.usersChanged([userId]);
  }
}
