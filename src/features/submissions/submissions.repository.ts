import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import type { Access } from '../../authz/access';
import { permitted } from '../../authz/permitted.sql';
import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import { type ListQuery, mapPage, type Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import type { AssignmentState } from '../assignments';
import {
  assignmentsWhere,
  changedAt,
  SUBMISSION_FIELDS,
  SummaryRow,
  summaryWith,
  withTerms,
} from './submissions.sql';
import type { Submission, SubmissionState, SubmissionSummary } from './submissions.types';
import {
  ConflictDatesRow,
  DetailRow,
  EndedRow,
  selectConflictDates,
  selectInProgress,
  selectSubmission,
  submitEndedWork,
  submitWork,
} from './submissions.work.sql';

const SORTS = {
  startedAt: { expression: sql`s.started_at`, type: 'timestamptz' },
  // Work in progress comes after all submitted work.
  submittedAt: { expression: sql`coalesce(s.submitted_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  userName: { expression: sql`u.name`, type: 'text' },
} as const;

export type ConflictDates = z.output<typeof ConflictDatesRow>;

/** Work that was submitted for its student. */
export type EndedWork = z.output<typeof EndedRow>;

/** Either the assignment or the class is given. */
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
 * The work of one assignment or class. OFFSET 0 makes PostgreSQL find the few assignments once, and not for
 * each piece of work. The join is LEFT although everybody has a name: counting then skips the names.
 */
function workOf({ assignmentId, classId }: SubmissionFilters): Sql {
  const place =
    assignmentId === undefined ? sql`a.class_id = ${classId}::uuid` : sql`a.id = ${assignmentId}::uuid`;
  return sql`(${assignmentsWhere(place)} OFFSET 0) a
    JOIN submissions s ON s.assignment_id = a.id
    LEFT JOIN users u ON u.id = s.user_id`;
}

export class SubmissionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  async findById(access: Access, id: string): Promise<Submission | null> {
    const row = await this.db.row(selectSubmission(access, id, this.clock.now()), DetailRow);
    return row === null ? null : withTerms(row);
  }

  /** Lists the attempts that the caller may read, without their contents. */
  async list(
    principal: Principal,
    { filters, sort, page }: ListQuery<SubmissionFilters>,
  ): Promise<Page<SubmissionSummary>> {
    const { access } = principal;
    const where = [permitted(principal, 'submission.read', 'Submission', SUBMISSION_FIELDS)];
    if (filters.state !== undefined) where.push(sql`s.state = ${filters.state}`);
    if (filters.late !== undefined) where.push(sql`s.late = ${filters.late}`);
    if (filters.userId !== undefined) where.push(sql`s.user_id = ${filters.userId}::uuid`);
    if (filters.q !== undefined) where.push(contains(sql`u.name`, filters.q));
    const now = this.clock.now();
    const updatedAt = changedAt(access, now);
    if (filters.updatedSince !== undefined) where.push(sql`${updatedAt} >= ${filters.updatedSince}`);
    const byChange = { expression: updatedAt, type: 'timestamptz', output: 'updatedAt' } as const;
    const columns = { ...SORTS, updatedAt: byChange };
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

  /** Writes the student's answer. @returns whether the attempt was in progress and matched `revisions` */
  async updateAnswer(id: string, answer: string | null, revisions: IfMatch): Promise<boolean> {
    const changed = await this.db.prisma.submission.updateIfMatch({
      where: { id, state: 'in_progress' },
      revisions,
      data: { answer },
      select: { id: true },
    });
    return changed !== null;
  }

  /**
   * Keeps the assignment from being closed, archived or deleted until the transaction ends. @returns its
   * state; null if it is gone
   */
  async holdAssignment(id: string): Promise<AssignmentState | null> {
    const held = await this.db.prisma.assignment.lock({
      where: { id, deletedAt: null },
      select: { state: true },
      strength: 'SHARE',
    });
    return held?.state ?? null;
  }

  /** Finds the dates that can keep this student from the work; null if there is no such assignment. */
  async findConflictDates(assignmentId: string, userId: string): Promise<ConflictDates | null> {
    return this.db.row(selectConflictDates(assignmentId, userId, this.clock.now()), ConflictDatesRow);
  }

  /** Submits the attempt. @returns whether it was still in progress, with content to submit */
  async submit(id: string, at: Date, dueAt: Date | null, lateBySeconds: number): Promise<boolean> {
    return (await this.db.row(submitWork(id, at, dueAt, lateBySeconds), IdRow)) !== null;
  }

  /** Returns the next work in progress, by id. */
  async nextInProgress(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.db.rows(selectInProgress(after, limit), IdRow);
    return rows.map(({ id }) => id);
  }

  /**
   * Submits, of this work in progress, what its student can no longer submit, as of the moment when time
   * was up. Work without content stays as it is.
   */
  async submitEnded(now: Date, ids: readonly string[]): Promise<EndedWork[]> {
    return this.db.rows(submitEndedWork(now, ids), EndedRow);
  }
}
