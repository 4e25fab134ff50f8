import { z } from 'zod';
import { type Access, GROUP_ROLES, type GroupRole } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page } from '../../shared/pages';
import type { ListOrder } from './groups.read-model';
import type { Member } from './groups.types';

export const MEMBER_SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  createdAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

const COLUMNS = sql`u.id AS "userId", u.name, u.email, u.status, m.role, m.created_at AS "createdAt", g.path::text AS "groupPath"`;
const SOURCE = sql`group_members m JOIN groups g ON g.id = m.group_id AND g.deleted_at IS NULL
  JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`;
const MemberRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  status: z.enum(['active', 'deactivated']),
  role: z.enum(GROUP_ROLES),
  createdAt: z.date(),
  groupPath: z.string(),
});
const IdRow = z.object({ id: z.string() });

export interface MemberFilters {
  q?: string | undefined;
  role?: GroupRole | undefined;
}

export class GroupMembersRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The members of a group, in one statement. Empty also where the caller does not see its inside. */
  async list(
    access: Access,
    groupId: string,
    { q, role }: MemberFilters,
    order: ListOrder,
  ): Promise<Page<Member>> {
    return this.lists.list({
      columns: COLUMNS,
      from: SOURCE,
      where: [
        sql`m.group_id = ${groupId}::uuid`,
        access.isPlatformAdmin ? sql`TRUE` : isWithin(sql`g.path`, access.viewPaths),
        ...(role === undefined ? [] : [sql`m.role = ${role}`]),
        ...(q === undefined ? [] : [contains(sql`u.name || ' ' || u.email`, q)]),
      ],
      id: sql`u.id`,
      row: MemberRow,
      ...order,
    });
  }

  /** The member, held against other writers until the ambient transaction ends. */
  async findLocked(groupId: string, userId: string): Promise<Member | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${SOURCE} WHERE m.group_id = ${groupId}::uuid AND m.user_id = ${userId}::uuid FOR UPDATE OF m`,
      MemberRow,
    );
  }

  async find(groupId: string, userId: string): Promise<Member | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${SOURCE} WHERE m.group_id = ${groupId}::uuid AND m.user_id = ${userId}::uuid`,
      MemberRow,
    );
  }

  /** @throws a violated `group_members_group_user_key` for one who is a member already. */
  async insert(groupId: string, userId: string, role: GroupRole): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO group_members (id, group_id, user_id, role) VALUES (${newId()}::uuid, ${groupId}::uuid, ${userId}::uuid, ${role})`,
    );
  }

  async updateRole(groupId: string, userId: string, role: GroupRole): Promise<void> {
    await this.db.execute(
      sql`UPDATE group_members SET role = ${role} WHERE group_id = ${groupId}::uuid AND user_id = ${userId}::uuid`,
    );
  }

  async delete(groupId: string, userId: string): Promise<void> {
    await this.db.execute(
      sql`DELETE FROM group_members WHERE group_id = ${groupId}::uuid AND user_id = ${userId}::uuid`,
    );
  }

  /**
   * Ids of the active admins of a group, held so that two of them cannot remove each other at the same moment: who
   * waits for the other sees what is left.
   */
  async findActiveAdminsLocked(groupId: string): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT m.user_id AS id FROM group_members m JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL AND u.status = 'active'
          WHERE m.group_id = ${groupId}::uuid AND m.role = 'admin' ORDER BY m.id FOR UPDATE OF m`,
      IdRow,
    );
    return rows.map((row) => row.id);
  }
}
