import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import { type ListReader, type SortColumn, sortBy } from '../../platform/db/paging';
import { empty, join, raw, type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import type { ListOrder, Page } from '../../shared/pages';
import { currentUsage, type UsageGrain, type UsageSources } from './usage.current.sql';
import { type PeopleGrain, usageOfPeople } from './usage.people.sql';
import { combinationFilter, idFromText, SUM_COLUMNS, SUMS_OF_SUMS, SumsRow, UsageDayRow } from './usage.sql';
import type {
  AggregatedFilter,
  UsageDimension,
  UsageFilter,
  UsageKey,
  UsageRow,
  UsageSummary,
  UsageSums,
} from './usage.types';

const SummaryRow = SumsRow.extend({
  id: z.string(),
  day: z.string().nullable(),
  month: z.string().nullable(),
  groupId: z.string().nullable(),
  groupName: z.string().nullable(),
  classId: z.string().nullable(),
  className: z.string().nullable(),
  toolId: z.string().nullable(),
  toolName: z.string().nullable(),
  model: z.string().nullable(),
  role: z.string().nullable(),
  userId: z.string().nullable(),
});

export interface SummaryQuery {
  filter: UsageFilter;
  groupBy: readonly UsageDimension[];
}

export interface UsageListQuery extends SummaryQuery, ListOrder {}

const numeric = (column: string): SortColumn => ({ expression: sql`u.${raw(column)}`, type: 'numeric' });
/** `key` is the grouping, in reading order. */
export const USAGE_SORTS = {
  key: { expression: sql`u.key`, type: 'text' },
  calls: numeric('calls'),
  inputTokens: numeric('input_tokens'),
  outputTokens: numeric('output_tokens'),
  costMicros: numeric('cost_micros'),
} as const satisfies Record<string, SortColumn>;

/** The grouping key of a dimension, and the columns by which it is shown and ordered. */
const DIMENSIONS: Readonly<Record<UsageDimension, { key: Sql; columns: readonly string[]; order: Sql }>> = {
  day: { key: sql`f.day`, columns: ['day'], order: sql`s.day` },
  month: { key: sql`to_char(f.day, 'YYYY-MM')`, columns: ['month'], order: sql`s.month` },
  group: { key: sql`f.group_id`, columns: ['groupId', 'groupName'], order: sql`g.name` },
  class: { key: sql`f.class_id`, columns: ['classId', 'className'], order: sql`c.name` },
  tool: { key: sql`f.tool_id`, columns: ['toolId', 'toolName'], order: sql`t.name` },
  model: { key: sql`f.model`, columns: ['model'], order: sql`s.model` },
  role: { key: sql`f.role`, columns: ['role'], order: sql`s.role` },
  // By id: not every caller may read the names, and an order by name would reveal them.
  user: { key: sql`f.user_id`, columns: ['userId'], order: sql`s.user_id` },
};
const ALIASES: Readonly<Record<UsageDimension, string>> = {
  day: 'day',
  month: 'month',
  group: 'group_id',
  class: 'class_id',
  tool: 'tool_id',
  model: 'model',
  role: 'role',
  user: 'user_id',
};

/**
 * Reads current usage: aggregates if they are valid, otherwise the calls themselves. Each method is one
 * statement.
 */
export class UsageReadModel {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Returns a page of sums. */
  async list(sources: UsageSources, query: UsageListQuery): Promise<Page<UsageSummary>> {
    return this.lists.list({
      columns: SUMMARY_COLUMNS,
      from: sql`(${summary(sources, query)}) u`,
      where: [],
      sort: sortBy(USAGE_SORTS, query.sort),
      id: sql`u.id`,
      page: query.page,
      row: SummaryRow,
    });
  }

  /** Returns the first sums, in reading order. */
  async summarize(sources: UsageSources, query: SummaryQuery, limit: number): Promise<UsageSummary[]> {
    return this.db.rows(
      sql`SELECT ${SUMMARY_COLUMNS}
          FROM (${summary(sources, query)}) u
          ORDER BY u.key, u.id
          ${limitTo(limit)}`,
      SummaryRow,
    );
  }

  async totals(sources: UsageSources, filter: UsageFilter): Promise<UsageSums> {
    const row = await this.db.row(
      sql`SELECT
            coalesce(sum(calls), 0)::bigint AS calls,
            coalesce(sum(failed_calls), 0)::bigint AS "failedCalls",
            coalesce(sum(aborted_calls), 0)::bigint AS "abortedCalls",
            coalesce(sum(estimated_calls), 0)::bigint AS "estimatedCalls",
            coalesce(sum(input_tokens), 0)::bigint AS "inputTokens",
            coalesce(sum(output_tokens), 0)::bigint AS "outputTokens",
            coalesce(sum(cost_micros), 0)::bigint AS "costMicros"
          FROM (${rowsOf(sources, filter, [])}) f`,
      SumsRow,
    );
    return row as UsageSums;
  }

  /**
   * Returns the next stored rows of a tenant in the order of day and id. It reads as many as requested and
   * drops those that the filter excludes, so a page costs the same for every filter.
   */
  async storedAfter(
    tenantId: string,
    filter: AggregatedFilter,
    after: UsageKey | null,
    limit: number,
  ): Promise<{ rows: UsageRow[]; last: UsageKey | null; isLast: boolean }> {
    const behind = after === null ? empty : sql`AND (a.day, a.id) > (${after.day}::date, ${after.id}::uuid)`;
    const place = filter.groupPaths === null ? sql`TRUE` : isWithin(sql`p.path`, filter.groupPaths);
    const found = await this.db.rows(
      sql`SELECT
            ${ROW_COLUMNS},
            coalesce(${place} ${combinationFilter(sql`f`, filter)}, FALSE) AS "isWanted"
          FROM (
            SELECT *
            FROM usage_daily a
            WHERE a.tenant_id = ${tenantId}::uuid
              AND a.day BETWEEN ${filter.from}::date AND ${filter.to}::date
              ${behind}
            ORDER BY a.day, a.id
            ${limitTo(limit)}) f
          LEFT JOIN groups p ON p.id = f.group_id
          ORDER BY f.day, f.id`,
      StoredRow,
    );
    const rows = found.flatMap(({ isWanted, ...row }) => (isWanted ? [row] : []));
    return { rows, last: found.at(-1) ?? null, isLast: found.length < limit };
  }

  /** Returns all rows of one day by id, computed again if the stored ones are not valid. */
  async rowsOfDay(sources: UsageSources, filter: AggregatedFilter, day: string): Promise<UsageRow[]> {
    const openDays = sources.openDays.filter((open) => open.day === day);
    const ofDay = visible({ ...sources, openDays }, { ...filter, from: day, to: day }, 'day');
    return this.db.rows(
      sql`SELECT ${ROW_COLUMNS}
          FROM (${ofDay}) f
          ORDER BY f.id`,
      UsageDayRow,
    );
  }
}

const ROW_COLUMNS = sql`f.id,
  f.tenant_id AS "tenantId",
  f.day::text AS day,
  f.group_id AS "groupId",
  f.class_id AS "classId",
  f.tool_id AS "toolId",
  f.model,
  f.role,
  ${SUM_COLUMNS}`;
const StoredRow = UsageDayRow.extend({ isWanted: z.boolean() });

const SUMMARY_COLUMNS = sql`u.id,
  u.day,
  u.month,
  u."groupId",
  u."groupName",
  u."classId",
  u."className",
  u."toolId",
  u."toolName",
  u.model,
  u.role,
  u."userId",
  ${SUM_COLUMNS}`;

/** Sums by the requested dimensions, with the names of the things they concern. */
function summary(sources: UsageSources, { filter, groupBy }: SummaryQuery): Sql {
  const is = (dimension: UsageDimension): boolean => groupBy.includes(dimension);
  const keys = groupBy.map((dimension) => sql`${DIMENSIONS[dimension].key} AS ${raw(ALIASES[dimension])}`);
  const aliases = groupBy.map((dimension) => sql`s.${raw(ALIASES[dimension])}::text`);
  const shown = (dimension: UsageDimension, value: Sql, name: string, type = 'text'): Sql =>
    sql`${is(dimension) ? value : sql`NULL::${raw(type)}`} AS "${raw(name)}"`;
  return sql`
    SELECT
      ${idFromText(sql`concat_ws('/', ${join(aliases)})`)} AS id,
      lower(concat_ws(' ', ${join(groupBy.map((d) => DIMENSIONS[d].order))})) AS key,
      ${shown('day', sql`s.day::text`, 'day')},
      ${shown('month', sql`s.month`, 'month')},
      ${shown('group', sql`s.group_id`, 'groupId', 'uuid')},
      ${shown('group', sql`g.name`, 'groupName')},
      ${shown('class', sql`s.class_id`, 'classId', 'uuid')},
      ${shown('class', sql`c.name`, 'className')},
      ${shown('tool', sql`s.tool_id`, 'toolId', 'uuid')},
      ${shown('tool', sql`t.name`, 'toolName')},
      ${shown('model', sql`s.model`, 'model')},
      ${shown('role', sql`s.role`, 'role')},
      ${shown('user', sql`s.user_id`, 'userId', 'uuid')},
      s.calls,
      s.failed_calls,
      s.aborted_calls,
      s.estimated_calls,
      s.input_tokens,
      s.output_tokens,
      s.cost_micros
    FROM (
      SELECT ${join(keys)}, ${SUMS_OF_SUMS}
      FROM (${rowsOf(sources, filter, groupBy)}) f
      GROUP BY ${join(groupBy.map((d) => DIMENSIONS[d].key))}) s
    ${is('group') ? sql`LEFT JOIN groups g ON g.id = s.group_id` : empty}
    ${is('class') ? sql`LEFT JOIN classes c ON c.id = s.class_id` : empty}
    ${is('tool') ? sql`LEFT JOIN tools t ON t.id = s.tool_id` : empty}`;
}

/** The rows to be summed up: with people from the calls, without them from the aggregates if possible. */
function rowsOf(sources: UsageSources, filter: UsageFilter, groupBy: readonly UsageDimension[]): Sql {
  const finest = (['day', 'month'] as const).find((each) => groupBy.includes(each));
  const { userId, ...rest } = filter;
  if (userId === undefined && !groupBy.includes('user')) return visible(sources, rest, finest ?? 'month');
  return usageOfPeople(sources, filter, (finest ?? 'span') satisfies PeopleGrain);
}

/** The rows of the requested groups, by their current place in the tree. */
function visible(sources: UsageSources, filter: AggregatedFilter, grain: UsageGrain): Sql {
  const all = currentUsage(sources, filter, grain);
  if (filter.groupPaths === null) return all;
  // As a list of ids: with a join, the planner might sum up all calls again for each group.
  return sql`SELECT a.*
    FROM (${all}) a
    WHERE a.group_id = ANY(ARRAY(
      SELECT p.id
      FROM groups p
      WHERE ${isWithin(sql`p.path`, filter.groupPaths)}))`;
}
