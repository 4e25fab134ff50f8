import { z } from 'zod';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';

/**
 * For how long before an aggregation settlements may be missed: `settled_at` is the begin of their
 * transaction, and none of ours lasts longer than minutes.
 */
const SETTLED_OVERLAP_MINUTES = 60;

export const StateRow = z.object({
  tenantId: z.string(),
  timeZone: z.string(),
  lastDay: z.string().nullable(),
  closedUntil: z.date().nullable(),
  settledThrough: z.date(),
  firstCallAt: z.date().nullable(),
});
export const WindowRow = z.object({ day: z.string(), startsAt: z.date(), endsAt: z.date() });
export const MomentRow = z.object({ moment: z.date() });
/** Tenants that have used a model, including archived ones, by id. */
export function selectTenants(after: string | null, limit: number): Sql {
  return sql`SELECT g.id
             FROM groups g
             WHERE g.parent_id IS NULL
               ${after === null ? empty : sql`AND g.id > ${after}::uuid`}
               AND EXISTS (SELECT FROM ai_calls c WHERE c.tenant_id = g.id)
             ORDER BY g.id
             ${limitTo(limit)}`;
}

/** A tenant that was never aggregated and has more calls than this. */
export function selectUntouchedBacklog(calls: number): Sql {
  return sql`SELECT
             FROM groups g
             WHERE g.parent_id IS NULL
               AND NOT EXISTS (
                 SELECT
                 FROM usage_progress p
                 WHERE p.tenant_id = g.id AND p.last_day IS NOT NULL)
               AND (
                 SELECT count(*)
                 FROM (SELECT FROM ai_calls c WHERE c.tenant_id = g.id ${limitTo(calls + 1)}) bounded
               ) > ${calls}::int
             LIMIT 1`;
}

/** How far tenants are aggregated, with their time zones; null for all tenants. */
export function selectStates(tenantIds: readonly string[] | null): Sql {
  return sql`SELECT
               g.id AS "tenantId",
               coalesce(g.settings->>'timezone', 'UTC') AS "timeZone",
               p.last_day::text AS "lastDay",
               p.closed_until AS "closedUntil",
               coalesce(p.settled_through, to_timestamp(0)) AS "settledThrough",
               CASE WHEN p.last_day IS NULL THEN (
                 SELECT c.created_at
                 FROM ai_calls c
                 WHERE c.tenant_id = g.id
                 ORDER BY c.created_at
                 LIMIT 1) END AS "firstCallAt"
             FROM groups g
             LEFT JOIN usage_progress p ON p.tenant_id = g.id
             WHERE g.parent_id IS NULL
               ${tenantIds === null ? empty : sql`AND g.id = ANY(${[...tenantIds]}::uuid[])`}
             ORDER BY g.id`;
}

/** The moment up to which settlements are certainly visible. */
export function selectVisibleThrough(): Sql {
  return sql`SELECT now() - make_interval(mins => ${SETTLED_OVERLAP_MINUTES}) AS moment`;
}

/** The aggregated days of a tenant with calls that were settled since. */
export function selectDueDays(tenantId: string, settledThrough: Date, closedUntil: Date | null): Sql {
  const tenants = sql`(
    SELECT
      ${tenantId}::uuid AS tenant_id,
      ${settledThrough}::timestamptz AS settled_through,
      ${closedUntil}::timestamptz AS closed_until)`;
  return sql`SELECT day::text AS day, starts_at AS "startsAt", ends_at AS "endsAt"
             FROM (${dueDays(tenants)}) due
             ORDER BY due.day`;
}

/** To the microsecond, because settlements are compared with it. */
export function advanceProgress(tenantId: string, settledThrough: Date): Sql {
  return sql`UPDATE usage_progress
             SET settled_through = ${settledThrough}::timestamptz
             WHERE tenant_id = ${tenantId}::uuid AND settled_through < ${settledThrough}::timestamptz`;
}

/**
 * Aggregated days with calls that may be missing in them. `tenants` is a relation `tenant_id,
 * settled_through, closed_until`. A call's day is the last one that began before it. It runs tenant by
 * tenant (OFFSET 0), so that the planner uses the index.
 */
export function dueDays(tenants: Sql): Sql {
  return sql`SELECT DISTINCT d.tenant_id, d.day, d.starts_at, d.ends_at
             FROM ${tenants} t
             CROSS JOIN LATERAL (
               SELECT a.tenant_id, a.created_at
               FROM ai_calls a
               WHERE a.tenant_id = t.tenant_id
                 AND a.settled_at >= t.settled_through
                 AND a.created_at < t.closed_until
               OFFSET 0) c
             CROSS JOIN LATERAL (
               SELECT e.tenant_id, e.day, e.starts_at, e.ends_at
               FROM usage_days e
               WHERE e.tenant_id = c.tenant_id AND e.starts_at <= c.created_at
               ORDER BY e.starts_at DESC, e.day DESC
               LIMIT 1) d
             WHERE c.created_at < d.ends_at`;
}
