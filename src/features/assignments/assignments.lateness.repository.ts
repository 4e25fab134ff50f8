import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';

const ChangedRow = z.object({
  id: z.string(),
  userId: z.string(),
  late: z.boolean(),
  lateBySeconds: z.number(),
});

/** Work whose lateness has changed. */
export type ReevaluatedWork = z.infer<typeof ChangedRow>;

export class LatenessRepository {
  constructor(private readonly db: Database) {}

  /**
   * Checks submitted work against a due date that is now later. An earlier due date changes nothing: no
   * work becomes late afterwards.
   * @param userId the only student whose date has changed; null for all
   */
  async reevaluate(assignmentId: string, userId: string | null, at: Date): Promise<ReevaluatedWork[]> {
    return this.db.rows(
      sql`WITH measured AS (
            SELECT
              s.id,
              w.due_at,
              CASE
                WHEN w.due_at IS NULL THEN 0
                ELSE greatest(0, ceil(extract(epoch FROM s.submitted_at - w.due_at)))::int
              END AS late_by
            FROM submissions s
            CROSS JOIN LATERAL assignment_terms(s.assignment_id, s.user_id, ${at}) w
            WHERE s.assignment_id = ${assignmentId}::uuid
              AND (${userId}::uuid IS NULL OR s.user_id = ${userId}::uuid)
              AND s.state <> 'in_progress'
              AND s.due_at_in_force IS NOT NULL
              AND (w.due_at IS NULL OR w.due_at > s.due_at_in_force)
            ORDER BY s.id
            FOR UPDATE OF s)
          UPDATE submissions s
          SET due_at_in_force = m.due_at, late = m.late_by > 0, late_by_seconds = m.late_by
          FROM measured m
          WHERE s.id = m.id
          RETURNING s.id, s.user_id AS "userId", s.late, s.late_by_seconds AS "lateBySeconds"`,
      ChangedRow,
    );
  }
}
