import { z } from 'zod';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { USAGE_ROLES, type UsageFilter } from './usage.types';

export const SumsRow = z.object({
  calls: z.number(),
  failedCalls: z.number(),
  abortedCalls: z.number(),
  estimatedCalls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costMicros: z.number(),
});

export const UsageDayRow = SumsRow.extend({
  id: z.string(),
  tenantId: z.string(),
  day: z.string(),
  groupId: z.string(),
  classId: z.string().nullable(),
  toolId: z.string().nullable(),
  model: z.string(),
  role: z.enum(USAGE_ROLES),
});

/** The sums of rows that are already sums. */
export const SUMS_OF_SUMS = sql`sum(calls)::bigint AS calls,
  sum(failed_calls)::bigint AS failed_calls,
  sum(aborted_calls)::bigint AS aborted_calls,
  sum(estimated_calls)::bigint AS estimated_calls,
  sum(input_tokens)::bigint AS input_tokens,
  sum(output_tokens)::bigint AS output_tokens,
  sum(cost_micros)::bigint AS cost_micros`;

/** The columns of sums as rows name them. */
export const SUM_COLUMNS = sql`calls,
  failed_calls AS "failedCalls",
  aborted_calls AS "abortedCalls",
  estimated_calls AS "estimatedCalls",
  input_tokens AS "inputTokens",
  output_tokens AS "outputTokens",
  cost_micros AS "costMicros"`;

/** An id (a UUID of version 8) made from a text: the same text gives the same id. */
export const idFromText = (text: Sql): Sql =>
  sql`overlay(overlay(md5(${text}) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid`;

/**
 * An id made from the combination, so that computing it again gives the same row. `period` is the day or
 * month.
 */
export const combinationId = (period: Sql): Sql =>
  idFromText(
    sql`concat_ws(
      '/', tenant_id, ${period}, group_id, coalesce(class_id::text, '-'), coalesce(tool_id::text, '-'), role,
      model)`,
  );

/** The columns by which calls `c` of groups `g` are grouped, in this order. */
export const CALL_COMBINATION = sql`coalesce(g.id, c.tenant_id) AS group_id,
  c.class_id,
  c.tool_id,
  c.model,
  coalesce(c.role, 'none') AS role`;
/** The sums of calls `c`. */
export const CALL_SUMS = sql`count(*) AS calls,
  count(*) FILTER (WHERE c.state = 'failed') AS failed_calls,
  count(*) FILTER (WHERE c.state = 'aborted') AS aborted_calls,
  count(*) FILTER (WHERE c.estimated) AS estimated_calls,
  sum(c.input_tokens)::bigint AS input_tokens,
  sum(c.output_tokens)::bigint AS output_tokens,
  sum(c.cost_micros)::bigint AS cost_micros`;

/**
 * The settled calls of time windows (a relation `tenant_id, day, starts_at, ends_at`), summed by
 * combination: the only place that defines usage. A call with another tenant's tool counts for the caller's
 * tenant, and that tool's group must not see it. It runs window by window: the planner cannot know how
 * short they are, and would otherwise read all calls.
 */
export const usageOfCalls = (windows: Sql, filter: Sql = empty): Sql => sql`
  SELECT ${combinationId(sql`day`)} AS id, s.*
  FROM (
    SELECT w.tenant_id, w.day, k.*
    FROM ${windows} w
    CROSS JOIN LATERAL (
      SELECT ${CALL_COMBINATION}, ${CALL_SUMS}
      FROM ai_calls c
      LEFT JOIN groups g ON g.id = c.group_id AND g.tenant_id = c.tenant_id
      WHERE c.tenant_id = w.tenant_id
        AND c.created_at >= w.starts_at
        AND c.created_at < w.ends_at
        AND c.state <> 'pending'
        ${filter}
      GROUP BY 1, 2, 3, 4, 5) k) s`;

/** The conditions on class, tool, model and role, each with AND before it, on a table of calls or of sums. */
export function combinationFilter(table: Sql, { classId, toolId, model, role }: UsageFilter): Sql {
  return sql`${classId === undefined ? empty : sql`AND ${table}.class_id = ${classId}::uuid`}
    ${toolId === undefined ? empty : sql`AND ${table}.tool_id = ${toolId}::uuid`}
    ${model === undefined ? empty : sql`AND ${table}.model = ${model}`}
    ${role === undefined ? empty : sql`AND coalesce(${table}.role, 'none') = ${role}`}`;
}
