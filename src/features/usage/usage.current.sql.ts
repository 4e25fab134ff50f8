import { type Sql, sql } from '../../platform/db/sql';
import { dueDays } from './usage.progress.sql';
import { combinationFilter, usageOfCalls } from './usage.sql';
import type { UsageFilter, UsageState } from './usage.types';

/** A day without an aggregate. */
export interface OpenDay {
  tenantId: string;
  day: string;
  startsAt: Date;
  endsAt: Date;
}

/**
 * The sources of usage: the progress of the tenants, and the days that are read from the calls themselves.
 */
export interface UsageSources {
  states: readonly UsageState[];
  openDays: readonly OpenDay[];
}

/**
 * Whether each day is needed separately, or whole months are enough (a row's day is then the first of its
 * month).
 */
export type UsageGrain = 'day' | 'month';

const COLUMNS = sql`group_id, class_id, tool_id, model, role, calls, failed_calls, aborted_calls,
  estimated_calls, input_tokens, output_tokens, cost_micros`;

const NO_MONTHS = sql`SELECT NULL::uuid AS tenant_id, NULL::date AS month
  WHERE FALSE`;

/** Whole months of the span that are aggregated, and of which no day has changed or is due. */
const wholeMonths = ({ from, to }: UsageFilter): Sql => sql`
  SELECT m.tenant_id, m.month
  FROM tenants t
  JOIN usage_months m ON m.tenant_id = t.tenant_id
  WHERE NOT m.is_stale
    AND m.month >= ${from}::date
    AND m.month + interval '1 month' <= ${to}::date + 1
    AND NOT EXISTS (
      SELECT
      FROM due d
      WHERE d.tenant_id = m.tenant_id AND date_trunc('month', d.day::timestamp) = m.month)`;

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null;

/** How far the tenants are aggregated, as rows. */
function placesOf(states: readonly UsageState[]): Sql {
  const aggregated = states.filter(({ lastDay }) => lastDay !== null);
  return sql`unnest(
        ${aggregated.map((each) => each.tenantId)}::uuid[],
        ${aggregated.map((each) => each.lastDay)}::date[],
        ${aggregated.map((each) => iso(each.closedUntil))}::timestamptz[],
        ${aggregated.map((each) => iso(each.settledThrough))}::timestamptz[])`;
}

function windowsOf(openDays: readonly OpenDay[]): Sql {
  return sql`unnest(
        ${openDays.map((each) => each.tenantId)}::uuid[],
        ${openDays.map((each) => each.day)}::date[],
        ${openDays.map((each) => iso(each.startsAt))}::timestamptz[],
        ${openDays.map((each) => iso(each.endsAt))}::timestamptz[])`;
}

/**
 * Reads aggregated days without later settlements from usage_daily (or usage_monthly), and all others from
 * the calls. So the sums are always those of the calls, whenever aggregation ran last. It runs day by day
 * (OFFSET 0), because the planner would otherwise also read the days that aggregates cover.
 */
export function currentUsage(
  { states, openDays }: UsageSources,
  filter: UsageFilter,
  grain: UsageGrain,
): Sql {
  const months = grain === 'month' ? wholeMonths(filter) : NO_MONTHS;
  return sql`
    WITH tenants AS (
      SELECT *
      FROM ${placesOf(states)} AS t(tenant_id, last_day, closed_until, settled_through)),
    due AS MATERIALIZED (
      SELECT *
      FROM (${dueDays(sql`tenants`)}) d
      WHERE d.day BETWEEN ${filter.from}::date AND ${filter.to}::date),
    months AS MATERIALIZED (${months}),
    days AS MATERIALIZED (
      SELECT d.tenant_id, d.day
      FROM tenants t
      JOIN usage_days d ON d.tenant_id = t.tenant_id AND d.day <= t.last_day
      WHERE d.day BETWEEN ${filter.from}::date AND ${filter.to}::date
        AND NOT EXISTS (SELECT FROM due e WHERE e.tenant_id = d.tenant_id AND e.day = d.day)
        AND NOT EXISTS (
          SELECT
          FROM months m
          WHERE m.tenant_id = d.tenant_id AND m.month = date_trunc('month', d.day::timestamp))),
    live AS (
      SELECT *
      FROM due
      UNION ALL
      SELECT *
      FROM ${windowsOf(openDays)})
    SELECT u.id, d.tenant_id, d.day, ${COLUMNS}
    FROM days d
    CROSS JOIN LATERAL (
      SELECT *
      FROM usage_daily a
      WHERE a.tenant_id = d.tenant_id AND a.day = d.day ${combinationFilter(sql`a`, filter)}
      OFFSET 0) u
    UNION ALL
    SELECT u.id, m.tenant_id, m.month, ${COLUMNS}
    FROM months m
    CROSS JOIN LATERAL (
      SELECT *
      FROM usage_monthly a
      WHERE a.tenant_id = m.tenant_id AND a.month = m.month ${combinationFilter(sql`a`, filter)}
      OFFSET 0) u
    UNION ALL
    SELECT u.id, u.tenant_id, u.day, ${COLUMNS}
    FROM (${usageOfCalls(sql`live`, combinationFilter(sql`c`, filter))}) u`;
}
