import { z } from 'zod';
import type { Principal } from '../../../authz/ability';
import { type Access, classIdsReadAs, classIdsWithRole } from '../../../authz/access';
import { type FieldsOf, permitted } from '../../../authz/permitted.sql';
import { NO_ID, pathField, textField, uuidField } from '../../../platform/db/conditions';
import type { Database } from '../../../platform/db/database';
import type { KeyBranch, ListReader } from '../../../platform/db/paging';
import { contains } from '../../../platform/db/search';
import { empty, join, type Sql, sql } from '../../../platform/db/sql';
import { likely } from '../../../platform/db/walk';
import type { Clock } from '../../../shared/clock';
import { type ListQuery, mapPage, type Page } from '../../../shared/pages';
import { changedAt, PLACED, SummaryRow, summaryWith, withTerms } from '../submissions.sql';
import {
  type ListedSubmissionFilters,
  SUBMISSION_STATES,
  type SubmissionScope,
  type SubmissionState,
  type SubmissionSummary,
  type SubmissionTotals,
} from '../submissions.types';

const count = z.number();
const TotalsRow = z.object({
  toGrade: count,
  toReturn: count,
  inProgress: count,
  submitted: count,
  returned: count,
});

/** Work in progress comes after all submitted work. */
const HANDED_IN_AT = sql`coalesce(s.submitted_at, 'infinity'::timestamptz)`;

/** Reads lists of attempts across classes. */
export class SubmissionListsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** Lists the attempts that the caller may read, by the time of submission, without their contents. */
  async list(
    principal: Principal,
    scope: SubmissionScope,
    { filters, sort: { descending }, page }: ListQuery<ListedSubmissionFilters>,
  ): Promise<Page<SubmissionSummary>> {
    const now = this.clock.now();
    const query = {
      branches: branchesOf(principal, scope, filters, now),
      type: 'timestamptz',
      sort: { descending, name: descending ? '-submittedAt' : 'submittedAt' },
      page,
    } as const;
    const found = await this.lists.listByKeys(query, (ids) =>
      this.db.rows(
        sql`SELECT ${summaryWith(sql`a.path`, now)}, ${changedAt(principal.access, now)} AS "updatedAt"
            FROM ${PLACED}
            WHERE s.id = ANY(${ids}::uuid[])`,
        SummaryRow,
      ),
    );
    return mapPage(found, withTerms);
  }

  /**
   * Counts the work that waits for the caller's grade in the classes that they teach, and the caller's own
   * work.
   */
  async totals(access: Access): Promise<SubmissionTotals> {
    const own = (state: SubmissionState): Sql => sql`count(*) FILTER (WHERE own.state = ${state})`;
    const waiting = sql`FROM unnest(${classIdsWithRole(access, 'teacher')}::uuid[]) mine(id)
      CROSS JOIN LATERAL (
        SELECT s.graded_at
        FROM submissions s
        JOIN assignments a ON a.id = s.assignment_id
        WHERE s.class_id = mine.id AND ${waits(access)} AND a.deleted_at IS NULL
        OFFSET 0) waiting`;
    const personal = sql`FROM ${peopleOf(access, SUBMISSION_STATES)}
      CROSS JOIN LATERAL (
        SELECT s.state
        FROM ${PLACED}
        WHERE s.user_id = mine.user_id AND s.state = mine.state AND NOT a.is_archived
        OFFSET 0) own`;
    const row = await this.db.row(
      sql`SELECT waiting.*, own.*
          FROM (
            SELECT
              count(*) FILTER (WHERE graded_at IS NULL) AS "toGrade",
              count(graded_at) AS "toReturn"
            ${waiting}) waiting,
            (
            SELECT
              ${own('in_progress')} AS "inProgress",
              ${own('submitted')} AS submitted,
              ${own('returned')} AS returned
            ${personal}) own`,
      TotalsRow,
    );
    return row as SubmissionTotals;
  }
}

/** Submitted by others, and not returned. */
const waits = ({ userId }: Access): Sql =>
  sql`s.state = 'submitted' AND s.user_id <> ${userId}::uuid AND a.state <> 'archived'`;

/** The caller's own work, for rules that do not depend on the class: the class id matches nothing. */
const PERSONAL: FieldsOf<'Submission'> = {
  userId: uuidField(sql`s.user_id`),
  state: textField(sql`s.state`),
  classId: NO_ID,
  groupPath: pathField(sql`''::ltree`),
};

const isMine = ({ classId, groupPath }: SubmissionScope): boolean =>
  classId === undefined && groupPath === undefined;

/** The columns of a class and its group. */
interface Place {
  classId: Sql;
  path: Sql;
  isArchived: Sql;
}
const OWNER: Place = { classId: sql`c.id`, path: sql`g.path`, isArchived: sql`c.deleted_at IS NOT NULL` };
const WORK: Place = { classId: sql`a.class_id`, path: sql`a.path`, isArchived: sql`a.is_archived` };

