import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { join, type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import {
  RUN_STATES,
  type Run,
  type RunFilters,
  type RunTarget,
  type RunWithInput,
  type RunWithOutput,
} from './runs.types';

const RunRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  toolId: z.string(),
  toolVersion: z.number(),
  classId: z.string().nullable(),
  groupPath: z.string().nullable(),
  submissionId: z.string().nullable(),
  state: z.enum(RUN_STATES),
  isRepairing: z.boolean(),
  model: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  tokensEstimated: z.boolean(),
  truncated: z.boolean(),
  errorCode: z.string().nullable(),
  cancelRequestedAt: z.date().nullable(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const CreatedRow = z.object({ unfinished: z.number(), created: z.boolean() });
const StateRow = z.object({ state: z.enum(RUN_STATES), tenantId: z.string(), cancelRequested: z.boolean() });

const COLUMNS = sql`r.id, r.tenant_id AS "tenantId", r.user_id AS "userId", r.tool_id AS "toolId", r.tool_version AS "toolVersion",
  r.class_id AS "classId", g.path::text AS "groupPath", r.submission_id AS "submissionId", r.state,
  r.draft_output IS NOT NULL AS "isRepairing", r.model, r.input_tokens AS "inputTokens", r.output_tokens AS "outputTokens", r.tokens_estimated AS "tokensEstimated",
  r.truncated, r.error_code AS "errorCode", r.cancel_requested_at AS "cancelRequestedAt", r.started_at AS "startedAt",
  r.finished_at AS "finishedAt", r.revision, r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;
const FROM = sql`runs r LEFT JOIN classes c ON c.id = r.class_id LEFT JOIN groups g ON g.id = c.group_id`;

/** Ties what is written along with a run to whether the run was made: `created` is the INSERT of `create`. */
export const FROM_CREATED = sql`FROM created`;

export const RUN_SORTS = {
  createdAt: { expression: sql`r.created_at`, type: 'timestamptz' },
  updatedAt: { expression: sql`r.updated_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

/** Whose runs a list may show: the reader's own, those of classes they teach in, and those below what they manage. */
export interface RunListScope {
  userId: string;
  classIds: readonly string[];
  adminPaths: readonly string[];
  /** Only the reader's own. */
  ownOnly: boolean;
}

export interface NewRun {
  id: string;
  userId: string;
  target: RunTarget;
  input: unknown;
}

export class RunsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /**
   * Writes the run and what `also` adds to it (statements that read `FROM created`) in one statement.
   * @returns 'too_many' where the person has `maxUnfinished` runs under way, 'submission_ended' where the submission
   * was handed in meanwhile; nothing is written then.
   */
  async insert(
    run: NewRun,
    maxUnfinished: number,
    also: Record<'job' | 'audit', Sql>,
  ): Promise<'created' | 'too_many' | 'submission_ended'> {
    const { target } = run;
    const open =
      target.submissionId === null
        ? sql`TRUE`
        : sql`EXISTS (SELECT 1 FROM submissions s WHERE s.id = ${target.submissionId}::uuid AND s.state = 'in_progress' FOR SHARE)`;
    const row = await this.db.row(
      sql`WITH unfinished AS (
            SELECT count(*) AS n FROM runs WHERE user_id = ${run.userId}::uuid AND state IN ('queued', 'running')
          ), created AS (
            INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, input)
            SELECT ${run.id}::uuid, ${target.tenantId}::uuid, ${run.userId}::uuid, ${target.toolId}::uuid, ${target.toolVersion}::int,
                   ${target.classId}::uuid, ${target.submissionId}::uuid, ${JSON.stringify(run.input)}::jsonb
            FROM unfinished WHERE n < ${maxUnfinished}::int AND ${open}
            RETURNING id
          ), job AS (${also.job}), audit AS (${also.audit})
          SELECT n AS unfinished, EXISTS (SELECT 1 FROM created) AS created FROM unfinished`,
      CreatedRow,
    );
    if (row?.created === true) return 'created';
    return (row?.unfinished ?? 0) >= maxUnfinished ? 'too_many' : 'submission_ended';
  }

  async find(id: string): Promise<Run | null> {
    return this.db.row(sql`SELECT ${COLUMNS} FROM ${FROM} WHERE r.id = ${id}::uuid`, RunRow);
  }

  async findWithInput(id: string): Promise<RunWithInput | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS}, r.input FROM ${FROM} WHERE r.id = ${id}::uuid`,
      RunRow.extend({ input: z.unknown() }),
    );
  }

  async findWithOutput(id: string): Promise<RunWithOutput | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS}, r.output FROM ${FROM} WHERE r.id = ${id}::uuid`,
      RunRow.extend({ output: z.unknown() }),
    );
  }

  async list(
    scope: RunListScope,
    filters: RunFilters,
    sort: { column: SortColumn; descending: boolean; name: string },
    page: PageRequest,
  ): Promise<Page<Run>> {
    const where: Sql[] = [visible(scope)];
    if (filters.classId !== undefined) where.push(sql`r.class_id = ${filters.classId}::uuid`);
    if (filters.userId !== undefined) where.push(sql`r.user_id = ${filters.userId}::uuid`);
    if (filters.toolId !== undefined) where.push(sql`r.tool_id = ${filters.toolId}::uuid`);
    if (filters.submissionId !== undefined) where.push(sql`r.submission_id = ${filters.submissionId}::uuid`);
    if (filters.state !== undefined) where.push(sql`r.state = ${filters.state}`);
    return this.lists.list({ columns: COLUMNS, from: FROM, where, sort, id: sql`r.id`, page, row: RunRow });
  }

  /** The run's state, its row locked until the transaction ends. */
  async lock(id: string): Promise<z.infer<typeof StateRow> | null> {
    return this.db.row(
      sql`SELECT state, tenant_id AS "tenantId", cancel_requested_at IS NOT NULL AS "cancelRequested" FROM runs WHERE id = ${id}::uuid FOR UPDATE`,
      StateRow,
    );
  }

  async cancelQueued(id: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE runs SET state = 'cancelled', cancel_requested_at = ${now}, finished_at = ${now} WHERE id = ${id}::uuid AND state = 'queued'`,
    );
  }

  async requestCancel(id: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE runs SET cancel_requested_at = ${now} WHERE id = ${id}::uuid AND state = 'running'`,
    );
  }
}

function visible(scope: RunListScope): Sql {
  const own = sql`r.user_id = ${scope.userId}::uuid`;
  if (scope.ownOnly) return own;
  const ways = [own];
  if (scope.classIds.length > 0) ways.push(sql`r.class_id = ANY(${[...scope.classIds]}::uuid[])`);
  if (scope.adminPaths.length > 0) ways.push(isWithin(sql`g.path`, scope.adminPaths));
  return sql`(${join(ways, ' OR ')})`;
}
