import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { raw, type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { DayWindow } from './usage.days';
import { combinationId, SUMS_OF_SUMS, usageOfCalls } from './usage.sql';

const ChangedRow = z.object({ changed: z.number() });
const RowsRow = z.object({ rows: z.string() });
const MonthRow = z.object({ month: z.string() });

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

interface Aggregate {
  table: 'usage_daily' | 'usage_monthly';
  period: 'day' | 'month';
  tenantId: string;
  value: string;
  /** The rows as they should be. */
  fresh: Sql;
}

/** Writes the rows of days and months. What is written already as it should be is left alone. */
export class UsageAggregatesRepository {
  constructor(private readonly db: Database) {}

  /** Makes the rows of a day equal to its calls. @returns how many rows that changed. */
  async writeDay(tenantId: string, { day, startsAt, endsAt }: DayWindow): Promise<number> {
    const window = sql`(SELECT ${tenantId}::uuid AS tenant_id, ${day}::date AS day, ${startsAt}::timestamptz AS starts_at, ${endsAt}::timestamptz AS ends_at)`;
    const usage = usageOfCalls(window);
    const fresh = this.db.hasReplica ? await this.readFromReplica(usage) : usage;
    const changed = await this.write({ table: 'usage_daily', period: 'day', tenantId, value: day, fresh });
    if (changed > 0)
      await this.db.execute(
        sql`UPDATE usage_months SET is_stale = TRUE
            WHERE tenant_id = ${tenantId}::uuid AND month = date_trunc('month', ${day}::timestamp)::date AND NOT is_stale`,
      );
    return changed;
  }

  /** Months all of whose days are aggregated, and which are not yet, or were before one of their days changed. */
  async listDueMonths(tenantId: string): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT m.month::date::text AS month
          FROM usage_progress p,
            generate_series((SELECT date_trunc('month', min(d.day)::timestamp) FROM usage_days d WHERE d.tenant_id = p.tenant_id),
                            date_trunc('month', (p.last_day + 1)::timestamp) - interval '1 month', interval '1 month') AS m(month)
          LEFT JOIN usage_months u ON u.tenant_id = ${tenantId}::uuid AND u.month = m.month::date
          WHERE p.tenant_id = ${tenantId}::uuid AND (u.id IS NULL OR u.is_stale) ORDER BY m.month`,
      MonthRow,
    );
    return rows.map(({ month }) => month);
  }

  /** Makes the rows of a month (named by its first day) equal to those of its days. @returns how many rows that changed. */
  async writeMonth(tenantId: string, month: string): Promise<number> {
    const fresh = sql`SELECT ${combinationId(sql`month`)} AS id, s.* FROM (
        SELECT tenant_id, ${month}::date AS month, ${COMBINATION}, ${SUMS_OF_SUMS} FROM usage_daily
        WHERE tenant_id = ${tenantId}::uuid AND day >= ${month}::date AND day < ${month}::date + interval '1 month'
        GROUP BY tenant_id, ${COMBINATION}) s`;
    const changed = await this.write({
      table: 'usage_monthly',
      period: 'month',
      tenantId,
      value: month,
      fresh,
    });
    await this.db.execute(
      sql`INSERT INTO usage_months (id, tenant_id, month) VALUES (${newId()}::uuid, ${tenantId}::uuid, ${month}::date)
          ON CONFLICT (tenant_id, month) DO UPDATE SET is_stale = FALSE WHERE usage_months.is_stale`,
    );
    return changed;
  }

  /**
   * The rows of a day as a replica has them, which is asked after the tenant's lock was taken: it has seen what this
   * transaction could see. What is settled later is late, as it is without a replica.
   */
  private async readFromReplica(usage: Sql): Promise<Sql> {
    const row = await this.db.onReplica(
      () => this.db.row(sql`SELECT coalesce(jsonb_agg(u), '[]')::text AS rows FROM (${usage}) u`, RowsRow),
      { inTransaction: true },
    );
    return sql`SELECT * FROM jsonb_to_recordset(${row?.rows ?? '[]'}::jsonb) AS r(id uuid, tenant_id uuid, day date,
      group_id uuid, class_id uuid, tool_id uuid, model text, role text, ${raw(SUMS.map((sum) => `${sum} bigint`).join(', '))})`;
  }

  private async write({ table, period, tenantId, value, fresh }: Aggregate): Promise<number> {
    const [into, when] = [raw(table), raw(period)];
    const row = await this.db.row(
      sql`WITH fresh AS (${fresh}),
          gone AS (
            DELETE FROM ${into} u WHERE u.tenant_id = ${tenantId}::uuid AND u.${when} = ${value}::date
              AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = u.id) RETURNING 1),
          written AS (
            INSERT INTO ${into} AS u (id, tenant_id, ${when}, ${COMBINATION}, ${listed('')})
            SELECT id, tenant_id, ${when}, ${COMBINATION}, ${listed('')} FROM fresh
            ON CONFLICT (id) DO UPDATE SET (${listed('')}) = ROW(${listed('EXCLUDED.')})
              WHERE (${listed('u.')}) IS DISTINCT FROM (${listed('EXCLUDED.')}) RETURNING 1)
          SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written) AS changed`,
      ChangedRow,
    );
    return row?.changed ?? 0;
  }
}
