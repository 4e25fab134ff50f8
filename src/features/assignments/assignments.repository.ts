import { z } from 'zod';
import { type Access, readingRoleIn } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import {
  ASSIGNMENT_STATES,
  type AssignmentState,
  type GradePolicy,
  LATE_POLICIES,
  type LatePolicy,
  type Pin,
} from './assignments.kinds';
import {
  ALIVE,
  AssignmentRow,
  CHANGED_AT,
  COLUMNS,
  givenClass,
  JOINS_IN_CLASS,
  OWN_CHANGED_AT,
  OWN_COLUMNS,
  type Owned,
  OwnRow,
  ownSource,
  publishAssignment,
  toAssignment,
  type Unowned,
} from './assignments.sql';
import type { Dates, Terms } from './assignments.terms';
import type { Assignment } from './assignments.types';

const nullableDate = z.date().nullable();
const TermsRow = z.object({
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: nullableDate,
  dueAt: nullableDate,
  closesAt: nullableDate,
  latePolicy: z.enum(LATE_POLICIES),
  maxAttempts: z.number().nullable(),
  excused: z.boolean(),
  attempts: z.number(),
  openAttempt: z.string().nullable(),
});
const RevisionRow = z.object({ revision: z.number() });

const SORTS = {
  // A missing due date is later than any.
  dueAt: { expression: sql`coalesce(a.due_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  createdAt: { expression: sql`a.created_at`, type: 'timestamptz' },
  updatedAt: { expression: CHANGED_AT, type: 'timestamptz', output: 'updatedAt' },
  title: { expression: sql`a.title`, type: 'text' },
} as const;
const OWN_SORTS = {
  ...SORTS,
  dueAt: { ...SORTS.dueAt, expression: sql`coalesce(w.due_at, 'infinity'::timestamptz)` },
  updatedAt: { ...SORTS.updatedAt, expression: OWN_CHANGED_AT },
};

/** The columns that a caller can set. */
export interface AssignmentValues extends Partial<Dates> {
  toolId?: string | undefined;
  toolVersion?: number | undefined;
  pin?: Pin | undefined;
  title?: string | undefined;
  instructions?: string | null | undefined;
  maxAttempts?: number | null | undefined;
  points?: number | undefined;
  latePolicy?: LatePolicy | undefined;
  gradePolicy?: GradePolicy | undefined;
  autoSubmit?: boolean | undefined;
}

export interface AssignmentFilters {
  q?: string | undefined;
  state?: AssignmentState | undefined;
  updatedSince?: Date | undefined;
  dueAfter?: Date | undefined;
  dueBefore?: Date | undefined;
}

/** Conditions on the assignment only, and conditions that need more of it. */
function conditionsOf(
  { state, updatedSince, q, dueAfter, dueBefore }: AssignmentFilters,
  seesDrafts: boolean,
  isStudent: boolean,
): { plain: Sql[]; ofTerms: Sql[] } {
  const plain = seesDrafts ? [] : [sql`a.state <> 'draft'`];
  if (state !== undefined) plain.push(sql`a.state = ${state}`);
  // A client that keeps a copy must learn of the archiving.
  else if (updatedSince === undefined) plain.push(sql`a.state <> 'archived'`);
  if (q !== undefined) plain.push(contains(sql`a.title`, q));
  const ofTerms: Sql[] = [];
  if (updatedSince !== undefined)
    ofTerms.push(sql`${isStudent ? OWN_CHANGED_AT : CHANGED_AT} >= ${updatedSince}`);
  const dueAt = isStudent ? sql`w.due_at` : sql`a.due_at`;
  if (dueAfter !== undefined) ofTerms.push(sql`${dueAt} >= ${dueAfter}`);
  if (dueBefore !== undefined) ofTerms.push(sql`${dueAt} < ${dueBefore}`);
  return { plain, ofTerms };
}

const DATES = { opensAt: true, dueAt: true, closesAt: true } as const satisfies Prisma.AssignmentSelect;

export class AssignmentsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** Finds an assignment of a class that is not archived, with the caller's own terms and work. */
  async findById(access: Access, id: string): Promise<Assignment | null> {
    const row = await this.db.row(
      sql`SELECT ${COLUMNS}, ${OWN_COLUMNS}, ${OWN_CHANGED_AT} AS "updatedAt"
          FROM ${ownSource(access, this.clock.now())}
          WHERE a.id = ${id}::uuid AND ${ALIVE}`,
      OwnRow,
    );
    return row === null ? null : toAssignment(row);
  }

  /** Lists the assignments of a class; drafts only for people who plan them. */
  async listOfClass(
    access: Access,
    classId: string,
    seesDrafts: boolean,
    { filters, sort, page }: ListQuery<AssignmentFilters>,
  ): Promise<Page<Assignment>> {
    const isStudent = readingRoleIn(access, classId) === 'student';
    const sorts = isStudent ? OWN_SORTS : SORTS;
    const column = sorts[sort.name as keyof typeof SORTS];
    const { plain, ofTerms } = conditionsOf(filters, seesDrafts, isStudent);
    const inClass = [sql`a.class_id = ${classId}::uuid`, sql`a.deleted_at IS NULL`];
    // Orders by computed values, or by values of the caller, need a sort. A class has a few dozen
    // assignments.
    const isPlain =
      ofTerms.length === 0 && column !== sorts.updatedAt && !(isStudent && column === sorts.dueAt);
    const joins = isStudent ? ownSource(access, this.clock.now(), JOINS_IN_CLASS) : JOINS_IN_CLASS;
    const { items, pagination } = await this.lists.list({
      ...(isStudent
        ? { columns: sql`${COLUMNS}, ${OWN_COLUMNS}, ${OWN_CHANGED_AT} AS "updatedAt"`, row: OwnRow }
        : { columns: sql`${COLUMNS}, ${CHANGED_AT} AS "updatedAt"`, row: AssignmentRow }),
      given: givenClass(classId),
      ...(isPlain
        ? { pageOf: { table: 'assignments', as: 'a' }, from: joins, where: [...inClass, ...plain] }
        : { from: sql`assignments a ${joins}`, where: [...inClass, ...plain, ...ofTerms] }),
      id: sql`a.id`,
      page,
      sort: sortBy(sorts, sort),
    });
    return { items: (items as (Unowned | Owned)[]).map(toAssignment), pagination };
  }

  async insert(data: Prisma.AssignmentUncheckedCreateInput): Promise<void> {
    await this.db.prisma.assignment.create({ data, select: { id: true } });
  }

  /** @returns whether the row matched `ifMatch` and was changed */
  async update(id: string, data: AssignmentValues, ifMatch: IfMatch): Promise<boolean> {
    return this.change(id, data, ifMatch);
  }

  /** Publishes or reopens it. An assignment that follows its tool takes the tool's current version. */
  async publish(id: string, at: Date, ifMatch: IfMatch): Promise<boolean> {
    return (await this.db.row(publishAssignment(id, at, ifMatch), RevisionRow)) !== null;
  }

  async close(id: string, at: Date, ifMatch: IfMatch): Promise<boolean> {
    return this.change(id, { state: 'closed', closedAt: at }, ifMatch);
  }

  /** Locks the assignment, so that no attempt begins meanwhile. @returns whether there is any attempt */
  async lockAndCheckSubmissions(id: string): Promise<boolean> {
    const { prisma } = this.db;
    await prisma.assignment.lock({ where: { id }, select: { id: true } });
    const where = { assignmentId: id };
    return (await prisma.submission.findFirst({ where, select: { id: true } })) !== null;
  }

  /** Finds the terms of one person, whether they are a student or not. */
  async findTerms(id: string, userId: string, now: Date): Promise<Terms | null> {
    return this.db.row(
      sql`SELECT
            w.state,
            w.opens_at AS "opensAt",
            w.due_at AS "dueAt",
            w.closes_at AS "closesAt",
            w.late_policy AS "latePolicy",
            w.max_attempts AS "maxAttempts",
            w.excused,
            w.attempts,
            w.open_attempt AS "openAttempt"
          FROM assignment_terms(${id}::uuid, ${userId}::uuid, ${now}) w`,
      TermsRow,
    );
  }

  /**
   * Locks the assignment, so that changes of its dates and of its overrides' dates run one after the other.
   * @returns its dates
   */
  async lockDates(id: string): Promise<Dates | null> {
    return this.db.prisma.assignment.lock({ where: { id }, select: DATES, strength: 'NO KEY UPDATE' });
  }

  private async change(
    id: string,
    data: Prisma.AssignmentUncheckedUpdateInput,
    revisions: IfMatch,
  ): Promise<boolean> {
    const where = { id, deletedAt: null };
    const select = { revision: true };
    return (await this.db.prisma.assignment.updateIfMatch({ where, revisions, data, select })) !== null;
  }
}
