import { z } from 'zod';
import { raw, type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { DayWindow } from './usage.days';
import { combinationId, SUMS_OF_SUMS, usageOfCalls } from './usage.sql';

export const ChangedRow = z.object({ changed: z.number() });
export const RowsRow = z.object({ rows: z.string() });
export const MonthRow = z.object({ month: z.string() });

const COMBINATION = sql`group_id, class_id, tool_id, model, role`;
const SUMS = [
  'calls',
  'failed_calls',
  'aborted_calls',
  'estimated_calls',
  'input_tokens',
  'output_tokens',
  'cost_micros',
];
const listed = (prefix: string): Sql => raw(SUMS.map((column) => `${prefix}${column}`).join(', '));

export interface Aggregate {
  table: 'usage_daily' | 'usage_monthly';
  period: 'day' | 'month';
  tenantId: string;
  value: string;
  /** The correct rows. */
  fresh: Sql;
}

/** The rows of a day, computed from its calls. */
export function rowsOfCalls(tenantId: string, { day, startsAt, endsAt }: DayWindow): Sql {
  return usageOfCalls(sql`(
    SELECT
      ${tenantId}::uuid AS tenant_id,
      ${day}::date AS day,
      ${startsAt}::timestamptz AS starts_at,
      ${endsAt}::timestamptz AS ends_at)`);
}

/** Selects rows of usage as one JSON text, to carry them from the replica to the primary. */
export function selectAsJson(usage: Sql): Sql {
  return sql`SELECT coalesce(jsonb_agg(u), '[]')::text AS rows
             FROM (${usage}) u`;
}

/** The rows of such a JSON text. */
export function rowsOfJson(json: string): Sql {
  return sql`SELECT *
             FROM jsonb_to_recordset(${json}::jsonb) AS r (
               id uuid, tenant_id uuid, day date, group_id uuid, class_id uuid, tool_id uuid, model text,
               role text,
               ${raw(SUMS.map((sum) => `${sum} bigint`).join(', '))})`;
}

/** The rows of a month, computed from its days. */
export function rowsOfDays(tenantId: string, month: string): Sql {
  return sql`SELECT ${combinationId(sql`month`)} AS id, s.*
             FROM (
               SELECT tenant_id, ${month}::date AS month, ${COMBINATION}, ${SUMS_OF_SUMS}
               FROM usage_daily
               WHERE tenant_id = ${tenantId}::uuid
                 AND day >= ${month}::date
                 AND day < ${month}::date + interval '1 month'
               GROUP BY tenant_id, ${COMBINATION}) s`;
}

/** Makes the stored rows equal to the fresh ones. Rows that are already correct are not written again. */
export function replaceRows({ table, period, tenantId, value, fresh }: Aggregate): Sql {
  const [into, when] = [raw(table), raw(period)];
  return sql`WITH fresh AS (${fresh}),
             gone AS (
               DELETE FROM ${into} u
               WHERE u.tenant_id = ${tenantId}::uuid
                 AND u.${when} = ${value}::date
                 AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = u.id)
               RETURNING 1),
             written AS (
               INSERT INTO ${into} AS u (id, tenant_id, ${when}, ${COMBINATION}, ${listed('')})
               SELECT id, tenant_id, ${when}, ${COMBINATION}, ${listed('')}
               FROM fresh
               ON CONFLICT (id) DO UPDATE
               SET (${listed('')}) = ROW(${listed('EXCLUDED.')})
               WHERE (${listed('u.')}) IS DISTINCT FROM (${listed('EXCLUDED.')})
               RETURNING 1)
             SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written) AS changed`;
}

/**
 * Months whose days are all aggregated, and which are not aggregated, or were before one of their days
 * changed.
 */
export function selectDueMonths(tenantId: string): Sql {
  return sql`SELECT m.month::date::text AS month
             FROM usage_progress p,
               generate_series(
                 (SELECT date_trunc('month', min(d.day)::timestamp)
                  FROM usage_days d
                  WHERE d.tenant_id = p.tenant_id),
                 date_trunc('month', (p.last_day + 1)::timestamp) - interval '1 month',
                 interval '1 month') AS m (month)
             LEFT JOIN usage_months u ON u.tenant_id = ${tenantId}::uuid AND u.month = m.month::date
             WHERE p.tenant_id = ${tenantId}::uuid AND (u.id IS NULL OR u.is_stale)
             ORDER BY m.month`;
}

/** Records that a month is up to date. */
export function markMonthFresh(tenantId: string, month: string): Sql {
  return sql`INSERT INTO usage_months (id, tenant_id, month)
             VALUES (${newId()}::uuid, ${tenantId}::uuid, ${month}::date)
             ON CONFLICT (tenant_id, month) DO UPDATE
             SET is_stale = FALSE
             WHERE usage_months.is_stale`;
}
