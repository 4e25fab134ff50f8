import { isWithin } from '../../platform/db/ltree';
import { empty, type Sql, sql } from '../../platform/db/sql';
import type { UsageSources } from './usage.current.sql';
import { CALL_COMBINATION, CALL_SUMS, combinationFilter } from './usage.sql';
import type { UsageFilter } from './usage.types';

/** How finely time is split: a window of calls for each day or month, or one for the whole span. */
export type PeopleGrain = 'day' | 'month' | 'span';

const PERIODS: Readonly<Record<PeopleGrain, Sql>> = {
  day: sql`x.day`,
  month: sql`date_trunc('month', x.day::timestamp)`,
  span: sql`1`,
};

/**
 * The days of the span as in `usage_days`, and those that are not aggregated yet; adjacent days form one
 * window.
 */
function windows({ states, openDays }: UsageSources, { from, to }: UsageFilter, grain: PeopleGrain): Sql {
  const aggregated = states.filter(({ lastDay }) => lastDay !== null);
  return sql`(
    SELECT x.tenant_id, min(x.day) AS day, min(x.starts_at) AS starts_at, max(x.ends_at) AS ends_at
    FROM (
      SELECT d.tenant_id, d.day, d.starts_at, d.ends_at
      FROM unnest(
        ${aggregated.map((each) => each.tenantId)}::uuid[],
        ${aggregated.map((each) => each.lastDay)}::date[]) AS t(tenant_id, last_day)
      JOIN usage_days d ON d.tenant_id = t.tenant_id AND d.day <= t.last_day
      WHERE d.day BETWEEN ${from}::date AND ${to}::date
      UNION ALL
      SELECT *
      FROM unnest(
        ${openDays.map((each) => each.tenantId)}::uuid[],
        ${openDays.map((each) => each.day)}::date[],
        ${openDays.map((each) => each.startsAt.toISOString())}::timestamptz[],
        ${openDays.map((each) => each.endsAt.toISOString())}::timestamptz[])) x
    GROUP BY x.tenant_id, ${PERIODS[grain]})`;
}

/**
 * The settled calls of the span by person and combination. Aggregates do not contain people, so this reads
 * calls, but only those of the span and of the requested class, groups or person, by their indexes.
 */
export function usageOfPeople(sources: UsageSources, filter: UsageFilter, grain: PeopleGrain): Sql {
  const { groupPaths, userId } = filter;
  const ofPerson = userId === undefined ? empty : sql`AND c.user_id = ${userId}::uuid`;
  const inGroups =
    groupPaths === null
      ? empty
      : sql`AND c.group_id = ANY(ARRAY(
          SELECT p.id
          FROM groups p
          WHERE ${isWithin(sql`p.path`, groupPaths)}))`;
  return sql`
    SELECT w.tenant_id, w.day, k.*
    FROM ${windows(sources, filter, grain)} w
    CROSS JOIN LATERAL (
      SELECT ${CALL_COMBINATION}, c.user_id, ${CALL_SUMS}
      FROM ai_calls c
      LEFT JOIN groups g ON g.id = c.group_id AND g.tenant_id = c.tenant_id
      WHERE c.tenant_id = w.tenant_id
        AND c.created_at >= w.starts_at
        AND c.created_at < w.ends_at
        AND c.state <> 'pending'
        ${ofPerson}
        ${inGroups}
        ${combinationFilter(sql`c`, filter)}
      GROUP BY 1, 2, 3, 4, 5, 6) k`;
}
