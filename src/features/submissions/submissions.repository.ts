import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import { mapPage, type Page, type PageRequest } from '../../shared/pages';
import { ASSIGNMENT_STATES, type AssignmentState, LATE_POLICIES, type WorkTerms } from '../assignments';
import {
  SUBMISSION_STATES,
  type Submission,
  type SubmissionState,
  type SubmissionSummary,
} from './submissions.types';

const nullableDate = z.date().nullable();
/** As JSON has them. */
const nullableMoment = z.string().nullable();
const WorkTermsRow = z.object({
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: nullableMoment,
  dueAt: nullableMoment,
  closesAt: nullableMoment,
  latePolicy: z.enum(LATE_POLICIES),
});
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
const DetailRow = SummaryRow.extend({
  groupId: z.string(),
  toolType: z.enum(['chat', 'product']),
  answer: z.string().nullable(),
  draftFeedback: z.string().nullable(),
  releasedFeedback: z.string().nullable(),
  sessionId: z.string().nullable(),
  runId: z.string().nullable(),
});
const EndedRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  assignmentId: z.string(),
  classId: z.string(),
  userId: z.string(),
  attempt: z.number(),
  lateBySeconds: z.number(),
});
const StateRow = z.object({ state: z.enum(ASSIGNMENT_STATES) });
const IdRow = z.object({ id: z.string() });

/** Whether the attempt is the grade of its student, or a part of it. */
const COUNTS = sql`(s.state = 'returned' AND EXISTS (SELECT FROM counting_grade(s.assignment_id, s.user_id) k WHERE k.grade_policy = 'average' OR k.submission_id = s.id))`;

/** Whether there is anything to hand in: an answer, a message of the student, a run that succeeded. */
const HAS_CONTENT = sql`(s.answer ~ '[^[:space:]]' IS TRUE
  OR EXISTS (SELECT FROM sessions chat JOIN messages m ON m.session_id = chat.id WHERE chat.submission_id = s.id AND m.role = 'user')
  OR EXISTS (SELECT FROM runs r WHERE r.submission_id = s.id AND r.state = 'succeeded'))`;

/** What holds for the student now, for work in progress; for the rest it decides nothing any more. */
const termsAt = (
  now: Date,
): Sql => sql`CASE WHEN s.state = 'in_progress' THEN (SELECT json_build_object('state', w.state, 'opensAt', w.opens_at,
    'dueAt', w.due_at, 'closesAt', w.closes_at, 'latePolicy', w.late_policy)
  FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END`;

const summaryWith = (
  path: Sql,
  now: Date,
): Sql => sql`a.is_archived AS "isArchived", s.id, s.tenant_id AS "tenantId", s.assignment_id AS "assignmentId", a.title AS "assignmentTitle", a.class_id AS "classId", ${path}::text AS "groupPath",
  s.user_id AS "userId", u.name AS "userName", s.attempt, s.tool_id AS "toolId", s.tool_version AS "toolVersion", s.state, s.started_at AS "startedAt",
  s.submitted_at AS "submittedAt", s.due_at_in_force AS "dueAtInForce", s.late, s.late_by_seconds AS "lateBySeconds", s.auto_submitted AS "autoSubmitted",
  s.draft_score AS "draftScore", s.released_score AS "releasedScore", a.points, s.graded_at AS "gradedAt", s.returned_at AS "returnedAt", ${COUNTS} AS counts, s.revision,
  s.created_at AS "createdAt", ${termsAt(now)} AS terms, (s.state = 'in_progress' AND ${HAS_CONTENT}) AS "hasContent"`;
/** Work in an archived class is read on. */
const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;
const DETAIL = sql`a.group_id AS "groupId", t.type AS "toolType", s.answer, s.draft_feedback AS "draftFeedback", s.released_feedback AS "releasedFeedback",
  (SELECT id FROM sessions WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "sessionId",
  (SELECT id FROM runs WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "runId"`;
const DETAIL_SOURCE = sql`submissions s JOIN users u ON u.id = s.user_id JOIN tools t ON t.id = s.tool_id
  JOIN LATERAL (SELECT a.*, c.group_id, g.path, c.deleted_at IS NOT NULL AS is_archived FROM assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
    WHERE a.id = s.assignment_id AND ${ALIVE}) a ON TRUE`;

/**
 * When something last changed that an item shows to this reader: title and points of the assignment, the student's
 * name, which attempt counts, and for work in progress the terms. Draft grades are shown to those who grade, and must
 * not show in an order or a filter to anybody else.
 */
function changedAt(access: Access, now: Date): Sql {
  const byReturn = sql`CASE s.state WHEN 'in_progress' THEN s.updated_at WHEN 'submitted' THEN s.submitted_at ELSE s.returned_at END`;
  const isGraded = sql`a.class_id = ANY(${classIdsReadAs(access, 'teacher')}::uuid[]) OR ${isWithin(sql`a.path`, access.adminPaths)}`;
  const own = gradesAnywhere(access)
    ? sql`CASE WHEN ${isGraded} THEN s.updated_at ELSE ${byReturn} END`
    : byReturn;
  return sql`greatest(${own}, a.updated_at, u.updated_at,
    CASE WHEN s.state = 'returned' THEN (SELECT max(o.returned_at) FROM submissions o WHERE o.assignment_id = s.assignment_id AND o.user_id = s.user_id) END,
    CASE WHEN s.state = 'in_progress' THEN (SELECT w.changed_at FROM assignment_terms(s.assignment_id, s.user_id, ${now}) w) END)`;
}

