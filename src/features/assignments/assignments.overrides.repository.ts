import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { newId } from '../../shared/ids';
import { type Dates, LATE_POLICIES, type Override, type StudentOverride } from './assignments.types';

const OverrideRow = z.object({
  userId: z.string(),
  userName: z.string(),
  opensAt: z.date().nullable(),
  dueAt: z.date().nullable(),
  closesAt: z.date().nullable(),
  maxAttempts: z.number().nullable(),
  latePolicy: z.enum(LATE_POLICIES).nullable(),
  excused: z.boolean(),
  updatedAt: z.date(),
});
const StudentRow = z.object({ userId: z.string() });
const NameRow = z.object({ name: z.string() });

const COLUMNS = sql`o.user_id AS "userId", u.name AS "userName", o.opens_at AS "opensAt", o.due_at AS "dueAt", o.closes_at AS "closesAt",
  o.max_attempts AS "maxAttempts", o.late_policy AS "latePolicy", o.excused, o.updated_at AS "updatedAt"`;

/** More students than any class has. */
const MAX_LISTED = 1_000;

/** What single students get differently. */
export class OverridesRepository {
  constructor(private readonly db: Database) {}

  /** All overrides of an assignment, by the students' names. */
  async list(assignmentId: string): Promise<StudentOverride[]> {
    return this.db.rows(
      sql`SELECT ${COLUMNS} FROM assignment_overrides o JOIN users u ON u.id = o.user_id WHERE o.assignment_id = ${assignmentId}::uuid AND o.removed_at IS NULL ORDER BY u.name, u.id ${limitTo(MAX_LISTED)}`,
      OverrideRow,
    );
  }

  async find(assignmentId: string, userId: string): Promise<Override | null> {
    return this.db.row(
      sql`SELECT o.opens_at AS "opensAt", o.due_at AS "dueAt", o.closes_at AS "closesAt", o.max_attempts AS "maxAttempts",
            o.late_policy AS "latePolicy", o.excused
          FROM assignment_overrides o WHERE o.assignment_id = ${assignmentId}::uuid AND o.user_id = ${userId}::uuid`,
      OverrideRow.pick({
        ...{ opensAt: true, dueAt: true, closesAt: true, maxAttempts: true, latePolicy: true, excused: true },
      }),
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
            INSERT INTO assignment_overrides (id, assignment_id, user_id, opens_at, due_at, closes_at, max_attempts, late_policy, excused)
            VALUES (${newId()}::uuid, ${assignmentId}::uuid, ${userId}::uuid, ${override.opensAt}::timestamptz, ${override.dueAt}::timestamptz,
                    ${override.closesAt}::timestamptz, ${override.maxAttempts}::int, ${override.latePolicy}::text, ${override.excused})
            ON CONFLICT (assignment_id, user_id) DO UPDATE SET opens_at = EXCLUDED.opens_at, due_at = EXCLUDED.due_at, closes_at = EXCLUDED.closes_at,
              max_attempts = EXCLUDED.max_attempts, late_policy = EXCLUDED.late_policy, excused = EXCLUDED.excused, removed_at = NULL
            RETURNING *)
          SELECT ${COLUMNS} FROM o JOIN users u ON u.id = o.user_id`,
      OverrideRow,
    );
  }

  /**
   * Gives the student what everybody gets. The row stays, so that whoever asks for what has changed learns of it.
   * @returns whether there was an override.
   */
  async remove(assignmentId: string, userId: string, at: Date): Promise<boolean> {
    return (
      (await this.db.execute(
        sql`UPDATE assignment_overrides SET opens_at = NULL, due_at = NULL, closes_at = NULL, max_attempts = NULL, late_policy = NULL,
              excused = false, removed_at = ${at}
            WHERE assignment_id = ${assignmentId}::uuid AND user_id = ${userId}::uuid AND removed_at IS NULL`,
      )) === 1
    );
  }

  /** The students whose overrides would no longer be in order with these dates of the assignment. */
  async listOutOfOrder(assignmentId: string, { opensAt, dueAt, closesAt }: Dates): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT user_id AS "userId" FROM assignment_overrides o WHERE assignment_id = ${assignmentId}::uuid
            AND NOT are_dates_in_order(coalesce(o.opens_at, ${opensAt}::timestamptz), coalesce(o.due_at, ${dueAt}::timestamptz),
                                       coalesce(o.closes_at, ${closesAt}::timestamptz))
          ORDER BY user_id ${limitTo(MAX_LISTED)}`,
      StudentRow,
    );
    return rows.map(({ userId }) => userId);
  }
}
