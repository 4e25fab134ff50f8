import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { pathField, textField, uuidField } from '../../platform/db/conditions';
import { isWithin } from '../../platform/db/ltree';
import { type Sql, sql } from '../../platform/db/sql';
import { ASSIGNMENT_STATES, LATE_POLICIES, type WorkTerms } from '../assignments';

const SUBMISSION = {
  id: true,
  tenantId: true,
  assignmentId: true,
  userId: true,
  attempt: true,
  toolId: true,
  toolVersion: true,
  state: true,
  startedAt: true,
  submittedAt: true,
  /** The due date that applied to the student when they submitted. */
  dueAtInForce: true,
  late: true,
  lateBySeconds: true,
  /** Whether it was submitted automatically when time was up. */
  autoSubmitted: true,
  /** Only for teachers until it is returned. */
  draftScore: true,
  releasedScore: true,
  gradedAt: true,
  returnedAt: true,
  revision: true,
  createdAt: true,
} as const satisfies Prisma.SubmissionSelect;

/** A moment as JSON has it. */
const nullableMoment = z.string().nullable();
const WorkTermsRow = z.object({
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: nullableMoment,
  dueAt: nullableMoment,
  closesAt: nullableMoment,
  latePolicy: z.enum(LATE_POLICIES),
});

/** A student's attempt at an assignment, as lists show it: without its contents. */
export const SummaryRow = modelRow<Prisma.SubmissionGetPayload<{ select: typeof SUBMISSION }>>(
  SUBMISSION,
).extend({
  /** Whether its class is archived; it is then read-only. */
  isArchived: z.boolean(),
  assignmentTitle: z.string(),
  classId: z.string(),
  className: z.string(),
  groupPath: z.string(),
  userName: z.string(),
  points: z.number(),
  /** Whether it is the grade that counts; with `average`, a part of it. */
  counts: z.boolean(),
  /** The student's current terms; null after submission. */
  terms: WorkTermsRow.nullable(),
  /** Whether it is in progress and has content to submit. */
  hasContent: z.boolean(),
  updatedAt: z.date(),
});

/** Whether the attempt is the grade of its student, or a part of it. */
const COUNTS = sql`(s.state = 'returned' AND EXISTS (
  SELECT
  FROM counting_grade(s.assignment_id, s.user_id) k
  WHERE k.grade_policy = 'average' OR k.submission_id = s.id))`;

/**
 * Whether there is content to submit: an answer, a message of the student, a run that succeeded. Scalar subqueries, because
 * the planner may turn an EXISTS into a hash of all messages.
 */
export const HAS_CONTENT = sql`(
  s.answer ~ '[^[:space:]]' IS TRUE
  OR coalesce((
    SELECT TRUE
    FROM sessions chat
    JOIN messages m ON m.session_id = chat.id
    WHERE chat.submission_id = s.id AND m.role = 'user'
    LIMIT 1), FALSE)
  OR coalesce((
    SELECT TRUE
    FROM runs r
    WHERE r.submission_id = s.id AND r.state = 'succeeded'
    LIMIT 1), FALSE))`;

/** The student's current terms, for work in progress; for other work they no longer matter. */
const termsAt = (now: Date): Sql => sql`CASE WHEN s.state = 'in_progress' THEN (
  SELECT json_build_object(
    'state', w.state,
    'opensAt', w.opens_at,
    'dueAt', w.due_at,
    'closesAt', w.closes_at,
    'latePolicy', w.late_policy)
  FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END`;

const SUBMISSION_COLUMNS = columnsOf(SUBMISSION, 's');

export const summaryWith = (path: Sql, now: Date): Sql => sql`${SUBMISSION_COLUMNS},
  a.is_archived AS "isArchived",
  a.title AS "assignmentTitle",
  a.class_id AS "classId",
  a.class_name AS "className",
  ${path}::text AS "groupPath",
  u.name AS "userName",
  a.points,
  ${COUNTS} AS counts,
  ${termsAt(now)} AS terms,
  (s.state = 'in_progress' AND ${HAS_CONTENT}) AS "hasContent"`;

/** Work in an archived class stays readable. */
export const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;
/** Assignments that are not deleted, each with its class and group, including archived classes. */
export const assignmentsWhere = (condition: Sql): Sql => sql`SELECT
    a.id,
    a.class_id,
    a.title,
    a.points,
    a.state,
    a.updated_at,
    c.group_id,
    c.name AS class_name,
    c.updated_at AS class_updated_at,
    g.path,
    c.deleted_at IS NOT NULL AS is_archived
  FROM assignments a
  JOIN classes c ON c.id = a.class_id
  JOIN groups g ON g.id = c.group_id
  WHERE ${condition} AND ${ALIVE}`;
/**
 * Attempts, each with its assignment and student. The join is LEFT although everybody has a name: counting
 * then skips the names.
 */
export const PLACED = sql`submissions s
  JOIN LATERAL (${assignmentsWhere(sql`a.id = s.assignment_id`)}) a ON TRUE
  LEFT JOIN users u ON u.id = s.user_id`;

/**
 * When something last changed that an item shows to this reader: title and points of the assignment, the
 * names of class and student, which attempt counts, and, for work in progress, the terms. Draft grades are
 * shown only to people who grade, so they must not affect an order or a filter for anybody else.
 */
export function changedAt(access: Access, now: Date): Sql {
  const byReturn = sql`CASE s.state
    WHEN 'in_progress' THEN s.updated_at
    WHEN 'submitted' THEN s.submitted_at
    ELSE s.returned_at
  END`;
  const isGraded = sql`a.class_id = ANY(${classIdsReadAs(access, 'teacher')}::uuid[])
    OR ${isWithin(sql`a.path`, access.adminPaths)}`;
  const own = gradesAnywhere(access)
    ? sql`CASE WHEN ${isGraded} THEN s.updated_at ELSE ${byReturn} END`
    : byReturn;
  return sql`greatest(
    ${own},
    a.updated_at,
    a.class_updated_at,
    u.updated_at,
    CASE WHEN s.state = 'returned' THEN (
      SELECT max(o.returned_at)
      FROM submissions o
      WHERE o.assignment_id = s.assignment_id AND o.user_id = s.user_id) END,
    CASE WHEN s.state = 'in_progress' THEN (
      SELECT w.changed_at
      FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END)`;
}

/** Where an attempt `s` and its assignment `a` have the fields that the rules check. */
export const SUBMISSION_FIELDS = {
  userId: uuidField(sql`s.user_id`),
  classId: uuidField(sql`a.class_id`),
  groupPath: pathField(sql`a.path`),
  state: textField(sql`s.state`),
};

const gradesAnywhere = (access: Access): boolean =>
  access.adminPaths.length > 0 || classIdsReadAs(access, 'teacher').length > 0;

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** The row itself becomes the submission, because a copy of each costs as much as reading the page. */
export function withTerms<R extends { terms: z.output<typeof WorkTermsRow> | null }>(row: R) {
  const { terms } = row;
  const dates = terms && {
    ...{ opensAt: momentOf(terms.opensAt), dueAt: momentOf(terms.dueAt), closesAt: momentOf(terms.closesAt) },
  };
  return Object.assign(row, { terms: terms && { ...terms, ...dates } }) as Omit<R, 'terms'> & {
    terms: WorkTerms | null;
  };
}