/** A named class may be archived, and a client that keeps a copy learns of the archiving. */
function isInScope(place: Place, scope: SubmissionScope, { updatedSince }: ListedSubmissionFilters): Sql {
  const { classId, groupPath } = scope;
  const where: Sql[] = [];
  if (classId !== undefined) where.push(sql`${place.classId} = ${classId}::uuid`);
  else if (groupPath !== undefined || updatedSince === undefined) where.push(sql`NOT (${place.isArchived})`);
  if (groupPath !== undefined) where.push(sql`${place.path} <@ ${groupPath}::ltree`);
  return where.length === 0 ? sql`TRUE` : join(where, ' AND ');
}

/** Work of another student of the class, whose id matches nobody. */
const workOfAnother = ({ classId, path }: Place): FieldsOf<'Submission'> => ({
  userId: NO_ID,
  classId: uuidField(classId),
  groupPath: pathField(path),
});

/**
 * Whether the caller reads the work of all students. A list of the caller's own classes depends only on the
 * role in the class.
 */
function readsAll(place: Place, principal: Principal, scope: SubmissionScope): Sql {
  const may = permitted(principal, 'submission.read_answer', 'Submission', workOfAnother(place));
  if (!isMine(scope)) return may;
  const worksThere = classIdsReadAs(principal.access, 'teacher', 'assistant');
  return sql`(${place.classId} = ANY(${worksThere}::uuid[]) AND ${may})`;
}

const gradesAll = (principal: Principal): Sql =>
  sql`(NOT a.is_archived AND ${permitted(principal, 'submission.grade', 'Submission', workOfAnother(WORK))})`;

function filtersOf(
  principal: Principal,
  scope: SubmissionScope,
  filters: ListedSubmissionFilters,
  now: Date,
): Sql[] {
  const { q, late, toGrade, toReturn, updatedSince } = filters;
  const where: Sql[] = [];
  if (scope.assignmentId !== undefined) where.push(sql`s.assignment_id = ${scope.assignmentId}::uuid`);
  if (late !== undefined) where.push(sql`s.late = ${late}`);
  if (q !== undefined) where.push(contains(sql`u.name`, q));
  if (toGrade !== undefined) where.push(isWaiting(principal, toGrade, sql`s.graded_at IS NULL`));
  if (toReturn !== undefined) where.push(isWaiting(principal, toReturn, sql`s.graded_at IS NOT NULL`));
  if (updatedSince !== undefined) where.push(sql`${changedAt(principal.access, now)} >= ${updatedSince}`);
  return where;
}

/** Only callers who grade may see in lists whether there is a draft grade. */
const isWaiting = (principal: Principal, wanted: boolean, condition: Sql): Sql =>
  sql`${gradesAll(principal)} AND ${wanted ? empty : sql`NOT`} (${waits(principal.access)} AND ${condition})`;

/** The students and states that the caller reads as the student or as their guardian. */
function peopleOf(access: Access, states: readonly SubmissionState[]): Sql {
  const own = states.map((state) => ({ userId: access.userId, state }));
  const wards = states.includes('returned') ? [...access.observedStudentIds] : [];
  const pairs = [...own, ...wards.map((userId) => ({ userId, state: 'returned' }))];
  const userIds = pairs.map(({ userId }) => userId);
  const theirStates = pairs.map(({ state }) => state);
  return sql`(
    SELECT *
    FROM unnest(${userIds}::uuid[], ${theirStates}::text[]) p(user_id, state)) mine`;
}

/** The states that can match the filters. */
function statesOf({ state, toGrade, toReturn }: ListedSubmissionFilters): SubmissionState[] {
  const isHandedIn = toGrade === true || toReturn === true;
  return SUBMISSION_STATES.filter(
    (each) => (state === undefined || each === state) && (!isHandedIn || each === 'submitted'),
  );
}

/**
 * Reads class by class and state by state along an index; work that the caller reads because of its student
 * is read separately.
 */
function branchesOf(
  principal: Principal,
  scope: SubmissionScope,
  filters: ListedSubmissionFilters,
  now: Date,
): KeyBranch[] {
  const states = statesOf(filters);
  const wanted = filtersOf(principal, scope, filters, now);
  const branch = (owners: Sql, where: readonly Sql[]): KeyBranch => ({
    ...{ owners, from: PLACED, where: [...where, sql`s.state = mine.state`, ...wanted] },
    ...{ key: HANDED_IN_AT, id: sql`s.id` },
  });
  const [inScope, all] = [isInScope(WORK, scope, filters), readsAll(WORK, principal, scope)];
  if (filters.userId !== undefined) {
    const owners = sql`unnest(${states}::text[]) mine(state)`;
    return [
      branch(owners, [
        sql`s.user_id = ${filters.userId}::uuid`,
        likely(inScope),
        likely(sql`${all} OR ${permitted(principal, 'submission.read', 'Submission', PERSONAL)}`),
      ]),
    ];
  }
  const classes = sql`(
    SELECT c.id, st.state
    FROM classes c
    JOIN groups g ON g.id = c.group_id
    CROSS JOIN unnest(${states}::text[]) st(state)
    WHERE g.deleted_at IS NULL
      AND ${isInScope(OWNER, scope, filters)}
      AND ${readsAll(OWNER, principal, scope)}) mine`;
  return [
    branch(classes, [sql`s.class_id = mine.id`]),
    branch(peopleOf(principal.access, states), [sql`s.user_id = mine.user_id`, inScope, sql`NOT (${all})`]),
  ];
}
