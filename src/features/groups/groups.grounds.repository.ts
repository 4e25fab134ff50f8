import { z } from 'zod';
import { CLASS_ROLES, type ClassRole } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page } from '../../shared/pages';
import type { ListOrder } from './groups.read-model';

/** A class role that ended because no membership carried it any more. */
export interface EndedClassRole {
  classId: string;
  userId: string;
  role: ClassRole;
}

/** A class role that no membership carries, as the list for admins shows it. */
export interface UngroundedClassRole extends EndedClassRole {
  name: string;
  email: string;
  className: string;
  groupId: string;
  joinedAt: Date;
}

const EndedRow = z.object({ classId: z.string(), userId: z.string(), role: z.enum(CLASS_ROLES) });
const UngroundedRow = EndedRow.extend({
  name: z.string(),
  email: z.string(),
  className: z.string(),
  groupId: z.string(),
  joinedAt: z.date(),
});
const IdRow = z.object({ id: z.string() });
const LockedRow = z.object({ locked: z.string() });

export const UNGROUNDED_SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  joinedAt: { expression: sql`r.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

/** Class roles and the memberships that carry them. What carries what is in the view `class_roles_without_ground`. */
export class GroundsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Keeps the tree of the tenant as it is until the ambient transaction ends; others may do so at the same time. */
  async shareTree(tenantId: string): Promise<void> {
    await this.db.row(sql`SELECT share_group_tree(${tenantId}::uuid)::text AS locked`, LockedRow);
  }

  /** Nobody else gives or takes a role in the tenant until the ambient transaction ends. */
  async lockTree(tenantId: string): Promise<void> {
    await this.db.row(sql`SELECT lock_group_tree(${tenantId}::uuid)::text AS locked`, LockedRow);
  }

  /** Holds the person until the ambient transaction ends: who gives a class role and who takes a membership meet here. */
  async lockPerson(userId: string): Promise<void> {
    await this.db.row(sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`, IdRow);
  }

  /** Whether a membership carries the role that the person has in the class. */
  async isGrounded(classId: string, userId: string): Promise<boolean> {
    const row = await this.db.row(
      sql`SELECT id FROM class_roles_without_ground WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid`,
      IdRow,
    );
    return row === null;
  }

  /** Ends the class roles of a person that nothing carries and something carried before: those around a group. */
  async endOfPerson(userId: string, groupPath: string): Promise<EndedClassRole[]> {
    return this.end(
      sql`r.user_id = ${userId}::uuid AND (r.group_path <@ ${groupPath}::ltree OR r.group_path @> ${groupPath}::ltree)`,
    );
  }

  async endOfClass(classId: string): Promise<EndedClassRole[]> {
    return this.end(sql`r.class_id = ${classId}::uuid`);
  }

  /** After a move: in the classes below the group, and those of the people who are members below it. */
  async endAround(groupId: string): Promise<EndedClassRole[]> {
    const below = sql`(SELECT path FROM groups WHERE id = ${groupId}::uuid)`;
    return this.end(
      sql`r.tenant_id = (SELECT tenant_id FROM groups WHERE id = ${groupId}::uuid) AND (r.group_path <@ ${below} OR r.user_id IN (
            SELECT m.user_id FROM group_members m JOIN groups g ON g.id = m.group_id WHERE g.path <@ ${below}))`,
    );
  }

  /** Those at a group or below it. */
  async list(groupPath: string, order: ListOrder): Promise<Page<UngroundedClassRole>> {
    return this.lists.list({
      columns: sql`r.class_id AS "classId", r.user_id AS "userId", r.role, u.name, u.email, r.class_name AS "className",
        r.group_id AS "groupId", r.created_at AS "joinedAt"`,
      from: sql`class_roles_without_ground r JOIN users u ON u.id = r.user_id AND u.deleted_at IS NULL`,
      where: [sql`r.group_path <@ ${groupPath}::ltree`],
      id: sql`r.id`,
      row: UngroundedRow,
      ...order,
    });
  }

  private async end(which: Sql): Promise<EndedClassRole[]> {
    return this.db.rows(
      sql`DELETE FROM class_members m USING class_roles_without_ground r WHERE m.id = r.id AND ${which}
          RETURNING m.class_id AS "classId", m.user_id AS "userId", m.role`,
      EndedRow,
    );
  }
}
