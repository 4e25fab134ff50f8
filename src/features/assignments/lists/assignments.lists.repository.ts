import { z } from 'zod';
import type { Principal } from '../../../authz/ability';
import { classIdsReadAs, classIdsWithRole } from '../../../authz/access';
import { type FieldsOf, permitted } from '../../../authz/permitted.sql';
import { NO_ID, pathField, textField, uuidField } from '../../../platform/db/conditions';
import type { Database } from '../../../platform/db/database';
import type { KeyBranch, ListReader } from '../../../platform/db/paging';
import { contains } from '../../../platform/db/search';
import { join, type Sql, sql } from '../../../platform/db/sql';
import type { Clock } from '../../../shared/clock';
import { type ListQuery, mapPage, type Page } from '../../../shared/pages';
import type { ClassScope } from '../../classes';
import {
  ALIVE,
  CLASSES,
  COLUMNS,
  OWN_CHANGED_AT,
  OWN_COLUMNS,
  OwnRow,
  ownSource,
  toAssignment,
  workSource,
} from '../assignments.sql';
import type {
  AssignmentTotals,
  ListedAssignment,
  ListedAssignmentFilters,
  MyState,
} from '../assignments.types';

const ListedRow = OwnRow.extend({ toGrade: z.number().nullable() });
const count = z.number();
const TotalsRow = z.object({
  toDo: count,
  overdue: count,
  notStarted: count,
  inProgress: count,
  submitted: count,
  returned: count,
  draft: count,
  published: count,
  closed: count,
});

/** A missing due date is later than any. */
const due = (dueAt: Sql): Sql => sql`coalesce(${dueAt}, 'infinity'::timestamptz)`;

/** Nothing is submitted, or another attempt is in progress. */
const UNFINISHED = sql`NOT w.excused AND coalesce(s.state, 'in_progress') = 'in_progress'`;
const TO_DO = sql`(w.is_open AND c.deleted_at IS NULL AND ${UNFINISHED})`;
const isOverdue = (now: Date): Sql =>
  sql`(
    w.state = 'published'
    AND w.is_opened
    AND c.deleted_at IS NULL
    AND ${UNFINISHED}
    AND coalesce(w.due_at < ${now}, FALSE))`;
const isInState = (state: MyState): Sql =>
  state === 'not_started' ? sql`s.state IS NULL` : sql`coalesce(s.state = ${state}, FALSE)`;

/** Reads lists of assignments across classes. */
export class AssignmentListsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** Lists the assignments that the caller may see, by the due date in force for them. */
  async list(
    principal: Principal,
    scope: ClassScope,
    { filters, sort: { descending }, page }: ListQuery<ListedAssignmentFilters>,
  ): Promise<Page<ListedAssignment>> {
    const now = this.clock.now();
    const query = {
      branches: branchesOf(principal, scope, filters, now),
      type: 'timestamptz',
      sort: { descending, name: descending ? '-dueAt' : 'dueAt' },
      page,
    } as const;
    const found = await this.lists.listByKeys(query, (ids) =>
      this.db.rows(
        sql`SELECT
              ${COLUMNS},
              ${OWN_COLUMNS},
              ${changedAt(principal)} AS "updatedAt",
              ${toGrade(principal)} AS "toGrade"
            FROM ${ownSource(principal.access, now)}
            WHERE a.id = ANY(${ids}::uuid[]) AND ${ALIVE}`,
        ListedRow,
      ),
    );
    return mapPage(found, (row) => Object.assign(toAssignment(row), { toGrade: row.toGrade }));
  }

  /** Counts over the classes in which the caller has a role, without archived ones. */
  async totals(principal: Principal): Promise<AssignmentTotals> {
    const now = this.clock.now();
    const mine = (condition: Sql): Sql => sql`count(*) FILTER (WHERE own.is_student AND own.${condition})`;
    const planned = (state: string): Sql =>
      sql`count(*) FILTER (WHERE own.is_planner AND own.state = ${state})`;
    const row = await this.db.row(
      sql`SELECT
            ${mine(sql`to_do`)} AS "toDo",
            ${mine(sql`overdue`)} AS overdue,
            ${mine(sql`work IS NULL`)} AS "notStarted",
            ${mine(sql`work = 'in_progress'`)} AS "inProgress",
            ${mine(sql`work = 'submitted'`)} AS submitted,
            ${mine(sql`work = 'returned'`)} AS returned,
            ${planned('draft')} AS draft,
            ${planned('published')} AS published,
            ${planned('closed')} AS closed
          FROM ${ownersOf(principal, {}, {})}
          CROSS JOIN LATERAL (
            SELECT
              mine.is_student,
              mine.is_planner,
              a.state,
              s.state AS work,
              ${TO_DO} AS to_do,
              ${isOverdue(now)} AS overdue
            FROM ${workSource(principal.access, now)}
            WHERE a.class_id = mine.id
              AND a.deleted_at IS NULL
              AND a.state <> 'archived'
              AND (a.state <> 'draft' OR mine.sees_drafts)
            OFFSET 0) own`,
      TotalsRow,
    );
    return row as AssignmentTotals;
  }
}

