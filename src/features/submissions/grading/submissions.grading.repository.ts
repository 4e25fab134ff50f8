import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import { SUBMISSION_STATES } from '../submissions.types';

const GradedRow = z.object({
  id: z.string(),
  userId: z.string(),
  state: z.enum(SUBMISSION_STATES),
  draftScore: z.number().nullable(),
  draftFeedback: z.string().nullable(),
  isGraded: z.boolean(),
  isReleased: z.boolean(),
  points: z.number(),
  isArchived: z.boolean(),
  revision: z.number(),
});
const RevisionRow = z.object({ revision: z.number() });
const ReturnedRow = z.object({ id: z.string(), userId: z.string(), revision: z.number() });

/** An attempt that nobody else grades or returns before the transaction ends. */
export type LockedWork = z.output<typeof GradedRow>;
export type ReturnedWork = z.output<typeof ReturnedRow>;

/** The student sees exactly what was graded. */
const RELEASED = sql`(s.state = 'returned' AND s.released_score IS NOT DISTINCT FROM s.draft_score
  AND s.released_feedback IS NOT DISTINCT FROM s.draft_feedback)`;

/** Grades: drafts, and what was released of them. */
export class GradingRepository {
  constructor(private readonly db: Database) {}

  /** Locks the attempt; shares its assignment, so that the points stay what they are until the transaction ends. */
  async lock(id: string): Promise<LockedWork | null> {
    await this.db.rows(
      sql`SELECT a.revision FROM assignments a WHERE a.id = (SELECT assignment_id FROM submissions WHERE id = ${id}::uuid) FOR SHARE`,
      RevisionRow,
    );
    return this.db.row(
      sql`SELECT s.id, s.user_id AS "userId", s.state, s.draft_score AS "draftScore", s.draft_feedback AS "draftFeedback",
            s.graded_at IS NOT NULL AS "isGraded", ${RELEASED} AS "isReleased", a.points, a.state = 'archived' AS "isArchived", s.revision
          FROM submissions s JOIN assignments a ON a.id = s.assignment_id WHERE s.id = ${id}::uuid FOR UPDATE OF s`,
      GradedRow,
    );
  }

  /** Keeps a draft of score and feedback. */
  async saveDraft(
    id: string,
    draft: { score: number | null; feedback: string | null; by: string; at: Date },
  ): Promise<void> {
    await this.db.execute(
      sql`UPDATE submissions SET draft_score = ${draft.score}::numeric, draft_feedback = ${draft.feedback}::text,
            graded_by = ${draft.by}::uuid, graded_at = ${draft.at}
          WHERE id = ${id}::uuid`,
    );
  }

  /** Lets the student see the draft. @returns the new revision. */
  async release(id: string, by: string, at: Date): Promise<number> {
    const row = await this.db.row(
      sql`UPDATE submissions SET state = 'returned', released_score = draft_score, released_feedback = draft_feedback,
            returned_by = ${by}::uuid, returned_at = ${at}
          WHERE id = ${id}::uuid RETURNING revision`,
      RevisionRow,
    );
    return row?.revision ?? 0;
  }

  /** Releases the next drafts of an assignment that their students do not see yet; the grader's own work stays. */
  async releaseGraded(assignmentId: string, by: string, at: Date, limit: number): Promise<ReturnedWork[]> {
    return this.db.rows(
      sql`WITH graded AS (
            SELECT s.id FROM submissions s
            WHERE s.assignment_id = ${assignmentId}::uuid AND s.state <> 'in_progress' AND s.graded_at IS NOT NULL
              AND s.user_id <> ${by}::uuid AND NOT ${RELEASED}
            ORDER BY s.id ${limitTo(limit)} FOR UPDATE)
          UPDATE submissions s SET state = 'returned', released_score = draft_score, released_feedback = draft_feedback,
            returned_by = ${by}::uuid, returned_at = ${at}
          FROM graded WHERE s.id = graded.id RETURNING s.id, s.user_id AS "userId", s.revision`,
      ReturnedRow,
    );
  }
}
