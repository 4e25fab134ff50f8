import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Override, StudentOverride } from './assignments.types';

const OverrideRow = z.object({
  userId: z.string(),
  userName: z.string(),
  opensAt: z.date().nullable(),
  dueAt: z.date().nullable(),
  closesAt: z.date().nullable(),
  maxAttempts: z.number().nullable(),
  excused: z.boolean(),
  updatedAt: z.date(),
});
const NameRow = z.object({ name: z.string() });

const COLUMNS = sql`o.user_id AS "userId", u.name AS "userName", o.opens_at AS "opensAt", o.due_at AS "dueAt", o.closes_at AS "closesAt",
  o.max_attempts AS "maxAttempts", o.excused, o.updated_at AS "updatedAt"`;

/** More students than any class has. */
const MAX_LISTED = 1_000;

/** What single students get differently. */
export class OverridesRepository {
  constructor(private readonly db: Database) {}

  /** All overrides of an assignment, by the students' names. */
  async list(assignmentId: string): Promise<StudentOverride[]> {
    return this.db.rows(
      sql`SELECT ${COLUMNS} FROM assignment_overrides o JOIN users u ON u.id = o.user_id WHERE o.assignment_id = ${assignmentId}::uuid ORDER BY u.name, u.id LIMIT ${MAX_LISTED}`,
      OverrideRow,
    );
  }

  /** Writes the whole override. @returns it, or null where the person is no student of the assignment's class. */
  async put(assignmentId: string, userId: string, override: Override): Promise<StudentOverride | null> {
    const student = await this.db.row(
      sql`SELECT u.name FROM class_members m JOIN assignments a ON a.class_id = m.class_id JOIN users u ON u.id = m.user_id
          WHERE a.id = ${assignmentId}::uuid AND m.user_id = ${userId}::uuid AND m.role = 'student'`,
      NameRow,
    );
    if (student === null) return null;
    return this.db.row(
      sql`WITH o AS (
            INSERT INTO assignment_overrides (id, assignment_id, user_id, opens_at, due_at, closes_at, max_attempts, excused)
            VALUES (${newId()}::uuid, ${assignmentId}::uuid, ${userId}::uuid, ${override.opensAt}::timestamptz, ${override.dueAt}::timestamptz,
                    ${override.closesAt}::timestamptz, ${override.maxAttempts}::int, ${override.excused})
            ON CONFLICT (assignment_id, user_id) DO UPDATE SET opens_at = EXCLUDED.opens_at, due_at = EXCLUDED.due_at, closes_at = EXCLUDED.closes_at,
              max_attempts = EXCLUDED.max_attempts, excused = EXCLUDED.excused
            RETURNING *)
          SELECT ${COLUMNS} FROM o JOIN users u ON u.id = o.user_id`,
      OverrideRow,
    );
  }

  /** @returns whether there was one. */
  async remove(assignmentId: string, userId: string): Promise<boolean> {
    return (
      (await this.db.execute(
        sql`DELETE FROM assignment_overrides WHERE assignment_id = ${assignmentId}::uuid AND user_id = ${userId}::uuid`,
      )) === 1
    );
  }
}
