import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { join, type Sql, sql } from '../../platform/db/sql';
import { localDay } from './reports.days.sql';
import type { Period, UsageReportData } from './reports.types';
import { NamedUsageRow, sumsOfSums, UsageSumRow } from './reports.usage.sql';

const UsageReportRow = z.object({
  scopeName: z.string(),
  groupId: z.string(),
  tenantName: z.string(),
  total: UsageSumRow,
  people: z.array(z.object({ role: z.string(), people: z.number(), calls: z.number(), tokens: z.number() })),
  activePeople: z.number(),
  chats: z.number(),
  runs: z.number(),
  days: z.array(UsageSumRow.extend({ day: z.string() })),
  tools: z.array(NamedUsageRow.extend({ groupName: z.string().nullable() })),
  models: z.array(NamedUsageRow),
  groups: z.array(NamedUsageRow),
});

const list = (query: Sql): Sql => sql`(SELECT coalesce(jsonb_agg(r), '[]') FROM (${query}) r)`;

/** What a usage report covers. */
export interface UsageScope {
  tenantId: string;
  groupId: string | null;
  classId: string | null;
}

/** Reads what a usage report shows. */
export class UsageReportReadModel {
  constructor(private readonly db: Database) {}

  /** Reads everything in one statement, so that all sums agree; null if there is no such group or class. */
  async find(scope: UsageScope, period: Period): Promise<UsageReportData | null> {
    return this.db.row(
      sql`WITH ${parts(scope, period)}
          SELECT
            coalesce((SELECT c.name FROM class c), top.name) AS "scopeName",
            top.id AS "groupId",
            tenant.name AS "tenantName",
            (SELECT to_jsonb(r)
             FROM (
               SELECT ${sumsOfSums()}
               FROM cell a) r) AS total,
            ${list(sql`
              SELECT
                role,
                count(DISTINCT user_id) AS people,
                sum(calls) AS calls,
                sum(tokens) AS tokens
              FROM person
              GROUP BY role`)} AS people,
            (SELECT count(DISTINCT user_id) FROM person) AS "activePeople",
            (SELECT sum(chats) FROM work) AS chats,
            (SELECT sum(runs) FROM work) AS runs,
            ${list(sql`
              SELECT a.day, ${sumsOfSums()}
              FROM cell a
              GROUP BY a.day`)} AS days,
            ${list(sql`
              SELECT t.id, t.name, g.name AS "groupName", ${sumsOfSums()}
              FROM cell a
              LEFT JOIN tools t ON t.id = a.tool_id
              LEFT JOIN groups g ON g.id = t.group_id
              GROUP BY t.id, t.name, g.name`)} AS tools,
            ${list(sql`
              SELECT NULL AS id, a.model AS name, ${sumsOfSums()}
              FROM cell a
              GROUP BY a.model`)} AS models,
            ${list(sql`
              SELECT b.id, b.name, ${sumsOfSums()}
              FROM cell a
              LEFT JOIN groups g ON g.id = a.group_id
              LEFT JOIN groups b ON b.path = subpath(g.path, 0, least(nlevel(g.path), nlevel(top.path) + 1))
              GROUP BY b.id, b.name`)} AS groups
          FROM top
          JOIN groups tenant ON tenant.id = top.tenant_id
          WHERE ${scope.classId}::uuid IS NULL OR EXISTS (SELECT FROM class)`,
      UsageReportRow,
    );
  }
}

/**
 * The parts of the statement: the group (or the class's group); the calls of the period, aggregated once
 * into cells as small as any table of the report needs; the people; the chats and runs.
 */
const parts = (scope: UsageScope, period: Period): Sql =>
  join([placeOf(scope), callsOf(scope, period), workOf(scope, period)]);

const during = (moment: Sql, { from, to }: Period): Sql =>
  sql`${moment} >= ${from}::timestamptz AND ${moment} < ${to}::timestamptz`;

function placeOf({ tenantId, groupId, classId }: UsageScope): Sql {
  return sql`class AS MATERIALIZED (
      SELECT *
      FROM classes
      WHERE id = ${classId}::uuid AND tenant_id = ${tenantId}::uuid),
    top AS MATERIALIZED (
      SELECT *
      FROM groups
      WHERE id = coalesce((SELECT c.group_id FROM class c), ${groupId}::uuid, ${tenantId}::uuid)
        AND tenant_id = ${tenantId}::uuid
        AND deleted_at IS NULL)`;
}

function callsOf(scope: UsageScope, period: Period): Sql {
  const settled = sql`a.tenant_id = ${scope.tenantId}::uuid
        AND a.state <> 'pending'
        AND ${during(sql`a.created_at`, period)}
        AND ${inScope(
          scope,
          sql`a.class_id`,
          sql`a.group_id IN (
          SELECT g.id
          FROM groups g, top
          WHERE g.path <@ top.path)`,
        )}`;
  return sql`cell AS MATERIALIZED (
      SELECT
        ${localDay(sql`a.created_at`, period)} AS day,
        a.group_id,
        a.tool_id,
        a.model,
        count(*) AS calls,
        count(*) FILTER (WHERE a.state <> 'succeeded') AS failed,
        count(*) FILTER (WHERE a.estimated) AS estimated,
        sum(a.input_tokens) AS input,
        sum(a.output_tokens) AS output,
        sum(a.cost_micros) AS cost
      FROM ai_calls a
      WHERE ${settled}
      GROUP BY 1, 2, 3, 4),
    person AS MATERIALIZED (
      SELECT
        a.user_id,
        coalesce(a.role, 'none') AS role,
        count(*) AS calls,
        sum(a.input_tokens + a.output_tokens) AS tokens
      FROM ai_calls a
      WHERE ${settled}
      GROUP BY 1, 2)`;
}

function workOf(scope: UsageScope, period: Period): Sql {
  const isDuring = during(sql`s.created_at`, period);
  const isPlaced = inScope(
    scope,
    sql`s.class_id`,
    sql`s.class_id IN (
          SELECT c.id
          FROM classes c
          JOIN groups g ON g.id = c.group_id, top
          WHERE g.path <@ top.path)`,
  );
  return sql`work AS MATERIALIZED (
      SELECT count(*) AS chats, 0 AS runs
      FROM sessions s
      WHERE s.tenant_id = ${scope.tenantId}::uuid AND ${isDuring} AND ${isPlaced}
      UNION ALL
      SELECT 0, count(*)
      FROM runs s
      WHERE s.tenant_id = ${scope.tenantId}::uuid AND ${isDuring} AND ${isPlaced})`;
}

/** Whether a row belongs to the class, or lies in the group of the report. */
function inScope({ tenantId, groupId, classId }: UsageScope, ofClass: Sql, below: Sql): Sql {
  if (classId !== null) return sql`${ofClass} = ${classId}::uuid`;
  return groupId === null || groupId === tenantId ? sql`TRUE` : below;
}
