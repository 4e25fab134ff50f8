import { z } from 'zod';
import { type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import { SUBMISSION_STATES } from '../submissions.types';

export const GradedRow = z.object({
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
export const RevisionRow = z.object({ revision: z.number() });
export const ReturnedRow = z.object({ id: z.string(), userId: z.string(), revision: z.number() });

/** The student sees exactly what was graded. */
const RELEASED = sql`(
  s.state = 'returned'
  AND s.released_score IS NOT DISTINCT FROM s.draft_score
  AND s.released_feedback IS NOT DISTINCT FROM s.draft_feedback)`;

export function shareAssignmentOf(id: string): Sql {
  return sql`SELECT a.revision
             FROM assignments a
             WHERE a.id = (SELECT assignment_id FROM submissions WHERE id = ${id}::uuid)
             FOR SHARE`;
}

export function lockWork(id: string): Sql {
  return sql`SELECT
               s.id,
               s.user_id AS "userId",
               s.state,
               s.draft_score AS "draftScore",
               s.draft_feedback AS "draftFeedback",
               s.graded_at IS NOT NULL AS "isGraded",
               ${RELEASED} AS "isReleased",
               a.points,
               a.state = 'archived' AS "isArchived",
               s.revision
             FROM submissions s
             JOIN assignments a ON a.id = s.assignment_id
             WHERE s.id = ${id}::uuid
             FOR UPDATE OF s`;
}

const releaseBy = (by: string, at: Date): Sql => sql`
  state = 'returned',
  released_score = draft_score,
  released_feedback = draft_feedback,
  returned_by = ${by}::uuid,
  returned_at = ${at}`;

export function releaseWork(id: string, by: string, at: Date): Sql {
  return sql`UPDATE submissions
             SET ${releaseBy(by, at)}
             WHERE id = ${id}::uuid
             RETURNING revision`;
}

export function releaseGradedWork(assignmentId: string, by: string, at: Date, limit: number): Sql {
  return sql`WITH graded AS (
               SELECT s.id
               FROM submissions s
               WHERE s.assignment_id = ${assignmentId}::uuid
                 AND s.state <> 'in_progress'
                 AND s.graded_at IS NOT NULL
                 AND s.user_id <> ${by}::uuid
                 AND NOT ${RELEASED}
               ORDER BY s.id
               ${limitTo(limit)}
               FOR UPDATE)
             UPDATE submissions s
             SET ${releaseBy(by, at)}
             FROM graded
             WHERE s.id = graded.id
             RETURNING s.id, s.user_id AS "userId", s.revision`;
}
