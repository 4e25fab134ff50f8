import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { IfMatch } from '../../shared/revisions';
import { LATE_POLICIES } from './assignments.kinds';
import type { Terms } from './assignments.terms';

/** The caller's own work, as a student of the class. */
export interface MyWork {
  attempts: number;
  latestSubmissionId: string | null;
  latestState: 'in_progress' | 'submitted' | 'returned' | null;
  /** The returned attempt that counts; with `average` the latest of them. */
  countingSubmissionId: string | null;
  /** The score that counts. */
  countingScore: number | null;
}

export interface Assignment extends z.output<typeof AssignmentRow> {
  /** The caller's terms: after their override, if they are a student of the class. */
  terms: Terms;
  /** The caller's own work; zero attempts for people who are not students of the class. */
  mine: MyWork;
}

const ASSIGNMENT = {
  id: true,
  tenantId: true,
  classId: true,
  toolId: true,
  pin: true,
  title: true,
  instructions: true,
  opensAt: true,
  dueAt: true,
  closesAt: true,
  /** Null: any number. */
  maxAttempts: true,
  points: true,
  latePolicy: true,
  gradePolicy: true,
  /** Whether work in progress is submitted automatically when time is up. */
  autoSubmit: true,
  state: true,
  publishedAt: true,
  closedAt: true,
  createdBy: true,
  revision: true,
  createdAt: true,
} as const satisfies Prisma.AssignmentSelect;

export const AssignmentRow = modelRow<Prisma.AssignmentGetPayload<{ select: typeof ASSIGNMENT }>>(
  ASSIGNMENT,
).extend({
  /** Whether its class is archived; it is then read-only. */
  isArchived: z.boolean(),
  className: z.string(),
  /** The group of the class. */
  groupId: z.string(),
  groupPath: z.string(),
  toolName: z.string(),
  toolType: z.enum(['chat', 'product']),
  /** The version that an attempt started now gets. */
  toolVersion: z.number(),
  isToolPublished: z.boolean(),
  /** Whether there is submitted work for it. */
  hasWork: z.boolean(),
  updatedAt: z.date(),
});
const nullableDate = z.date().nullable();
const nullableCount = z.number().nullable();
const LatestState = z.enum(['in_progress', 'submitted', 'returned']).nullable();
export const OwnRow = AssignmentRow.extend({
  termsOpensAt: nullableDate,
  termsDueAt: nullableDate,
  termsClosesAt: nullableDate,
  termsLatePolicy: z.enum(LATE_POLICIES),
  termsMaxAttempts: nullableCount,
  excused: z.boolean(),
  attempts: z.number(),
  openAttempt: z.string().nullable(),
  latestSubmissionId: z.string().nullable(),
  latestState: LatestState,
  countingSubmissionId: z.string().nullable(),
  countingScore: z.number().nullable(),
});

/**
 * Whether there is submitted work for the assignment `a`. It is a scalar subquery, because the planner may
 * turn an EXISTS into a hash of all work.
 */
export const HAS_WORK = sql`coalesce(
  (SELECT TRUE
   FROM submissions x
   WHERE x.assignment_id = a.id AND x.state IN ('submitted', 'returned')
   LIMIT 1),
  FALSE)`;

export const COLUMNS = sql`${columnsOf(ASSIGNMENT, 'a')},
  c.deleted_at IS NOT NULL AS "isArchived",
  c.name AS "className",
  c.group_id AS "groupId",
  c.path::text AS "groupPath",
  t.name AS "toolName",
  t.type AS "toolType",
  CASE WHEN a.pin = 'follow_latest' THEN t.current_version ELSE a.tool_version END AS "toolVersion",
  (t.state = 'published' AND t.deleted_at IS NULL) AS "isToolPublished",
  ${HAS_WORK} AS "hasWork"`;
export const OWN_COLUMNS = sql`w.opens_at AS "termsOpensAt",
  w.due_at AS "termsDueAt",
  w.closes_at AS "termsClosesAt",
  w.late_policy AS "termsLatePolicy",
  w.max_attempts AS "termsMaxAttempts",
  w.excused,
  coalesce(s.attempt, 0) AS attempts,
  w.open_attempt AS "openAttempt",
  s.id AS "latestSubmissionId",
  s.state AS "latestState",
  counts.submission_id AS "countingSubmissionId",
  counts.score AS "countingScore"`;

/**
 * Classes `c`, each with its place in the tree and the last change of what its assignments show of it: names,
 * and the time zone of a group above. The groups above are found one by one, each by its path.
 */
export const CLASSES = sql`
  SELECT
    c.id,
    c.name,
    c.group_id,
    c.deleted_at,
    g.path,
    g.deleted_at AS group_deleted_at,
    greatest(
      c.updated_at,
      (SELECT max(up.updated_at)
       FROM generate_series(1, nlevel(g.path)) level
       CROSS JOIN LATERAL (
         SELECT above.updated_at
         FROM groups above
         WHERE above.path = subpath(g.path, 0, level)
         LIMIT 1) up)) AS changed_at
  FROM classes c
  JOIN groups g ON g.id = c.group_id`;

