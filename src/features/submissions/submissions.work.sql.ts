import { z } from 'zod';
import type { Access } from '../../authz/access';
import { type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { ALIVE, changedAt, HAS_CONTENT, PLACED, SummaryRow, summaryWith } from './submissions.sql';

export const IdRow = z.object({ id: z.string() });

export const DetailRow = SummaryRow.extend({
  groupId: z.string(),
  toolType: z.enum(['chat', 'product']),
  answer: z.string().nullable(),
  draftFeedback: z.string().nullable(),
  releasedFeedback: z.string().nullable(),
  sessionId: z.string().nullable(),
  runId: z.string().nullable(),
});

const newestOf = (table: Sql): Sql => sql`(
  SELECT id
  FROM ${table}
  WHERE submission_id = s.id
  ORDER BY created_at DESC, id DESC
  LIMIT 1)`;

export function selectSubmission(access: Access, id: string, now: Date): Sql {
  return sql`SELECT
               ${summaryWith(sql`a.path`, now)},
               ${changedAt(access, now)} AS "updatedAt",
               a.group_id AS "groupId",
               t.type AS "toolType",
               s.answer,
               s.draft_feedback AS "draftFeedback",
               s.released_feedback AS "releasedFeedback",
               ${newestOf(sql`sessions`)} AS "sessionId",
               ${newestOf(sql`runs`)} AS "runId"
             FROM ${PLACED}
             JOIN tools t ON t.id = s.tool_id
             WHERE s.id = ${id}::uuid`;
}

/** Submits the attempt if it is in progress and has content. */
export function submitWork(id: string, at: Date, dueAt: Date | null, lateBySeconds: number): Sql {
  return sql`UPDATE submissions s
             SET state = 'submitted',
                 submitted_at = ${at},
                 due_at_in_force = ${dueAt}::timestamptz,
                 late = ${lateBySeconds > 0},
                 late_by_seconds = ${lateBySeconds}
             WHERE s.id = ${id}::uuid AND s.state = 'in_progress' AND ${HAS_CONTENT}
             RETURNING s.id`;
}

/** Work that was submitted for its student. */
export const EndedRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  assignmentId: z.string(),
  classId: z.string(),
  userId: z.string(),
  attempt: z.number(),
  lateBySeconds: z.number(),
});

export function submitEndedWork(now: Date, ids: readonly string[]): Sql {
  return sql`WITH ended AS (
               SELECT s.id, a.class_id, w.due_at, greatest(w.ended_at, s.started_at) AS at
               FROM submissions s
               JOIN assignments a ON a.id = s.assignment_id
               JOIN classes c ON c.id = a.class_id
               JOIN groups g ON g.id = c.group_id
               CROSS JOIN LATERAL assignment_terms(s.assignment_id, s.user_id, ${now}) w
               WHERE s.id = ANY(${[...ids]}::uuid[])
                 AND s.state = 'in_progress'
                 AND a.auto_submit
                 AND a.state <> 'archived'
                 AND w.ended_at IS NOT NULL
                 AND NOT w.excused
                 AND ${ALIVE}
                 AND c.deleted_at IS NULL
                 AND ${HAS_CONTENT}
               ORDER BY s.id
               FOR UPDATE OF s SKIP LOCKED)
             UPDATE submissions s
             SET state = 'submitted',
                 auto_submitted = TRUE,
                 submitted_at = e.at,
                 due_at_in_force = e.due_at,
                 late = coalesce(e.at > e.due_at, FALSE),
                 late_by_seconds = coalesce(greatest(0, ceil(extract(epoch FROM e.at - e.due_at))), 0)::int
             FROM ended e
             WHERE s.id = e.id AND s.state = 'in_progress'
             RETURNING
               s.id,
               s.tenant_id AS "tenantId",
               s.assignment_id AS "assignmentId",
               e.class_id AS "classId",
               s.user_id AS "userId",
               s.attempt,
               s.late_by_seconds AS "lateBySeconds"`;
}

/** The next work in progress, by id. */
export function selectInProgress(after: string | null, limit: number): Sql {
  return sql`SELECT id
             FROM submissions
             WHERE state = 'in_progress' AND (${after === null ? sql`TRUE` : sql`id > ${after}::uuid`})
             ORDER BY id
             ${limitTo(limit)}`;
}
