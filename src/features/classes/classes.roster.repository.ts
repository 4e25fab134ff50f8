import { z } from 'zod';
import { CLASS_ROLES, type ClassRole } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { sql } from '../../platform/db/sql';
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
});
const RoleRow = z.object({ role: z.enum(CLASS_ROLES) });
const IdRow = z.object({ id: z.string() });

const SORTS = {
  name: { expression: sql`u.name`, type: 'text' },
  joinedAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const;

/** Who is in a class. */
export class RosterRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async list(classId: string, view: RosterView, filters: { q?: string | undefined; role?: ClassRole | undefined }, sort: { name: string; descending: boolean }, page: PageRequest): Promise<Page<RosterEntry>> {
    const where = [sql`m.class_id = ${classId}::uuid`, sql`u.deleted_at IS NULL`];
    if (view.kind === 'limited') {
      const peers = view.peers ? sql`m.role = 'student'` : sql`FALSE`;
      where.push(sql`(m.role IN ('teacher', 'assistant') OR ${peers} OR m.user_id = ANY(${[...view.userIds]}::uuid[]))`);
    }
    if (filters.role !== undefined) where.push(sql`m.role = ${filters.role}`);
    if (filters.q !== undefined) where.push(contains(view.kind === 'everybody' ? sql`(lower(u.name) || ' ' || u.email)` : sql`lower(u.name)`, filters.q));
    const email = view.kind === 'everybody' ? sql`u.email` : sql`NULL::text AS email`;
    return this.lists.list({
      columns: sql`u.id AS "userId", u.name, ${email}, u.status, m.role, m.created_at AS "joinedAt"`,
      from: sql`class_members m JOIN users u ON u.id = m.user_id`,
      where, id: sql`u.id`, page, row: EntryRow,
      sort: { column: SORTS[sort.name as keyof typeof SORTS], descending: sort.descending, name: `${sort.descending ? '-' : ''}${sort.name}` },
    });
  }

  async find(classId: string, userId: string): Promise<RosterEntry | null> {
    return this.db.row(
      sql`SELECT u.id AS "userId", u.name, u.email, u.status, m.role, m.created_at AS "joinedAt"
          FROM class_members m JOIN users u ON u.id = m.user_id WHERE m.class_id = ${classId}::uuid AND m.user_id = ${userId}::uuid AND u.deleted_at IS NULL`,
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
    const row = await this.db.row(sql`DELETE FROM class_members WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid RETURNING role`, RoleRow);
    return row?.role ?? null;
  }

  async isStudent(classId: string, userId: string): Promise<boolean> {
    const row = await this.db.row(sql`SELECT role FROM class_members WHERE class_id = ${classId}::uuid AND user_id = ${userId}::uuid AND role = 'student'`, RoleRow);
    return row !== null;
  }

  /** Lets the observer read the student's returned results. */
  async linkObserver(observerId: string, studentId: string): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO student_observers (id, student_id, observer_id) VALUES (${newId()}::uuid, ${studentId}::uuid, ${observerId}::uuid)
          ON CONFLICT (student_id, observer_id) DO NOTHING`,
    );
  }

  /** Ends what linked the observer to students of this class whom no other class of theirs explains. */
  async unlinkObserver(classId: string, observerId: string): Promise<void> {
    await this.db.execute(
      sql`DELETE FROM student_observers o USING class_members s
          WHERE o.observer_id = ${observerId}::uuid AND s.class_id = ${classId}::uuid AND s.user_id = o.student_id AND s.role = 'student'
            AND NOT EXISTS (SELECT 1 FROM class_members mine JOIN class_members theirs ON theirs.class_id = mine.class_id
                            WHERE mine.user_id = o.observer_id AND mine.class_id <> ${classId}::uuid AND theirs.user_id = o.student_id AND theirs.role = 'student')`,
    );
  }
}
