import { z } from 'zod';
import type { Access } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import type { Clock } from '../../shared/clock';
import { mapPage, type Page, type PageRequest, type SortOrder } from '../../shared/pages';
import { ASSIGNMENT_STATES, type AssignmentState } from '../assignments';
import {
  ALIVE,
  assignmentsWhere,
  changedAt,
  HAS_CONTENT,
  PLACED,
  readableBy,
  SummaryRow,
  summaryWith,
  withTerms,
} from './submissions.sql';
import type { Submission, SubmissionState, SubmissionSummary } from './submissions.types';

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

const DETAIL = sql`a.group_id AS "groupId", t.type AS "toolType", s.answer, s.draft_feedback AS "draftFeedback", s.released_feedback AS "releasedFeedback",
  (SELECT id FROM sessions WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "sessionId",
  (SELECT id FROM runs WHERE submission_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) AS "runId"`;
const DETAIL_SOURCE = sql`${PLACED} JOIN tools t ON t.id = s.tool_id`;

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

/**
 * The work of one assignment or class. OFFSET 0 has the few assignments found once, and not anew for each piece of
 * work; LEFT, as everybody has a name: counting then leaves the names out.
 */
function workOf({ assignmentId, classId }: SubmissionFilters): Sql {
  const place =
    assignmentId === undefined ? sql`a.class_id = ${classId}::uuid` : sql`a.id = ${assignmentId}::uuid`;
  return sql`(${assignmentsWhere(place)} OFFSET 0) a JOIN submissions s ON s.assignment_id = a.id LEFT JOIN users u ON u.id = s.user_id`;
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
    sort: SortOrder,
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
      sort: sortBy(columns, sort),
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

  /** The next work in progress, by id. */
  async nextInProgress(after: string | null, limit: number): Promise<string[]> {
    const behind = after === null ? empty : sql`AND id > ${after}::uuid`;
    const rows = await this.db.rows(
      sql`SELECT id FROM submissions WHERE state = 'in_progress' ${behind} ORDER BY id ${limitTo(limit)}`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Hands in, of this work in progress, what its student can no longer hand in: as of the moment when time was up.
   * Work without content stays as it is.
   */
  async submitEnded(now: Date, ids: readonly string[]): Promise<EndedWork[]> {
    return this.db.rows(
      sql`WITH ended AS (
            SELECT s.id, a.class_id, w.due_at, greatest(w.ended_at, s.started_at) AS at
            FROM submissions s JOIN assignments a ON a.id = s.assignment_id JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id
            CROSS JOIN LATERAL assignment_terms(s.assignment_id, s.user_id, ${now}) w
            WHERE s.id = ANY(${[...ids]}::uuid[]) AND s.state = 'in_progress' AND a.auto_submit AND a.state <> 'archived' AND w.ended_at IS NOT NULL AND NOT w.excused AND ${ALIVE} AND c.deleted_at IS NULL AND ${HAS_CONTENT}
            ORDER BY s.id FOR UPDATE OF s SKIP LOCKED)
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
