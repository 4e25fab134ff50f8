import type { Principal } from '../../../authz/ability';
import type { GroupRole } from '../../../authz/access';
import { IdRow } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import { type ListReader, sortBy } from '../../../platform/db/paging';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { ListQuery, Page } from '../../../shared/pages';
import type { Member } from '../groups.types';
import {
  lockActiveAdmins,
  MEMBER_SORTS,
  type MemberFilters,
  MemberRow,
  memberBranch,
  memberColumns,
  membersOf,
  selectMember,
} from './groups.members.sql';

export type { MemberFilters } from './groups.members.sql';

export class GroupMembersRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /**
   * Lists the members of a group in one statement. It is also empty if the caller may not see the group's
   * inside.
   */
  async list(principal: Principal, groupId: string, query: ListQuery<MemberFilters>): Promise<Page<Member>> {
    return this.lists.list({
      columns: memberColumns,
      from: membersOf(groupId),
      where: [],
      branches: [memberBranch(principal, groupId, query)],
      id: sql`u.id`,
      row: MemberRow,
      page: query.page,
      sort: sortBy(MEMBER_SORTS, query.sort),
    });
  }

  /** Returns the member, locked against other writers until the transaction ends. */
  async lock(groupId: string, userId: string): Promise<Member | null> {
    await this.db.prisma.groupMember.lock({ where: { groupId, userId }, select: { id: true } });
    return this.find(groupId, userId);
  }

  async find(groupId: string, userId: string): Promise<Member | null> {
    return this.db.row(selectMember(groupId, userId), MemberRow);
  }

  /** @throws a violated `group_members_group_user_key` if the person is already a member */
  async insert(groupId: string, userId: string, role: GroupRole): Promise<void> {
    const data = { id: newId(), groupId, userId, role };
    await this.db.prisma.groupMember.create({ data, select: { id: true } });
  }

  async updateRole(groupId: string, userId: string, role: GroupRole): Promise<void> {
    await this.db.prisma.groupMember.updateMany({ where: { groupId, userId }, data: { role } });
  }

  async delete(groupId: string, userId: string): Promise<void> {
    await this.db.prisma.groupMember.deleteMany({ where: { groupId, userId } });
  }

  /** Locks the active admins of a group until the transaction ends. */
  async lockActiveAdmins(groupId: string): Promise<void> {
    await this.db.rows(lockActiveAdmins(groupId), IdRow);
  }
}
