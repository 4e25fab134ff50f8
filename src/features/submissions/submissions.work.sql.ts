import { z } from 'zod';
import type { Access } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { ALIVE, changedAt, HAS_CONTENT, PLACED, SummaryRow, summaryWith } from './submissions.sql';

const CONTENT = {
  answer: true,
  draftFeedback: true,
  releasedFeedback: true,
} as const satisfies Prisma.SubmissionSelect;

export const DetailRow = SummaryRow.extend(
  modelRow<Prisma.SubmissionGetPayload<{ select: typeof CONTENT }>>(CONTENT).shape,
).extend({
  /** The group of the class. */
  groupId: z.string(),
  toolType: z.enum(['chat', 'product']),
  /** The newest chat about it. */
  sessionId: z.string().nullable(),
  /** The newest run for it. */
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
               ${columnsOf(CONTENT, 's')},
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

const ENDED = {
  id: true,
  tenantId: true,
  assignmentId: true,
  classId: true,
  userId: true,
  attempt: true,
  lateBySeconds: true,
} as const satisfies Prisma.SubmissionSelect;

/** Work that was submitted for its student. */
export const EndedRow = modelRow<Prisma.SubmissionGetPayload<{ select: typeof ENDED }>>(ENDED);

/** Submits those of these attempts whose time is up and that have content. */
export function submitEndedWork(now: Date, ids: readonly string[]): Sql {
  return sql`WITH ended AS (
               SELECT s.id, w.due_at, greatest(w.ended_at, s.started_at) AS at
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
             RETURNING ${columnsOf(ENDED, 's')}`;
}

/** The next work in progress, by id. */
export function selectInProgress(after: string | null, limit: number): Sql {
  return sql`SELECT id
             FROM submissions
             WHERE state = 'in_progress' AND (${after === null ? sql`TRUE` : sql`id > ${after}::uuid`})
             ORDER BY id
             ${limitTo(limit)}`;
}

export const ConflictDatesRow = z.object({
  'assignment.not_open': z.date().nullable(),
  'assignment.closed': z.date().nullable(),
  'submission.too_late': z.date().nullable(),
});

/** The dates behind the conflicts of a student: when it opens, when it closed, and when it was due. */
export function selectConflictDates(assignmentId: string, userId: string, now: Date): Sql {
  return sql`SELECT
               t.opens_at AS "assignment.not_open",
               least(
                 CASE WHEN t.state = 'closed' THEN a.closed_at END,
                 CASE WHEN t.closes_at <= ${now} THEN t.closes_at END
               ) AS "assignment.closed",
               t.due_at AS "submission.too_late"
             FROM assignments a
               CROSS JOIN LATERAL assignment_terms(a.id, ${userId}::uuid, ${now}) t
             WHERE a.id = ${assignmentId}::uuid`;
}