const SORTS = {
  startedAt: { expression: sql`s.started_at`, type: 'timestamptz' },
  // Work in progress comes after everything handed in.
  submittedAt: { expression: sql`coalesce(s.submitted_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  userName: { expression: sql`u.name`, type: 'text' },
} as const;

/** Work that was handed in for its student. */
export type EndedWork = z.infer<typeof EndedRow>;

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
  return sql`(SELECT a.id, a.class_id, a.title, a.points, a.updated_at, g.path, c.deleted_at IS NOT NULL AS is_archived FROM assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
      WHERE ${place} AND ${ALIVE} OFFSET 0) a JOIN submissions s ON s.assignment_id = a.id LEFT JOIN users u ON u.id = s.user_id`;
}

const gradesAnywhere = (access: Access): boolean =>
  access.adminPaths.length > 0 || classIdsReadAs(access, 'teacher').length > 0;

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** The row itself becomes the submission: a copy of each costs as much as reading the page. */
function withTerms<R extends { terms: z.output<typeof WorkTermsRow> | null }>(row: R) {
  const { terms } = row;
  const dates = terms && {
    ...{ opensAt: momentOf(terms.opensAt), dueAt: momentOf(terms.dueAt), closesAt: momentOf(terms.closesAt) },
  };
  return Object.assign(row, { terms: terms && { ...terms, ...dates } }) as Omit<R, 'terms'> & {
    terms: WorkTerms | null;
  };
}

const matching = (ifMatch: readonly number[] | null): Sql =>
  ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;

export class SubmissionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  async findById(access: Access, id: string): Promise<Submission | null> {
    const now = this.clock.now();
    const row = await this.db.row(
      sql`SELECT ${summaryWith(sql`a.path`, now)}, ${changedAt(access, now)} AS "updatedAt", ${DETAIL}
          FROM ${DETAIL_SOURCE} WHERE s.id = ${id}::uuid`,
      DetailRow,
    );
    return row === null ? null : withTerms(row);
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
    const now = this.clock.now();
    const updatedAt = changedAt(access, now);
    if (filters.updatedSince !== undefined) where.push(sql`${updatedAt} >= ${filters.updatedSince}`);
    const columns = { ...SORTS, updatedAt: { expression: updatedAt, type: 'timestamptz' } } as const;
    const found = await this.lists.list({
      columns: sql`${summaryWith(sql`a.path`, now)}, ${updatedAt} AS "updatedAt"`,
      from: workOf(filters),
      where,
      id: sql`s.id`,
      page,
      row: SummaryRow,
      sort: {
        column: columns[sort.name as keyof typeof columns],
        descending: sort.descending,
        name: `${sort.descending ? '-' : ''}${sort.name}`,
      },
    });
    return mapPage(found, withTerms);
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

  /** Hands in. @returns whether the attempt was still in progress, with something to hand in. */
  async submit(id: string, at: Date, dueAt: Date | null, lateBySeconds: number): Promise<boolean> {
    return this.change(
      sql`UPDATE submissions s SET state = 'submitted', submitted_at = ${at}, due_at_in_force = ${dueAt}::timestamptz, late = ${lateBySeconds > 0}, late_by_seconds = ${lateBySeconds}
          WHERE s.id = ${id}::uuid AND s.state = 'in_progress' AND ${HAS_CONTENT} RETURNING s.id`,
    );
  }

  /**
   * Hands in work in progress that its student can no longer hand in: as of the moment when time was up. Work without
   * content stays as it is.
   */
  async submitEnded(now: Date, limit: number): Promise<EndedWork[]> {
    return this.db.rows(
      sql`WITH ended AS (
            SELECT s.id, a.class_id, w.due_at, greatest(w.ended_at, s.started_at) AS at
            FROM submissions s JOIN assignments a ON a.id = s.assignment_id JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
            CROSS JOIN LATERAL assignment_terms(s.assignment_id, s.user_id, ${now}) w
            WHERE s.state = 'in_progress' AND a.auto_submit AND a.state <> 'archived' AND w.ended_at IS NOT NULL AND NOT w.excused AND ${ALIVE} AND c.deleted_at IS NULL AND ${HAS_CONTENT}
            ORDER BY s.id LIMIT ${limit}::int FOR UPDATE OF s SKIP LOCKED)
          UPDATE submissions s SET state = 'submitted', auto_submitted = TRUE, submitted_at = e.at, due_at_in_force = e.due_at,
            late = coalesce(e.at > e.due_at, FALSE), late_by_seconds = coalesce(greatest(0, ceil(extract(epoch FROM e.at - e.due_at))), 0)::int
          FROM ended e WHERE s.id = e.id AND s.state = 'in_progress'
          RETURNING s.id, s.tenant_id AS "tenantId", s.assignment_id AS "assignmentId", e.class_id AS "classId", s.user_id AS "userId",
            s.attempt, s.late_by_seconds AS "lateBySeconds"`,
      EndedRow,
    );
  }

  private async change(statement: Sql): Promise<boolean> {
    return (await this.db.row(statement, IdRow)) !== null;
  }
}