/**
 * The classes whose assignments a list has. A named class may be archived, and a client that keeps a copy
 * learns of it.
 */
function ownersOf(
  principal: Principal,
  { classId, groupPath }: ClassScope,
  filters: ListedAssignmentFilters,
): Sql {
  const { access } = principal;
  const living = [...access.classRoles.keys()];
  const own = filters.updatedSince === undefined ? living : [...living, ...access.archivedClassRoles.keys()];
  const where = [sql`c.group_deleted_at IS NULL`];
  if (classId !== undefined) where.push(sql`c.id = ${classId}::uuid`);
  if (groupPath !== undefined)
    where.push(
      sql`c.path <@ ${groupPath}::ltree
        AND c.deleted_at IS NULL
        AND ${permitted(principal, 'assignment.read', 'Assignment', GIVEN)}`,
    );
  if (classId === undefined && groupPath === undefined) where.push(sql`c.id = ANY(${own}::uuid[])`);
  if (isAboutWork(filters)) where.push(isStudent(principal));
  return sql`(
    SELECT
      c.id,
      ${permitted(principal, 'assignment.update', 'Assignment', PLACE)} AS sees_drafts,
      ${isPlanner(principal)} AS is_planner,
      ${isStudent(principal)} AS is_student
    FROM (${CLASSES}) c
    WHERE ${join(where, ' AND ')}) mine`;
}

const PLACE = { classId: uuidField(sql`c.id`), groupPath: pathField(sql`c.path`) };
/** A published assignment in the class `c`. */
const GIVEN: FieldsOf<'Assignment'> = { ...PLACE, state: textField(sql`'published'`) };
/** Work of another student of the class `c`, whose id matches nobody. */
const WORK_OF_ANOTHER: FieldsOf<'Submission'> = {
  ...PLACE,
  userId: NO_ID,
};

const isPlanner = ({ access }: Principal): Sql =>
  sql`c.id = ANY(${classIdsWithRole(access, 'teacher', 'assistant')}::uuid[])`;
const isStudent = ({ access }: Principal): Sql =>
  sql`c.id = ANY(${classIdsReadAs(access, 'student')}::uuid[])`;
const grades = (principal: Principal): Sql =>
  sql`c.deleted_at IS NULL AND ${permitted(principal, 'submission.grade', 'Submission', WORK_OF_ANOTHER)}`;

/** How many attempts of others wait for the caller's grade. */
const toGrade = (principal: Principal): Sql => sql`CASE WHEN ${grades(principal)} THEN (
  SELECT count(*)
  FROM submissions h
  WHERE h.assignment_id = a.id
    AND h.state = 'submitted'
    AND h.graded_at IS NULL
    AND h.user_id <> ${principal.userId}::uuid) END`;
