import { z } from 'zod';
import { type Access, classIdsReadAs, readingRoleIn } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, join, type Sql, sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import type { Page, PageRequest } from '../../shared/pages';
import type { Terms } from './assignments.terms';
import {
  ASSIGNMENT_STATES,
  type Assignment,
  type AssignmentState,
  type Dates,
  GRADE_POLICIES,
  type GradePolicy,
  LATE_POLICIES,
  type LatePolicy,
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
  isToolPublished: z.boolean(),
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
  autoSubmit: z.boolean(),
  state: z.enum(ASSIGNMENT_STATES),
  publishedAt: nullableDate,
  closedAt: nullableDate,
  createdBy: z.string(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const nullableCount = z.number().nullable();
const LatestState = z.enum(['in_progress', 'submitted', 'returned']).nullable();
const OwnRow = AssignmentRow.extend({
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
const TermsRow = z.object({
  state: z.enum(ASSIGNMENT_STATES),
  opensAt: nullableDate,
  dueAt: nullableDate,
  closesAt: nullableDate,
  latePolicy: z.enum(LATE_POLICIES),
  maxAttempts: nullableCount,
  excused: z.boolean(),
  attempts: z.number(),
  openAttempt: z.string().nullable(),
});
const RevisionRow = z.object({ revision: z.number() });
const DatesRow = z.object({ opensAt: nullableDate, dueAt: nullableDate, closesAt: nullableDate });
const FlagRow = z.object({ found: z.boolean() });

const COLUMNS = sql`c.deleted_at IS NOT NULL AS "isArchived", a.id, a.tenant_id AS "tenantId", a.class_id AS "classId", c.name AS "className", c.group_id AS "groupId", g.path::text AS "groupPath",
  a.tool_id AS "toolId", t.name AS "toolName", t.type AS "toolType", (t.state = 'published' AND t.deleted_at IS NULL) AS "isToolPublished",
  CASE WHEN a.pin = 'follow_latest' THEN t.current_version ELSE a.tool_version END AS "toolVersion", a.pin, a.title, a.instructions,
  a.opens_at AS "opensAt", a.due_at AS "dueAt", a.closes_at AS "closesAt", a.max_attempts AS "maxAttempts", a.points, a.late_policy AS "latePolicy",
  a.auto_submit AS "autoSubmit", a.grade_policy AS "gradePolicy", a.state, a.published_at AS "publishedAt", a.closed_at AS "closedAt", a.created_by AS "createdBy", a.revision,
  a.created_at AS "createdAt"`;
const OWN_COLUMNS = sql`w.opens_at AS "termsOpensAt", w.due_at AS "termsDueAt", w.closes_at AS "termsClosesAt", w.late_policy AS "termsLatePolicy",
  w.max_attempts AS "termsMaxAttempts", w.excused, coalesce(s.attempt, 0) AS attempts, w.open_attempt AS "openAttempt",
  s.id AS "latestSubmissionId", s.state AS "latestState",
  counts.submission_id AS "countingSubmissionId", counts.score AS "countingScore"`;

/** LEFT where every row has its match: counting then leaves that table out. */
const SOURCE = sql`assignments a JOIN classes c ON c.id = a.class_id JOIN groups g ON g.id = c.group_id LEFT JOIN tools t ON t.id = a.tool_id`;
/** The same, each with the terms `w` and the latest attempt `s` of the caller, if they are a student of the class. */
const ownSource = (access: Access, now: Date): Sql => sql`${SOURCE}
  LEFT JOIN LATERAL assignment_terms(a.id, CASE WHEN a.class_id = ANY(${classIdsReadAs(access, 'student')}::uuid[]) THEN ${access.userId}::uuid END, ${now}) w ON TRUE
  LEFT JOIN LATERAL (SELECT id, state, attempt, max(greatest(started_at, submitted_at, returned_at)) OVER () AS changed_at FROM submissions
    WHERE assignment_id = a.id AND user_id = ${access.userId}::uuid ORDER BY attempt DESC LIMIT 1) s ON TRUE
  LEFT JOIN LATERAL counting_grade(a.id, ${access.userId}::uuid) counts ON TRUE`;

/** The last change of anything that an item shows: names, and the time zone of a group above, included. */
const changedAt = (own: Sql): Sql => sql`greatest(${own}, c.updated_at, t.updated_at,
  (SELECT max(up.updated_at) FROM groups up WHERE up.path @> g.path))`;
const CHANGED_AT = changedAt(sql`a.updated_at`);
const OWN_CHANGED_AT = changedAt(sql`w.changed_at, s.changed_at`);

/** Assignments of an archived class are read on. */
const ALIVE = sql`a.deleted_at IS NULL AND g.deleted_at IS NULL`;

const SORTS = {
  // A missing due date is later than any.
  dueAt: { expression: sql`coalesce(a.due_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  createdAt: { expression: sql`a.created_at`, type: 'timestamptz' },
  updatedAt: { expression: CHANGED_AT, type: 'timestamptz' },
  title: { expression: sql`a.title`, type: 'text' },
} as const;
const OWN_SORTS = {
  ...SORTS,
  dueAt: { ...SORTS.dueAt, expression: sql`coalesce(w.due_at, 'infinity'::timestamptz)` },
  updatedAt: { ...SORTS.updatedAt, expression: OWN_CHANGED_AT },
};

type Unowned = z.output<typeof AssignmentRow>;
type Owned = z.output<typeof OwnRow>;

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

/** The row itself becomes the assignment, its flat columns included: a copy of each costs as much as reading the page. */
function toAssignment(row: Unowned | Owned): Assignment {
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
  if (values.autoSubmit !== undefined) sets.push(sql`auto_submit = ${values.autoSubmit}`);
  return sets.length > 0 ? sets : [sql`title = title`];
}

const matching = (ifMatch: readonly number[] | null): Sql =>
  ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;

export class AssignmentsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** An assignment of a class that is not archived, with the caller's own terms and work. */
  async findById(access: Access, id: string): Promise<Assignment | null> {
    const row = await this.db.row(
      sql`SELECT ${COLUMNS}, ${OWN_COLUMNS}, ${OWN_CHANGED_AT} AS "updatedAt" FROM ${ownSource(access, this.clock.now())}
          WHERE a.id = ${id}::uuid AND ${ALIVE}`,
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
    const isStudent = readingRoleIn(access, classId) === 'student';
    if (filters.state !== undefined) where.push(sql`a.state = ${filters.state}`);
    // A client that keeps a copy must learn of the archiving.
    else if (filters.updatedSince === undefined) where.push(sql`a.state <> 'archived'`);
    if (filters.q !== undefined) where.push(contains(sql`a.title`, filters.q));
    const sorts = isStudent ? OWN_SORTS : SORTS;
    if (filters.updatedSince !== undefined)
      where.push(sql`${sorts.updatedAt.expression} >= ${filters.updatedSince}`);
    const dueAt = isStudent ? sql`w.due_at` : sql`a.due_at`;
    if (filters.dueAfter !== undefined) where.push(sql`${dueAt} >= ${filters.dueAfter}`);
    if (filters.dueBefore !== undefined) where.push(sql`${dueAt} < ${filters.dueBefore}`);
    const { items, pagination } = await this.lists.list({
      ...(isStudent
        ? {
            columns: sql`${COLUMNS}, ${OWN_COLUMNS}, ${OWN_CHANGED_AT} AS "updatedAt"`,
            from: ownSource(access, this.clock.now()),
            row: OwnRow,
          }
        : { columns: sql`${COLUMNS}, ${CHANGED_AT} AS "updatedAt"`, from: SOURCE, row: AssignmentRow }),
      where,
      id: sql`a.id`,
      page,
      sort: {
        column: sorts[sort.name as keyof typeof SORTS],
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
      sql`INSERT INTO assignments (id, tenant_id, class_id, created_by, tool_id, tool_version, pin, title, instructions, opens_at, due_at, closes_at, max_attempts, points, late_policy, auto_submit, grade_policy)
          VALUES (${row.id}::uuid, ${row.tenantId}::uuid, ${row.classId}::uuid, ${row.createdBy}::uuid, ${row.toolId}::uuid, ${row.toolVersion}, ${row.pin ?? 'exact'},
                  ${row.title}, ${row.instructions ?? null}, ${row.opensAt ?? null}::timestamptz, ${row.dueAt ?? null}::timestamptz, ${row.closesAt ?? null}::timestamptz,
                  ${row.maxAttempts ?? null}::int, ${row.points ?? 100}::numeric, ${row.latePolicy ?? 'accept'}, ${row.autoSubmit ?? true}, ${row.gradePolicy ?? 'latest'})`,
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

  /** What holds for one person, whether they are a student or not. */
  async findTerms(id: string, userId: string, now: Date): Promise<Terms | null> {
    return this.db.row(
      sql`SELECT w.state, w.opens_at AS "opensAt", w.due_at AS "dueAt", w.closes_at AS "closesAt", w.late_policy AS "latePolicy",
            w.max_attempts AS "maxAttempts", w.excused, w.attempts, w.open_attempt AS "openAttempt"
          FROM assignment_terms(${id}::uuid, ${userId}::uuid, ${now}) w`,
      TermsRow,
    );
  }

  /** Locks the assignment, so that its dates and those of its overrides change one after the other. @returns its dates. */
  async lockDates(id: string): Promise<Dates | null> {
    return this.db.row(
      sql`SELECT opens_at AS "opensAt", due_at AS "dueAt", closes_at AS "closesAt" FROM assignments WHERE id = ${id}::uuid FOR NO KEY UPDATE`,
      DatesRow,
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
