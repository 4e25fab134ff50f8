import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { permitted } from '../../authz/permitted.sql';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { pathField, uuidField } from '../../platform/db/conditions';
import type { SortColumn } from '../../platform/db/paging';
import { empty, type Sql, sql } from '../../platform/db/sql';

export interface RunFilters {
  classId?: string | undefined;
  userId?: string | undefined;
  toolId?: string | undefined;
  submissionId?: string | undefined;
  state?: z.output<typeof RunRow>['state'] | undefined;
}

/** What a run works with: the pinned tool version, and the group that pays. */
export interface RunTarget {
  tenantId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  submissionId: string | null;
}

const RUN = {
  id: true,
  tenantId: true,
  userId: true,
  toolId: true,
  toolVersion: true,
  classId: true,
  submissionId: true,
  state: true,
  model: true,
  inputTokens: true,
  outputTokens: true,
  tokensEstimated: true,
  truncated: true,
  errorCode: true,
  cancelRequestedAt: true,
  startedAt: true,
  finishedAt: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.RunSelect;

/** One use of a product tool, without its input and output. */
export const RunRow = modelRow<Prisma.RunGetPayload<{ select: typeof RUN }>>(RUN).extend({
  /** The path of the class's group; null outside of any class. */
  groupPath: z.string().nullable(),
  /** Whether the model's first answer was invalid and is being repaired. */
  isRepairing: z.boolean(),
});

export const RunWithInputRow = RunRow.extend({ input: z.unknown() });
export const RunWithOutputRow = RunRow.extend({ output: z.unknown() });

export const RUN_COLUMNS = sql`${columnsOf(RUN, 'r')},
  g.path_text AS "groupPath",
  r.draft_output IS NOT NULL AS "isRepairing"`;

export const RUNS_FROM = sql`runs r
  LEFT JOIN classes c ON c.id = r.class_id
  LEFT JOIN groups g ON g.id = c.group_id`;

export const RUN_SORTS = {
  createdAt: { expression: sql`r.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`r.updated_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

/** @param also a JSON column to add; without it, input and output are not read */
export function selectRun(id: string, also?: 'input' | 'output'): Sql {
  const json = also === undefined ? empty : sql`, ${columnsOf({ [also]: true }, 'r')}`;
  return sql`SELECT ${RUN_COLUMNS}${json}
             FROM ${RUNS_FROM}
             WHERE r.id = ${id}::uuid`;
}

/**
 * The principal's own runs; if a class, person or submission is named, also other people's that they may
 * read.
 */
export function runConditions(principal: Principal, filters: RunFilters): Sql[] {
  const { classId, userId, toolId, submissionId, state } = filters;
  const isNamed = classId !== undefined || userId !== undefined || submissionId !== undefined;
  return [
    isNamed
      ? permitted(principal, 'run.read', 'Run', RUN_FIELDS)
      : sql`r.user_id = ${principal.userId}::uuid`,
    ...(classId === undefined ? [] : [sql`r.class_id = ${classId}::uuid`]),
    ...(userId === undefined ? [] : [sql`r.user_id = ${userId}::uuid`]),
    ...(toolId === undefined ? [] : [sql`r.tool_id = ${toolId}::uuid`]),
    ...(submissionId === undefined ? [] : [sql`r.submission_id = ${submissionId}::uuid`]),
    ...(state === undefined ? [] : [sql`r.state = ${state}`]),
  ];
}

/** The fields that the rules for runs check. */
const RUN_FIELDS = {
  userId: uuidField(sql`r.user_id`),
  classId: uuidField(sql`r.class_id`),
  groupPath: pathField(sql`g.path`),
};

export interface NewRun {
  id: string;
  userId: string;
  target: RunTarget;
  input: unknown;
}

export const InsertedRunRow = z.object({ unfinished: z.number(), isInserted: z.boolean() });

/** Inserts a run unless its user has `maxUnfinished` unfinished runs, or its submission was submitted. */
export function insertRun({ id, userId, target, input }: NewRun, maxUnfinished: number): Sql {
  return sql`WITH unfinished AS (
               SELECT count(*) AS n
               FROM runs
               WHERE user_id = ${userId}::uuid AND state IN ('queued', 'running')),
             inserted AS (
               INSERT INTO runs (
                 id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, input)
               SELECT
                 ${id}::uuid, ${target.tenantId}::uuid, ${userId}::uuid, ${target.toolId}::uuid,
                 ${target.toolVersion}::int, ${target.classId}::uuid, ${target.submissionId}::uuid,
                 ${JSON.stringify(input)}::jsonb
               FROM unfinished
               WHERE n < ${maxUnfinished}::int AND ${isInProgress(target.submissionId)}
               RETURNING id)
             SELECT n AS unfinished, EXISTS (SELECT FROM inserted) AS "isInserted"
             FROM unfinished`;
}

function isInProgress(submissionId: string | null): Sql {
  if (submissionId === null) return sql`TRUE`;
  return sql`EXISTS (
               SELECT
               FROM submissions s
               WHERE s.id = ${submissionId}::uuid AND s.state = 'in_progress'
               FOR SHARE)`;
}

/** How a run ends. */
export type RunEnding =
  | { state: 'succeeded'; output: unknown; model: string; truncated: boolean }
  | { state: 'failed'; errorCode: string; model: string | null; truncated: boolean }
  | { state: 'cancelled' };

export const EndedRow = z.object({ tenantId: z.string() });

/**
 * Ends a run that is in one of these states, with the sums of all of its calls, including aborted ones. The
 * sums count as estimated if any call's are.
 */
export function endRun(id: string, from: readonly ('queued' | 'running')[], ending: RunEnding): Sql {
  return sql`UPDATE runs r
             SET state = ${ending.state},
                 finished_at = now(),
                 draft_output = NULL,
                 ${valuesOf(ending)},
                 (tokens_estimated, input_tokens, output_tokens, cost_micros) = (
                   SELECT
                     coalesce(bool_or(a.estimated), FALSE),
                     coalesce(sum(a.input_tokens), 0),
                     coalesce(sum(a.output_tokens), 0),
                     coalesce(sum(a.cost_micros), 0)
                   FROM ai_calls a
                   WHERE a.run_id = r.id)
             WHERE r.id = ${id}::uuid AND r.state = ANY(${[...from]}::text[])
             RETURNING r.tenant_id AS "tenantId"`;
}

function valuesOf(ending: RunEnding): Sql {
  if (ending.state === 'succeeded')
    return sql`output = ${JSON.stringify(ending.output)}::jsonb,
                 model = ${ending.model},
                 truncated = ${ending.truncated},
                 error_code = NULL`;
  if (ending.state === 'failed')
    return sql`error_code = ${ending.errorCode},
                 truncated = ${ending.truncated},
                 model = coalesce(${ending.model}::text, model)`;
  return sql`cancel_requested_at = coalesce(cancel_requested_at, now())`;
}