/** The number of attempts to grade changes with the attempts. */
const changedAt = (principal: Principal): Sql => sql`greatest(
  ${OWN_CHANGED_AT},
  CASE WHEN ${grades(principal)} THEN (
    SELECT max(h.updated_at)
    FROM submissions h
    WHERE h.assignment_id = a.id) END)`;

const isAboutWork = ({ myState, toDo, overdue }: ListedAssignmentFilters): boolean =>
  myState !== undefined || toDo !== undefined || overdue !== undefined;

/** The filters on the assignment only. */
function plainFilters({ q, state, updatedSince }: ListedAssignmentFilters): Sql[] {
  const where = [sql`a.deleted_at IS NULL`, sql`(mine.sees_drafts OR a.state <> 'draft')`];
  if (state !== undefined) where.push(sql`a.state = ${state}`);
  // A client that keeps a copy must learn of the archiving.
  else if (updatedSince === undefined) where.push(sql`a.state <> 'archived'`);
  if (q !== undefined) where.push(contains(sql`a.title`, q));
  return where;
}

/** The filters that need the caller's terms and work. */
function workFilters(principal: Principal, filters: ListedAssignmentFilters, now: Date): Sql[] {
  const { myState, toDo, overdue, updatedSince } = filters;
  const where: Sql[] = [];
  if (myState !== undefined) where.push(isInState(myState));
  if (toDo !== undefined) where.push(toDo ? TO_DO : sql`NOT ${TO_DO}`);
  if (overdue !== undefined) where.push(overdue ? isOverdue(now) : sql`NOT ${isOverdue(now)}`);
  if (updatedSince !== undefined) where.push(sql`${changedAt(principal)} >= ${updatedSince}`);
  return where;
}

function dueFilters(key: Sql, { dueAfter, dueBefore }: ListedAssignmentFilters): Sql[] {
  return [
    ...(dueAfter === undefined ? [] : [sql`${key} >= ${dueAfter} AND ${key} < 'infinity'`]),
    ...(dueBefore === undefined ? [] : [sql`${key} < ${dueBefore}`]),
  ];
}

/**
 * Reads class by class along the index of due dates. The few assignments for which the caller, as a
 * student, has an override are read separately, because their due date may differ.
 */
function branchesOf(
  principal: Principal,
  scope: ClassScope,
  filters: ListedAssignmentFilters,
  now: Date,
): KeyBranch[] {
  const { access } = principal;
  const owners = ownersOf(principal, scope, filters);
  const byWork = workFilters(principal, filters, now);
  const [ownDue, dueInForce] = [due(sql`a.due_at`), due(sql`w.due_at`)];
  const overridden = sql`EXISTS (
    SELECT
    FROM assignment_overrides o
    WHERE o.assignment_id = a.id AND o.user_id = ${access.userId}::uuid)`;
  const where = [sql`a.class_id = mine.id`, ...plainFilters(filters), ...byWork];
  const isStudentAnywhere = classIdsReadAs(access, 'student').length > 0;
  const ofClasses: KeyBranch = {
    owners,
    from: byWork.length === 0 ? sql`assignments a` : workSource(access, now),
    where: [
      ...where,
      ...dueFilters(ownDue, filters),
      ...(isStudentAnywhere ? [sql`NOT (mine.is_student AND ${overridden})`] : []),
    ],
    key: ownDue,
    id: sql`a.id`,
  };
  if (!isStudentAnywhere) return [ofClasses];
  const ofOverrides: KeyBranch = {
    owners: sql`(
      SELECT o.assignment_id, mine.*
      FROM assignment_overrides o
      JOIN assignments oa ON oa.id = o.assignment_id
      JOIN ${owners} ON mine.id = oa.class_id AND mine.is_student
      WHERE o.user_id = ${access.userId}::uuid) mine`,
    from: workSource(access, now),
    where: [sql`a.id = mine.assignment_id`, ...where, ...dueFilters(dueInForce, filters)],
    key: dueInForce,
    id: sql`a.id`,
  };
  return [ofClasses, ofOverrides];
}
