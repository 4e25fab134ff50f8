import { z } from 'zod';
import { type Access, CLASS_ROLES, type ClassRole } from '../../authz/access';
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
  (SELECT json_agg(o.student_id) FROM student_observers o JOIN class_members s ON s.user_id = o.student_id
   WHERE o.observer_id = m.user_id AND s.class_id = m.class_id AND s.role = 'student'), '[]'::json) END`;
const columnsOf = (email: Sql) =>
  sql`u.id AS "userId", u.name, ${email} AS email, u.status, m.role, m.created_at AS "joinedAt", ${OBSERVED} AS "observedStudentIds", g.path::text AS "groupPath"`;
const SOURCE = sql`class_members m JOIN classes c ON c.id = m.class_id AND c.deleted_at IS NULL
  JOIN groups g ON g.id = c.group_id AND g.deleted_at IS NULL JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL`;

/** Who is in a class. */
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
    if (!access.isPlatformAdmin && !access.classRoles.has(classId))
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

  async isStudent(classId: string, userId: string): Promise<boolean> {
    const row = await this.db.row(
      sql`SELECT role FROM class_members WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid AND role = 'student'`,
      RoleRow,
    );
    return row !== null;
  }

  /** Lets the observer read the student's returned results. @returns false where they could already. */
  async linkObserver(observerId: string, studentId: string): Promise<boolean> {
    const linked = await this.db.execute(
      sql`INSERT INTO student_observers (id, student_id, observer_id) VALUES (${newId()}::uuid, ${studentId}::uuid, ${observerId}::uuid)
          ON CONFLICT (student_id, observer_id) DO NOTHING`,
    );
    return linked === 1;
  }

  /** Ends what linked the observer to students of this class whom no other class of theirs explains. */
  async unlinkObserver(classId: string, observerId: string): Promise<void> {
    await this.db.execute(
      sql`DELETE FROM student_observers o USING class_members s
          WHERE o.observer_id = ${observerId}::uuid AND s.class_id = ${classId}::uuid AND s.user_id = o.student_id AND s.role = 'student'
            AND NOT EXISTS (SELECT 1 FROM class_members mine JOIN class_members theirs ON theirs.class_id = mine.class_id
                            WHERE mine.user_id = o.observer_id AND mine.role = 'observer' AND mine.class_id <> ${classId}::uuid AND theirs.user_id = o.student_id AND theirs.role = 'student')`,
    );
  }
}
