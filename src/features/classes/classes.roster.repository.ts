import { z } from 'zod';
import { type Access, CLASS_ROLES, type ClassRole, readingRoleIn } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page, PageRequest } from '../../shared/pages';
import type { RosterEntry, RosterView } from './classes.types';

const EntryRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  role: z.enum(CLASS_ROLES),
  joinedAt: z.date(),
  observedStudentIds: z.array(z.string()),
  groupPath: z.string(),
  isClassArchived: z.boolean(),
});
const RoleRow = z.object({ role: z.enum(CLASS_ROLES) });
const IdRow = z.object({ id: z.string() });

export const ROSTER_SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  joinedAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

export interface RosterFilters {
  q?: string | undefined;
  role?: ClassRole | undefined;
}

export interface RosterOrder {
  sort: { column: SortColumn; descending: boolean; name: string };
  page: PageRequest;
}

/** Asked for observers alone, of whom a class has few. */
const OBSERVED = sql`CASE WHEN m.role <> 'observer' THEN '[]'::json ELSE coalesce(
  (SELECT json_agg(o.student_id) FROM active_guardians o JOIN class_members s ON s.user_id = o.student_id
   WHERE o.guardian_id = m.user_id AND s.class_id = m.class_id AND s.role = 'student'), '[]'::json) END`;
const columnsOf = (email: Sql) =>
  sql`u.id AS "userId", u.name, ${email} AS email, u.status, m.role, m.created_at AS "joinedAt", ${OBSERVED} AS "observedStudentIds", g.path::text AS "groupPath",
    c.deleted_at IS NOT NULL AS "isClassArchived"`;
const SOURCE = sql`class_people m JOIN classes c ON c.id = m.class_id
  JOIN groups g ON g.id = c.group_id AND g.deleted_at IS NULL JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`;

/** Who is in a class: its members, and as observers the guardians of its students. */
export class RosterRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The people of a class, in one statement. Empty also where the caller has nothing to do with it. */
  async list(
    access: Access,
    classId: string,
    view: RosterView,
    filters: RosterFilters,
    order: RosterOrder,
  ): Promise<Page<RosterEntry>> {
    const where = [sql`m.class_id = ${classId}::uuid`];
    if (!access.isPlatformAdmin && readingRoleIn(access, classId) === undefined)
      where.push(isWithin(sql`g.path`, access.viewPaths));
    if (view.kind === 'limited') {
      const peers = view.peers ? sql`m.role = 'student'` : sql`FALSE`;
      where.push(
        sql`(m.role IN ('teacher', 'assistant') OR ${peers} OR m.user_id = ANY(${[...view.userIds]}::uuid[]))`,
      );
    }
    if (filters.role !== undefined) where.push(sql`m.role = ${filters.role}`);
    // Who does not see addresses cannot find out about them by searching either.
    if (filters.q !== undefined)
      where.push(
        contains(view.kind === 'everybody' ? sql`u.name || ' ' || u.email` : sql`u.name`, filters.q),
      );
    const columns = columnsOf(view.kind === 'everybody' ? sql`u.email` : sql`NULL::text`);
    return this.lists.list({ columns, from: SOURCE, where, id: sql`u.id`, row: EntryRow, ...order });
  }

  async find(classId: string, userId: string): Promise<RosterEntry | null> {
    return this.db.row(
      sql`SELECT ${columnsOf(sql`u.email`)} FROM ${SOURCE} WHERE m.class_id = ${classId}::uuid AND m.user_id = ${userId}::uuid`,
      EntryRow,
    );
  }

  /** @returns false where the person is in the class already, in whatever role. */
  async insert(classId: string, userId: string, role: ClassRole): Promise<boolean> {
    const inserted = await this.db.row(
      sql`INSERT INTO class_members (id, class_id, user_id, role) VALUES (${newId()}::uuid, ${classId}::uuid, ${userId}::uuid, ${role})
          ON CONFLICT (class_id, user_id) DO NOTHING RETURNING id`,
      IdRow,
    );
    return inserted !== null;
  }

  /** @returns the role before, or null where the person is not in the class. */
  async updateRole(classId: string, userId: string, role: ClassRole): Promise<ClassRole | null> {
    const row = await this.db.row(
      sql`UPDATE class_members m SET role = ${role} FROM (SELECT id, role FROM class_members WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid FOR UPDATE) was
          WHERE m.id = was.id RETURNING was.role`,
      RoleRow,
    );
    return row?.role ?? null;
  }

  /** @returns the role that the person had, or null where they were not in the class. */
  async remove(classId: string, userId: string): Promise<ClassRole | null> {
    const row = await this.db.row(
      sql`DELETE FROM class_members WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid RETURNING role`,
      RoleRow,
    );
    return row?.role ?? null;
  }

  /** Ids of the active teachers, held so that two of them cannot leave at the same moment. */
  async findActiveTeachersLocked(classId: string): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT m.user_id AS id FROM class_members m JOIN users u ON u.id = m.user_id AND u.status = 'active' AND u.deleted_at IS NULL
          WHERE m.class_id = ${classId}::uuid AND m.role = 'teacher' ORDER BY m.id FOR UPDATE OF m`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }

  /** Remembers that somebody else removed the person: the class code alone does not bring them back. */
  async rememberRemoval(classId: string, userId: string, removedBy: string): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO class_removals (id, class_id, user_id, removed_by) VALUES (${newId()}::uuid, ${classId}::uuid, ${userId}::uuid, ${removedBy}::uuid)
          ON CONFLICT (class_id, user_id) DO NOTHING`,
    );
  }

  async forgetRemoval(classId: string, userId: string): Promise<void> {
    await this.db.execute(
      sql`DELETE FROM class_removals WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid`,
    );
  }

  async wasRemoved(classId: string, userId: string): Promise<boolean> {
    const row = await this.db.row(
      sql`SELECT id FROM class_removals WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid`,
      IdRow,
    );
    return row !== null;
  }
}