/** One class for all assignments of a list, so that it is read once. */
export const givenClass = (classId: string): Sql => sql`given_class AS MATERIALIZED (
  ${CLASSES}
  WHERE c.id = ${classId}::uuid AND g.deleted_at IS NULL)`;

/** LEFT joins although every row has its match: counting then skips that table. */
const joinsOf = (classes: Sql): Sql => sql`JOIN ${classes} c ON c.id = a.class_id
  LEFT JOIN tools t ON t.id = a.tool_id`;
export const SOURCE = sql`assignments a
  ${joinsOf(sql`(${CLASSES})`)}`;
/** What is joined to the assignments `a` of the given class. */
export const JOINS_IN_CLASS = joinsOf(sql`given_class`);
/**
 * The same, each with the terms `w` and the latest attempt `s` of the caller, if they are a student of the
 * class.
 */
export const workSource = (access: Access, now: Date, source = SOURCE): Sql => sql`${source}
  LEFT JOIN LATERAL assignment_terms(
    a.id,
    CASE WHEN a.class_id = ANY(${classIdsReadAs(access, 'student')}::uuid[]) THEN ${access.userId}::uuid END,
    ${now}) w ON TRUE
  LEFT JOIN LATERAL (
    SELECT
      id,
      state,
      attempt,
      max(greatest(started_at, submitted_at, returned_at)) OVER () AS changed_at
    FROM submissions
    WHERE assignment_id = a.id AND user_id = ${access.userId}::uuid
    ORDER BY attempt DESC
    LIMIT 1) s ON TRUE`;
/** The same, each with the caller's grade that counts. */
export const ownSource = (
  access: Access,
  now: Date,
  source = SOURCE,
): Sql => sql`${workSource(access, now, source)}
  LEFT JOIN LATERAL counting_grade(a.id, ${access.userId}::uuid) counts ON TRUE`;

/** The last change of anything that an item shows. */
const changedAt = (own: Sql): Sql => sql`greatest(${own}, c.changed_at, t.updated_at)`;
export const CHANGED_AT = changedAt(sql`a.updated_at`);
export const OWN_CHANGED_AT = changedAt(sql`w.changed_at, s.changed_at`);

/** Assignments of an archived class stay readable. */
export const ALIVE = sql`a.deleted_at IS NULL AND c.group_deleted_at IS NULL`;

export type Unowned = z.output<typeof AssignmentRow>;
export type Owned = z.output<typeof OwnRow>;

const NO_WORK = {
  attempts: 0,
  latestSubmissionId: null,
  latestState: null,
  countingSubmissionId: null,
  countingScore: null,
} as const;
const NO_TERMS = { excused: false, attempts: 0, openAttempt: null } as const;

function termsOf(row: Unowned | Owned): Terms {
  if (!('termsOpensAt' in row)) {
    const { state, opensAt, dueAt, closesAt, latePolicy, maxAttempts } = row;
    return { state, opensAt, dueAt, closesAt, latePolicy, maxAttempts, ...NO_TERMS };
  }
  const { termsOpensAt, termsDueAt, termsClosesAt, termsLatePolicy, termsMaxAttempts } = row;
  const { state, excused, attempts, openAttempt } = row;
  return {
    ...{ state, excused, attempts, openAttempt, opensAt: termsOpensAt, dueAt: termsDueAt },
    ...{ closesAt: termsClosesAt, latePolicy: termsLatePolicy, maxAttempts: termsMaxAttempts },
  };
}

/**
 * The row itself becomes the assignment, including its flat columns, because a copy of each costs as much
 * as reading the page.
 */
export function toAssignment(row: Unowned | Owned): Assignment {
  const mine =
    'termsOpensAt' in row
      ? {
          attempts: row.attempts,
          latestSubmissionId: row.latestSubmissionId,
          latestState: row.latestState,
          countingSubmissionId: row.countingSubmissionId,
          countingScore: row.countingScore,
        }
      : NO_WORK;
  return Object.assign(row, { terms: termsOf(row), mine });
}

/** Publishes or reopens it if its revision is one of these (null: any). It returns the new revision. */
export function publishAssignment(id: string, at: Date, revisions: IfMatch): Sql {
  const expected = revisions === null ? empty : sql`AND a.revision = ANY(${[...revisions]}::int[])`;
  return sql`UPDATE assignments a
             SET
               state = 'published',
               published_at = coalesce(a.published_at, ${at}),
               closed_at = NULL,
               tool_version = CASE WHEN a.pin = 'follow_latest' THEN t.current_version ELSE a.tool_version END
             FROM tools t
             WHERE a.id = ${id}::uuid AND t.id = a.tool_id AND a.deleted_at IS NULL ${expected}
             RETURNING a.revision`;
}
