import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page, PageRequest } from '../../shared/pages';
import type { Guardian, GuardianRef } from './users.types';

const GuardianRow = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  status: z.enum(['active', 'deactivated']),
  isActive: z.boolean(),
  since: z.date(),
});
const PersonRow = z.object({ id: z.string(), tenantId: z.string().nullable() });

export const GUARDIAN_SORTS = {
  name: { expression: sql`p.name`, type: 'text' },
  since: { expression: sql`o.created_at`, type: 'timestamptz' },
} as const satisfies Record<string, SortColumn>;

const COLUMNS = sql`p.id AS "userId", p.name, p.email, p.status, o.created_at AS since,
  EXISTS (SELECT FROM active_guardians l WHERE l.student_id = o.student_id AND l.guardian_id = o.observer_id) AS "isActive"`;
const FROM = sql`student_observers o JOIN users p ON p.id = o.observer_id AND p.deleted_at IS NULL`;

/** Which guardians a student has. When a link counts is in the view `active_guardians`. */
export class GuardiansRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  list(
    studentId: string,
    page: PageRequest,
    sort: { column: SortColumn; descending: boolean; name: string },
  ): Promise<Page<Guardian>> {
    return this.lists.list({
      columns: COLUMNS,
      from: FROM,
      where: [sql`o.student_id = ${studentId}::uuid`],
      sort,
      id: sql`p.id`,
      page,
      row: GuardianRow,
    });
  }

  find(studentId: string, guardianId: string): Promise<Guardian | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${FROM} WHERE o.student_id = ${studentId}::uuid AND o.observer_id = ${guardianId}::uuid`,
      GuardianRow,
    );
  }

  findPerson(person: GuardianRef): Promise<{ id: string; tenantId: string | null } | null> {
    const named = 'userId' in person ? sql`id = ${person.userId}::uuid` : sql`email = ${person.email}`;
    return this.db.row(
      sql`SELECT id, tenant_id AS "tenantId" FROM users WHERE ${named} AND deleted_at IS NULL`,
      PersonRow,
    );
  }

  /** @returns false for a guardian that they have already. */
  async insert(studentId: string, guardianId: string): Promise<boolean> {
    const inserted = await this.db.execute(
      sql`INSERT INTO student_observers (id, student_id, observer_id) VALUES (${newId()}::uuid, ${studentId}::uuid, ${guardianId}::uuid)
          ON CONFLICT (student_id, observer_id) DO NOTHING`,
    );
    return inserted === 1;
  }

  /** @returns whether there was such a link. */
  async delete(studentId: string, guardianId: string): Promise<boolean> {
    const deleted = await this.db.execute(
      sql`DELETE FROM student_observers WHERE student_id = ${studentId}::uuid AND observer_id = ${guardianId}::uuid`,
    );
    return deleted === 1;
  }
}
