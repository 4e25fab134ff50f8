import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { newId } from '../../shared/ids';
import type { DayWindow } from './usage.days';
import type { UsageState } from './usage.types';

/**
 * How long before an aggregation calls may have been settled that it did not see: `settled_at` is when their
 * transaction began, and none of ours lasts longer than minutes.
 */
const SETTLED_OVERLAP_MINUTES = 60;

const StateRow = z.object({
  tenantId: z.string(),
  timeZone: z.string(),
  lastDay: z.string().nullable(),
  closedUntil: z.date().nullable(),
  settledThrough: z.date(),
  firstCallAt: z.date().nullable(),
});
const WindowRow = z.object({ day: z.string(), startsAt: z.date(), endsAt: z.date() });
const LockRow = z.object({ lastDay: z.string().nullable(), closedUntil: z.date().nullable() });
const MomentRow = z.object({ moment: z.date() });
const IdRow = z.object({ id: z.string() });

/** How far each tenant is aggregated. */
export class UsageProgressRepository {
  constructor(private readonly db: Database) {}

  /** Tenants that have used a model, archived ones included, by id. */
  async listTenantIds(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT g.id FROM groups g
          WHERE g.parent_id IS NULL ${after === null ? empty : sql`AND g.id > ${after}::uuid`}
            AND EXISTS (SELECT FROM ai_calls c WHERE c.tenant_id = g.id)
          ORDER BY g.id ${limitTo(limit)}`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }

  /** Whether some tenant was never aggregated and has more calls than this. */
  async hasUntouchedBacklog(calls: number): Promise<boolean> {
    const found = await this.db.execute(
      sql`SELECT FROM groups g WHERE g.parent_id IS NULL
            AND NOT EXISTS (SELECT FROM usage_progress p WHERE p.tenant_id = g.id AND p.last_day IS NOT NULL)
            AND (SELECT count(*) FROM (SELECT FROM ai_calls c WHERE c.tenant_id = g.id ${limitTo(calls + 1)}) bounded) > ${calls}::int
          LIMIT 1`,
    );
    return found > 0;
  }

  /** Where the tenants stand (null: all). The root's settings have nothing above them, so its zone is the one in force. */
  async states(tenantIds: readonly string[] | null): Promise<UsageState[]> {
    const wanted: Sql = tenantIds === null ? empty : sql`AND g.id = ANY(${[...tenantIds]}::uuid[])`;
    return this.db.rows(
      sql`SELECT g.id AS "tenantId", coalesce(g.settings->>'timezone', 'UTC') AS "timeZone", p.last_day::text AS "lastDay",
            p.closed_until AS "closedUntil", coalesce(p.settled_through, to_timestamp(0)) AS "settledThrough",
            CASE WHEN p.last_day IS NULL THEN (SELECT c.created_at FROM ai_calls c WHERE c.tenant_id = g.id ORDER BY c.created_at LIMIT 1) END AS "firstCallAt"
          FROM groups g LEFT JOIN usage_progress p ON p.tenant_id = g.id
          WHERE g.parent_id IS NULL ${wanted} ORDER BY g.id`,
      StateRow,
    );
  }

  /** The moment up to which what is settled is certainly visible from now on. */
  async visibleThrough(): Promise<Date> {
    const row = await this.db.row(
      sql`SELECT now() - make_interval(mins => ${SETTLED_OVERLAP_MINUTES}) AS moment`,
      MomentRow,
    );
    return (row as { moment: Date }).moment;
  }

  /** Aggregated days that have calls settled since. */
  async listDueDays({ tenantId, settledThrough, closedUntil }: UsageState): Promise<DayWindow[]> {
    return this.db.rows(
      sql`SELECT day::text AS day, starts_at AS "startsAt", ends_at AS "endsAt" FROM (${dueDays(
        sql`(SELECT ${tenantId}::uuid AS tenant_id, ${settledThrough}::timestamptz AS settled_through, ${closedUntil}::timestamptz AS closed_until)`,
      )}) due ORDER BY due.day`,
      WindowRow,
    );
  }

  /**
   * Takes the tenant's lock until the transaction ends; `settledThrough` is where the first of all begins.
   * @returns where it stands now.
   */
  async lock(
    tenantId: string,
    settledThrough = new Date(0),
  ): Promise<Pick<UsageState, 'lastDay' | 'closedUntil'>> {
    await this.db.execute(
      sql`INSERT INTO usage_progress (id, tenant_id, settled_through) VALUES (${newId()}::uuid, ${tenantId}::uuid, ${settledThrough}::timestamptz)
          ON CONFLICT (tenant_id) DO NOTHING`,
    );
    const row = await this.db.row(
      sql`SELECT last_day::text AS "lastDay", closed_until AS "closedUntil" FROM usage_progress WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`,
      LockRow,
    );
    return row ?? { lastDay: null, closedUntil: null };
  }

  /** Adds a day to those that are aggregated. */
  async closeDay(tenantId: string, timeZone: string, { day, startsAt, endsAt }: DayWindow): Promise<void> {
    await this.db.execute(
      sql`WITH closed AS (
            INSERT INTO usage_days (id, tenant_id, day, time_zone, starts_at, ends_at)
            VALUES (${newId()}::uuid, ${tenantId}::uuid, ${day}::date, ${timeZone}, ${startsAt}::timestamptz, ${endsAt}::timestamptz))
          UPDATE usage_progress SET last_day = ${day}::date, closed_until = ${endsAt}::timestamptz WHERE tenant_id = ${tenantId}::uuid`,
    );
  }

  /** Notes that whatever was settled before this moment is in its day. */
  async advance(tenantId: string, settledThrough: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE usage_progress SET settled_through = ${settledThrough}::timestamptz
          WHERE tenant_id = ${tenantId}::uuid AND settled_through < ${settledThrough}::timestamptz`,
    );
  }
}

/**
 * Aggregated days with calls that may not be in them. `tenants` is a relation `tenant_id, settled_through, closed_until`.
 * A call's day is the last that began before it. Tenant by tenant (OFFSET 0), for the planner's sake.
 */
export const dueDays = (tenants: Sql): Sql => sql`
  SELECT DISTINCT d.tenant_id, d.day, d.starts_at, d.ends_at FROM ${tenants} t
  CROSS JOIN LATERAL (
    SELECT a.tenant_id, a.created_at FROM ai_calls a
    WHERE a.tenant_id = t.tenant_id AND a.settled_at >= t.settled_through AND a.created_at < t.closed_until OFFSET 0) c
  CROSS JOIN LATERAL (
    SELECT e.tenant_id, e.day, e.starts_at, e.ends_at FROM usage_days e WHERE e.tenant_id = c.tenant_id AND e.starts_at <= c.created_at
    ORDER BY e.starts_at DESC, e.day DESC LIMIT 1) d
  WHERE c.created_at < d.ends_at`;
