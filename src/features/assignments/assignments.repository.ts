import { z } from 'zod';
import { type Access, readingRoleIn } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, join, type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import {
  ASSIGNMENT_STATES,
  type Assignment,
  type AssignmentState,
  type Dates,
  GRADE_POLICIES,
  type GradePolicy,
  LATE_POLICIES,
  type LatePolicy,
  type Override,
  PINS,
  type Pin,
} from './assignments.types';

const nullableDate = z.date().nullable();
const AssignmentRow = z.object({
  isArchived: z.boolean(),
  id: z.string(),
  tenantId: z.string(),
  classId: z.string(),
  className: z.string(),
  groupId: z.string(),
  groupPath: z.string(),
  toolId: z.string(),
  toolName: z.string(),
  toolType: z.enum(['chat', 'product']),
  toolVersion: z.number(),
  pin: z.enum(PINS),
  title: z.string(),
  instructions: z.string().nullable(),
  opensAt: nullableDate,
  dueAt: nullableDate,
  closesAt: nullableDate,
  maxAttempts: z.number().nullable(),
  points: z.number(),
  latePolicy: z.enum(LATE_POLICIES),
  gradePolicy: z.enum(GRADE_POLICIES),
  state: z.enum(ASSIGNMENT_STATES),
  publishedAt: nullableDate,
  closedAt: nullableDate,
  createdBy: z.string(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const OwnRow = AssignmentRow.extend({
  overrideId: z.string().nullable(),
  overrideOpensAt: nullableDate,
  overrideDueAt: nullableDate,
  overrideClosesAt: nullableDate,
  overrideMaxAttempts: z.number().nullable(),
  overrideExcused: z.boolean().nullable(),
  attempts: z.number(),
  latestSubmissionId: z.string().nullable(),
  latestState: z.enum(['in_progress', 'submitted', 'returned']).nullable(),
  countingSubmissionId: z.string().nullable(),
  countingScore: z.number().nullable(),
});
const RevisionRow = z.object({ revision: z.number() });
const FlagRow = z.object({ found: z.boolean() });

const COLUMNS = sql`c.deleted_at IS NOT NULL AS "isArchived", a.id, a.tenant_id AS "tenantId", a.class_id AS "classId", c.name AS "className", c.group_id AS "groupId", g.path::text AS "groupPath",
  a.tool_id AS "toolId", t.name AS "toolName", t.type AS "toolType",
  CASE WHEN a.pin = 'follow_latest' THEN t.current_version ELSE a.tool_version END AS "toolVersion", a.pin, a.title, a.instructions,
  a.opens_at AS "opensAt", a.due_at AS "dueAt", a.closes_at AS "closesAt", a.max_attempts AS "maxAttempts", a.points, a.late_policy AS "latePolicy",
  a.grade_policy AS "gradePolicy",
  a.state, a.published_at AS "publishedAt", a.closed_at AS "closedAt", a.created_by AS "createdBy", a.revision, a.created_at AS "createdAt", a.updated_at AS "updatedAt"`;
const OWN_COLUMNS = sql`${COLUMNS}, o.id AS "overrideId", o.opens_at AS "overrideOpensAt", o.due_at AS "overrideDueAt", o.closes_at AS "overrideClosesAt",
  o.max_attempts AS "overrideMaxAttempts", o.excused AS "overrideExcused",
  coalesce(s.attempt, 0) AS attempts, s.id AS "latestSubmissionId", s.state AS "latestState",
  counts.submission_id AS "countingSubmissionId", counts.score AS "countingScore"`;

/** LEFT where every row has its match: counting then leaves that table out. */
const SOURCE = sql`assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id LEFT JOIN tools t ON t.id = a.tool_id`;
/** The same, each with the caller's own override and latest attempt: attempts have no gaps, so its number counts them. */
const ownSource = (userId: string): Sql => sql`${SOURCE}
  LEFT JOIN assignment_overrides o ON o.assignment_id = a.id AND o.user_id = ${userId}::uuid
  LEFT JOIN LATERAL (SELECT id, state, attempt FROM submissions WHERE assignment_id = a.id AND user_id = ${userId}::uuid ORDER BY attempt DESC LIMIT 1) s ON TRUE
  LEFT JOIN LATERAL counting_grade(a.id, ${userId}::uuid) counts ON TRUE`;

/** Assignments of an archived class are read on. */
const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;

const SORTS = {
  // A missing due date is later than any.
  dueAt: { expression: sql`coalesce(a.due_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  createdAt: { expression: sql`a.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`a.updated_at`, type: 'timestamptz' },
  title: { expression: sql`a.title`, type: 'text' },
} as const;

type Unowned = z.output<typeof AssignmentRow>;
type Owned = z.output<typeof OwnRow>;

const NO_WORK = {
  attempts: 0,
  latestSubmissionId: null,
  latestState: null,
  countingSubmissionId: null,
  countingScore: null,
} as const;

function overrideOf(row: Owned): Override | null {
  if (row.overrideId === null) return null;
  return {
    opensAt: row.overrideOpensAt,
    dueAt: row.overrideDueAt,
    closesAt: row.overrideClosesAt,
    maxAttempts: row.overrideMaxAttempts,
    excused: row.overrideExcused === true,
  };
}

/** The row itself becomes the assignment, its flat columns included: a copy of each costs as much as reading the page. */
function toAssignment(row: Unowned | Owned): Assignment {
  const own = 'overrideId' in row ? row : null;
  return Object.assign(row, {
    override: own === null ? null : overrideOf(own),
    mine:
      own === null
        ? NO_WORK
        : {
            attempts: own.attempts,
            latestSubmissionId: own.latestSubmissionId,
            latestState: own.latestState,
            countingSubmissionId: own.countingSubmissionId,
            countingScore: own.countingScore,
          },
  });
}

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
}

export interface AssignmentFilters {
  q?: string | undefined;
  state?: AssignmentState | undefined;
  updatedSince?: Date | undefined;
  dueAfter?: Date | undefined;
  dueBefore?: Date | undefined;
}

/** Each value with its column, in SQL. */
function setters(values: AssignmentValues): Sql[] {
  const sets: Sql[] = [];
  if (values.toolId !== undefined) sets.push(sql`tool_id = ${values.toolId}::uuid`);
  if (values.toolVersion !== undefined) sets.push(sql`tool_version = ${values.toolVersion}`);
  if (values.pin !== undefined) sets.push(sql`pin = ${values.pin}`);
  if (values.title !== undefined) sets.push(sql`title = ${values.title}`);
  if (values.instructions !== undefined) sets.push(sql`instructions = ${values.instructions}`);
  if (values.opensAt !== undefined) sets.push(sql`opens_at = ${values.opensAt}::timestamptz`);
  if (values.dueAt !== undefined) sets.push(sql`due_at = ${values.dueAt}::timestamptz`);
  if (values.closesAt !== undefined) sets.push(sql`closes_at = ${values.closesAt}::timestamptz`);
  if (values.maxAttempts !== undefined) sets.push(sql`max_attempts = ${values.maxAttempts}::int`);
  if (values.points !== undefined) sets.push(sql`points = ${values.points}::numeric`);
  if (values.latePolicy !== undefined) sets.push(sql`late_policy = ${values.latePolicy}`);
  if (values.gradePolicy !== undefined) sets.push(sql`grade_policy = ${values.gradePolicy}`);
  return sets.length > 0 ? sets : [sql`title = title`];
}

const matching = (ifMatch: readonly number[] | null): Sql =>
  ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;

export class AssignmentsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** An assignment of a class that is not archived, with the caller's own override and work. */
  async findById(access: Access, id: string): Promise<Assignment | null> {
    const row = await this.db.row(
      sql`SELECT ${OWN_COLUMNS} FROM ${ownSource(access.userId)} WHERE a.id = ${id}::uuid AND ${ALIVE}`,
      OwnRow,
    );
    return row === null ? null : toAssignment(row);
  }

  /** The assignments of a class; drafts only for those who plan them. */
  async listOfClass(
    access: Access,
    classId: string,
    seesDrafts: boolean,
    filters: AssignmentFilters,
    sort: { name: string; descending: boolean },
    page: PageRequest,
  ): Promise<Page<Assignment>> {
    const where = [
      sql`a.class_id = ${classId}::uuid`,
      ALIVE,
      ...(seesDrafts ? [] : [sql`a.state <> 'draft'`]),
    ];
    if (filters.state !== undefined) where.push(sql`a.state = ${filters.state}`);
    // A client that keeps a copy must learn of the archiving.
    else if (filters.updatedSince === undefined) where.push(sql`a.state <> 'archived'`);
    if (filters.q !== undefined) where.push(contains(sql`a.title`, filters.q));
    if (filters.updatedSince !== undefined) where.push(sql`a.updated_at >= ${filters.updatedSince}`);
    const isStudent = readingRoleIn(access, classId) === 'student';
    const dueAt = isStudent ? sql`coalesce(o.due_at, a.due_at)` : sql`a.due_at`;
    if (filters.dueAfter !== undefined) where.push(sql`${dueAt} >= ${filters.dueAfter}`);
    if (filters.dueBefore !== undefined) where.push(sql`${dueAt} < ${filters.dueBefore}`);
    const { items, pagination } = await this.lists.list({
      ...(isStudent
        ? { columns: OWN_COLUMNS, from: ownSource(access.userId), row: OwnRow }
        : { columns: COLUMNS, from: SOURCE, row: AssignmentRow }),
      where,
      id: sql`a.id`,
      page,
      sort: {
        column: SORTS[sort.name as keyof typeof SORTS],
        descending: sort.descending,
        name: `${sort.descending ? '-' : ''}${sort.name}`,
      },
    });
    return { items: (items as (Unowned | Owned)[]).map(toAssignment), pagination };
  }

  async insert(
    row: { id: string; tenantId: string; classId: string; createdBy: string } & AssignmentValues,
  ): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO assignments (id, tenant_id, class_id, created_by, tool_id, tool_version, pin, title, instructions, opens_at, due_at, closes_at, max_attempts, points, late_policy, grade_policy)
          VALUES (${row.id}::uuid, ${row.tenantId}::uuid, ${row.classId}::uuid, ${row.createdBy}::uuid, ${row.toolId}::uuid, ${row.toolVersion}, ${row.pin ?? 'exact'},
                  ${row.title}, ${row.instructions ?? null}, ${row.opensAt ?? null}::timestamptz, ${row.dueAt ?? null}::timestamptz, ${row.closesAt ?? null}::timestamptz,
                  ${row.maxAttempts ?? null}::int, ${row.points ?? 100}::numeric, ${row.latePolicy ?? 'accept'}, ${row.gradePolicy ?? 'latest'})`,
    );
  }

  /** @returns whether the row was as `ifMatch` says, and is now changed. */
  async update(id: string, values: AssignmentValues, ifMatch: readonly number[] | null): Promise<boolean> {
    return this.change(id, join(setters(values), ', '), ifMatch);
  }

  /** Publishes or opens again; an assignment that follows its tool takes the version of this moment. */
  async publish(id: string, at: Date, ifMatch: readonly number[] | null): Promise<boolean> {
    const version = sql`tool_version = CASE WHEN pin = 'follow_latest' THEN (SELECT current_version FROM tools WHERE id = tool_id) ELSE tool_version END`;
    return this.change(
      id,
      sql`state = 'published', published_at = coalesce(published_at, ${at}), closed_at = NULL, ${version}`,
      ifMatch,
    );
  }

  async close(id: string, at: Date, ifMatch: readonly number[] | null): Promise<boolean> {
    return this.change(id, sql`state = 'closed', closed_at = ${at}`, ifMatch);
  }

  /** Locks the assignment, so that no attempt begins meanwhile, and tells whether any has. */
  async lockAndCheckSubmissions(id: string): Promise<boolean> {
    await this.db.row(sql`SELECT true AS found FROM assignments WHERE id = ${id}::uuid FOR UPDATE`, FlagRow);
    return (
      (await this.db.row(
        sql`SELECT true AS found FROM submissions WHERE assignment_id = ${id}::uuid LIMIT 1`,
        FlagRow,
      )) !== null
    );
  }

  private async change(id: string, set: Sql, ifMatch: readonly number[] | null): Promise<boolean> {
    const row = await this.db.row(
      sql`UPDATE assignments SET ${set} WHERE id = ${id}::uuid AND deleted_at IS NULL ${matching(ifMatch)} RETURNING revision`,
      RevisionRow,
    );
    return row !== null;
  }
}
