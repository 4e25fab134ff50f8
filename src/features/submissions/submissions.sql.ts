import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import { pathField, textField, uuidField } from '../../platform/db/conditions';
import { isWithin } from '../../platform/db/ltree';
import { type Sql, sql } from '../../platform/db/sql';
import { ASSIGNMENT_STATES, LATE_POLICIES, type WorkTerms } from '../assignments';
import { SUBMISSION_STATES } from './submissions.types';

const nullableDate = z.date().nullable();
/** A moment as JSON has it. */
const nullableMoment = z.string().nullable();
const WorkTermsRow = z.object({
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: nullableMoment,
  dueAt: nullableMoment,
  closesAt: nullableMoment,
  latePolicy: z.enum(LATE_POLICIES),
});
export const SummaryRow = z.object({
  isArchived: z.boolean(),
  id: z.string(),
  tenantId: z.string(),
  assignmentId: z.string(),
  assignmentTitle: z.string(),
  classId: z.string(),
  className: z.string(),
  groupPath: z.string(),
  userId: z.string(),
  userName: z.string(),
  attempt: z.number(),
  toolId: z.string(),
  toolVersion: z.number(),
  state: z.enum(SUBMISSION_STATES),
  startedAt: z.date(),
  submittedAt: nullableDate,
  dueAtInForce: nullableDate,
  late: z.boolean(),
  lateBySeconds: z.number(),
  autoSubmitted: z.boolean(),
  draftScore: z.number().nullable(),
  releasedScore: z.number().nullable(),
  points: z.number(),
  gradedAt: nullableDate,
  returnedAt: nullableDate,
  counts: z.boolean(),
  terms: WorkTermsRow.nullable(),
  hasContent: z.boolean(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
/** Whether the attempt is the grade of its student, or a part of it. */
const COUNTS = sql`(s.state = 'returned' AND EXISTS (SELECT FROM counting_grade(s.assignment_id, s.user_id) k WHERE k.grade_policy = 'average' OR k.submission_id = s.id))`;

/**
 * Whether there is anything to hand in: an answer, a message of the student, a run that succeeded. Scalar subqueries and no
 * EXISTS: that one the planner may turn into a hash of all messages there are.
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
const termsAt = (
  now: Date,
): Sql => sql`CASE WHEN s.state = 'in_progress' THEN (SELECT json_build_object('state', w.state, 'opensAt', w.opens_at,
    'dueAt', w.due_at, 'closesAt', w.closes_at, 'latePolicy', w.late_policy)
  FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END`;

export const summaryWith = (
  path: Sql,
  now: Date,
): Sql => sql`a.is_archived AS "isArchived", s.id, s.tenant_id AS "tenantId", s.assignment_id AS "assignmentId", a.title AS "assignmentTitle", a.class_id AS "classId", a.class_name AS "className", ${path}::text AS "groupPath",
  s.user_id AS "userId", u.name AS "userName", s.attempt, s.tool_id AS "toolId", s.tool_version AS "toolVersion", s.state, s.started_at AS "startedAt",
  s.submitted_at AS "submittedAt", s.due_at_in_force AS "dueAtInForce", s.late, s.late_by_seconds AS "lateBySeconds", s.auto_submitted AS "autoSubmitted",
  s.draft_score AS "draftScore", s.released_score AS "releasedScore", a.points, s.graded_at AS "gradedAt", s.returned_at AS "returnedAt", ${COUNTS} AS counts, s.revision,
  s.created_at AS "createdAt", ${termsAt(now)} AS terms, (s.state = 'in_progress' AND ${HAS_CONTENT}) AS "hasContent"`;
/** Work in an archived class stays readable. */
export const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;
/** Assignments that are not deleted, each with its class and group, including archived classes. */
export const assignmentsWhere = (
  condition: Sql,
): Sql => sql`SELECT a.id, a.class_id, a.title, a.points, a.state, a.updated_at,
    c.group_id, c.name AS class_name, c.updated_at AS class_updated_at, g.path, c.deleted_at IS NOT NULL AS is_archived
  FROM assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
  WHERE ${condition} AND ${ALIVE}`;
/**
 * Attempts, each with its assignment and student. The join is LEFT although everybody has a name: counting
 * then skips the names.
 */
export const PLACED = sql`submissions s JOIN LATERAL (${assignmentsWhere(sql`a.id = s.assignment_id`)}) a ON TRUE LEFT JOIN users u ON u.id = s.user_id`;

/**
 * When something last changed that an item shows to this reader: title and points of the assignment, the
 * names of class and student, which attempt counts, and, for work in progress, the terms. Draft grades are
 * shown only to people who grade, so they must not affect an order or a filter for anybody else.
 */
export function changedAt(access: Access, now: Date): Sql {
  const byReturn = sql`CASE s.state WHEN 'in_progress' THEN s.updated_at WHEN 'submitted' THEN s.submitted_at ELSE s.returned_at END`;
  const isGraded = sql`a.class_id = ANY(${classIdsReadAs(access, 'teacher')}::uuid[]) OR ${isWithin(sql`a.path`, access.adminPaths)}`;
  const own = gradesAnywhere(access)
    ? sql`CASE WHEN ${isGraded} THEN s.updated_at ELSE ${byReturn} END`
    : byReturn;
  return sql`greatest(${own}, a.updated_at, a.class_updated_at, u.updated_at,
    CASE WHEN s.state = 'returned' THEN (SELECT max(o.returned_at) FROM submissions o WHERE o.assignment_id = s.assignment_id AND o.user_id = s.user_id) END,
    CASE WHEN s.state = 'in_progress' THEN (SELECT w.changed_at FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END)`;
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
