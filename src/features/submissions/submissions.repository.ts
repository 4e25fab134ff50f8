import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import { ASSIGNMENT_STATES, type AssignmentState } from '../assignments';
import {
  SUBMISSION_STATES,
  type Submission,
  type SubmissionState,
  type SubmissionSummary,
} from './submissions.types';

const nullableDate = z.date().nullable();
const SummaryRow = z.object({
  isArchived: z.boolean(),
  id: z.string(),
  tenantId: z.string(),
  assignmentId: z.string(),
  assignmentTitle: z.string(),
  classId: z.string(),
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
  draftScore: z.number().nullable(),
  releasedScore: z.number().nullable(),
  points: z.number(),
  gradedAt: nullableDate,
  returnedAt: nullableDate,
  counts: z.boolean(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const DetailRow = SummaryRow.extend({
  groupId: z.string(),
  toolType: z.enum(['chat', 'product']),
  answer: z.string().nullable(),
  draftFeedback: z.string().nullable(),
  releasedFeedback: z.string().nullable(),
  sessionId: z.string().nullable(),
  runId: z.string().nullable(),
  assignmentState: z.enum(ASSIGNMENT_STATES),
  latePolicy: z.enum(['accept', 'refuse']),
  opensAt: nullableDate,
  dueAt: nullableDate,
  closesAt: nullableDate,
});
const StateRow = z.object({ state: z.enum(ASSIGNMENT_STATES) });
const IdRow = z.object({ id: z.string() });

/** Whether the attempt is the grade of its student, or a part of it. */
const COUNTS = sql`(s.state = 'returned' AND EXISTS (SELECT FROM counting_grade(s.assignment_id, s.user_id) k WHERE k.grade_policy = 'average' OR k.submission_id = s.id))`;

const summaryWith = (
  path: Sql,
  isArchived: Sql,
): Sql => sql`${isArchived} AS "isArchived", s.id, s.tenant_id AS "tenantId", s.assignment_id AS "assignmentId", a.title AS "assignmentTitle", a.class_id AS "classId", ${path}::text AS "groupPath",
  s.user_id AS "userId", u.name AS "userName", s.attempt, s.tool_id AS "toolId", s.tool_version AS "toolVersion", s.state, s.started_at AS "startedAt",
  s.submitted_at AS "submittedAt", s.due_at_in_force AS "dueAtInForce", s.late, s.late_by_seconds AS "lateBySeconds", s.draft_score AS "draftScore",
  s.released_score AS "releasedScore", a.points, s.graded_at AS "gradedAt", s.returned_at AS "returnedAt", ${COUNTS} AS counts, s.revision, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;
const LISTED = summaryWith(sql`a.path`, sql`a.is_archived`);
const SOURCE = sql`submissions s JOIN assignments a ON a.id = s.assignment_id JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id JOIN users u ON u.id = s.user_id`;
const DETAIL = sql`${summaryWith(sql`g.path`, sql`(c.deleted_at IS NOT NULL)`)}, c.group_id AS "groupId", t.type AS "toolType", s.answer, s.draft_feedback AS "draftFeedback", s.released_feedback AS "releasedFeedback",
  (SELECT id FROM sessions WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "sessionId",
  (SELECT id FROM runs WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "runId",
  a.state AS "assignmentState", a.late_policy AS "latePolicy", coalesce(o.opens_at, a.opens_at) AS "opensAt", coalesce(o.due_at, a.due_at) AS "dueAt", coalesce(o.closes_at, a.closes_at) AS "closesAt"`;
const DETAIL_SOURCE = sql`${SOURCE} JOIN tools t ON t.id = s.tool_id LEFT JOIN assignment_overrides o ON o.assignment_id = s.assignment_id AND o.user_id = s.user_id`;
/** Work in an archived class is read on. */
const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;

/** When a student could last see a change of their work: draft grades are none, and must not show in an order or a filter. */
const VISIBLE_UPDATE = sql`(CASE s.state WHEN 'in_progress' THEN s.updated_at WHEN 'submitted' THEN s.submitted_at ELSE s.returned_at END)`;

const SORTS = {
  updatedAt: { expression: sql`s.updated_at`, type: 'timestamptz' },
  startedAt: { expression: sql`s.started_at`, type: 'timestamptz' },
  // Work in progress comes after everything handed in.
  submittedAt: { expression: sql`coalesce(s.submitted_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  userName: { expression: sql`u.name`, type: 'text' },
} as const;

/** One of assignment and class is given. */
export interface SubmissionFilters {
  assignmentId?: string;
  classId?: string;
  q?: string | undefined;
  state?: SubmissionState | undefined;
  late?: boolean | undefined;
  userId?: string | undefined;
  updatedSince?: Date | undefined;
}

/** What the caller may read, as a condition of a list: the rules of the policy in SQL. */
function readableBy(access: Access): Sql {
  return sql`(a.class_id = ANY(${classIdsReadAs(access, 'teacher', 'assistant')}::uuid[]) OR s.user_id = ${access.userId}::uuid
    OR ${isWithin(sql`a.path`, access.adminPaths)}
    OR (s.state = 'returned' AND s.user_id = ANY(${[...access.observedStudentIds]}::uuid[])))`;
}

/**
 * The work of one assignment or class. OFFSET 0 has the few assignments found once, and not anew for each piece of
 * work; LEFT, as everybody has a name: counting then leaves the names out.
 */
function workOf({ assignmentId, classId }: SubmissionFilters): Sql {
  const place =
    assignmentId === undefined ? sql`a.class_id = ${classId}::uuid` : sql`a.id = ${assignmentId}::uuid`;
  return sql`(SELECT a.id, a.class_id, a.title, a.points, g.path, c.deleted_at IS NOT NULL AS is_archived FROM assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
      WHERE ${place} AND ${ALIVE} OFFSET 0) a JOIN submissions s ON s.assignment_id = a.id LEFT JOIN users u ON u.id = s.user_id`;
}

const gradesAnywhere = (access: Access): boolean =>
  access.adminPaths.length > 0 || classIdsReadAs(access, 'teacher').length > 0;

function toSubmission({ opensAt, dueAt, closesAt, ...row }: z.output<typeof DetailRow>): Submission {
  return { ...row, dates: { opensAt, dueAt, closesAt } };
}

const matching = (ifMatch: readonly number[] | null): Sql =>
  ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;

export class SubmissionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async findById(id: string): Promise<Submission | null> {
    const row = await this.db.row(
      sql`SELECT ${DETAIL} FROM ${DETAIL_SOURCE} WHERE s.id = ${id}::uuid AND ${ALIVE}`,
      DetailRow,
    );
    return row === null ? null : toSubmission(row);
  }

  /** Those that the caller may read, without what was written. */
  async list(
    access: Access,
    filters: SubmissionFilters,
    sort: { name: string; descending: boolean },
    page: PageRequest,
  ): Promise<Page<SubmissionSummary>> {
    const where = [readableBy(access)];
    if (filters.state !== undefined) where.push(sql`s.state = ${filters.state}`);
    if (filters.late !== undefined) where.push(sql`s.late = ${filters.late}`);
    if (filters.userId !== undefined) where.push(sql`s.user_id = ${filters.userId}::uuid`);
    if (filters.q !== undefined) where.push(contains(sql`u.name`, filters.q));
    const updatedAt = gradesAnywhere(access) ? SORTS.updatedAt.expression : VISIBLE_UPDATE;
    if (filters.updatedSince !== undefined) where.push(sql`${updatedAt} >= ${filters.updatedSince}`);
    const columns = { ...SORTS, updatedAt: { ...SORTS.updatedAt, expression: updatedAt } };
    return this.lists.list({
      columns: LISTED,
      from: workOf(filters),
      where,
      id: sql`s.id`,
      page,
      row: SummaryRow,
      sort: {
        column: columns[sort.name as keyof typeof SORTS],
        descending: sort.descending,
        name: `${sort.descending ? '-' : ''}${sort.name}`,
      },
    });
  }

  /** Writes the student's answer. @returns whether the attempt was in progress and as `ifMatch` says. */
  async updateAnswer(id: string, answer: string | null, ifMatch: readonly number[] | null): Promise<boolean> {
    return this.change(
      sql`UPDATE submissions SET answer = ${answer} WHERE id = ${id}::uuid AND state = 'in_progress' ${matching(ifMatch)} RETURNING id`,
    );
  }

  /** Keeps the assignment from being closed, archived or deleted until the transaction ends. @returns its state; null if it is gone. */
  async holdAssignment(assignmentId: string): Promise<AssignmentState | null> {
    const row = await this.db.row(
      sql`SELECT state FROM assignments WHERE id = ${assignmentId}::uuid AND deleted_at IS NULL FOR SHARE`,
      StateRow,
    );
    return row?.state ?? null;
  }

  /** Hands in. @returns whether the attempt was still in progress. */
  async submit(id: string, at: Date, dueAt: Date | null, lateBySeconds: number): Promise<boolean> {
    return this.change(
      sql`UPDATE submissions SET state = 'submitted', submitted_at = ${at}, due_at_in_force = ${dueAt}::timestamptz, late = ${lateBySeconds > 0}, late_by_seconds = ${lateBySeconds}
          WHERE id = ${id}::uuid AND state = 'in_progress' RETURNING id`,
    );
  }

  private async change(statement: Sql): Promise<boolean> {
    return (await this.db.row(statement, IdRow)) !== null;
  }
}
