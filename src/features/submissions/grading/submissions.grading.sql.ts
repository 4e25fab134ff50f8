import { z } from 'zod';
import type { Prisma } from '../../../generated/prisma/client';
import { columnsOf, modelRow } from '../../../platform/db/columns';
import { type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';

const GRADED = {
  id: true,
  userId: true,
  state: true,
  draftScore: true,
  draftFeedback: true,
  revision: true,
} as const satisfies Prisma.SubmissionSelect;
const RETURNED = { id: true, userId: true, revision: true } as const satisfies Prisma.SubmissionSelect;

export const GradedRow = modelRow<Prisma.SubmissionGetPayload<{ select: typeof GRADED }>>(GRADED).extend({
  isGraded: z.boolean(),
  isReleased: z.boolean(),
  points: z.number(),
  isArchived: z.boolean(),
});
export const RevisionRow = z.object({ revision: z.number() });
export const ReturnedRow = modelRow<Prisma.SubmissionGetPayload<{ select: typeof RETURNED }>>(RETURNED);

/** The student sees exactly what was graded. */
const RELEASED = sql`(
  s.state = 'returned'
  AND s.released_score IS NOT DISTINCT FROM s.draft_score
  AND s.released_feedback IS NOT DISTINCT FROM s.draft_feedback)`;

/** Shares the assignment of an attempt, so that its points do not change until the transaction ends. */
export function shareAssignmentOf(id: string): Sql {
  return sql`SELECT a.revision
             FROM assignments a
             WHERE a.id = (SELECT assignment_id FROM submissions WHERE id = ${id}::uuid)
             FOR SHARE`;
}

/** Locks an attempt until the transaction ends, and reads what grading needs. */
export function lockWork(id: string): Sql {
  return sql`SELECT
               ${columnsOf(GRADED, 's')},
               s.graded_at IS NOT NULL AS "isGraded",
               ${RELEASED} AS "isReleased",
               a.points,
               a.state = 'archived' AS "isArchived"
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

/** Shows an attempt's draft to its student. */
export function releaseWork(id: string, by: string, at: Date): Sql {
  return sql`UPDATE submissions
             SET ${releaseBy(by, at)}
             WHERE id = ${id}::uuid
             RETURNING revision`;
}

/** Shows the next unreleased drafts of an assignment to their students, except for the grader's own work. */
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
             RETURNING ${columnsOf(RETURNED, 's')}`;
}
