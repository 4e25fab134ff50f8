import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import { RUN_STATES } from './runs.types';

const WorkRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  toolId: z.string(),
  toolVersion: z.number(),
  classId: z.string().nullable(),
  groupId: z.string().nullable(),
  state: z.enum(RUN_STATES),
  input: z.unknown(),
  draftOutput: z.string().nullable(),
  errorCode: z.string().nullable(),
});
/** A run as the one who executes it needs it. */
export type RunWork = z.infer<typeof WorkRow>;

const StateRow = z.object({ state: z.enum(RUN_STATES), tenantId: z.string() });
const LostRow = z.object({ id: z.string() });

/** How a run ends. */
export type RunEnding =
  | { state: 'succeeded'; output: unknown; model: string; truncated: boolean }
  | { state: 'failed'; errorCode: string; model: string | null; truncated: boolean }
  | { state: 'cancelled' };

/** What all calls of the run took, broken-off ones included; estimated if those of any of them are. */
const TOTALS = sql`
  tokens_estimated = EXISTS (SELECT FROM ai_calls a WHERE a.run_id = runs.id AND a.estimated),
  input_tokens = (SELECT coalesce(sum(a.input_tokens), 0) FROM ai_calls a WHERE a.run_id = runs.id),
  output_tokens = (SELECT coalesce(sum(a.output_tokens), 0) FROM ai_calls a WHERE a.run_id = runs.id),
  cost_micros = (SELECT coalesce(sum(a.cost_micros), 0) FROM ai_calls a WHERE a.run_id = runs.id)`;

/** The worker's side of the table: each write names the states it may leave, so that a second attempt changes nothing. */
export class RunExecutionRepository {
  constructor(private readonly db: Database) {}

  /** The run, with the group that bears its costs: the class's, or the tool's own where that is of the same tenant. */
  async findWork(id: string): Promise<RunWork | null> {
    return this.db.row(
      sql`SELECT r.id, r.tenant_id AS "tenantId", r.user_id AS "userId", r.tool_id AS "toolId", r.tool_version AS "toolVersion",
                 r.class_id AS "classId", coalesce(c.group_id, t.group_id) AS "groupId", r.state, r.input,
                 r.draft_output AS "draftOutput", r.error_code AS "errorCode"
          FROM runs r LEFT JOIN classes c ON c.id = r.class_id
            LEFT JOIN tools t ON t.id = r.tool_id AND t.tenant_id = r.tenant_id
          WHERE r.id = ${id}::uuid`,
      WorkRow,
    );
  }

  /** From queued to running, unless somebody wants it cancelled. @returns whether it did. */
  async begin(id: string): Promise<boolean> {
    const changed = await this.db.execute(
      sql`UPDATE runs SET state = 'running', started_at = now()
          WHERE id = ${id}::uuid AND state = 'queued' AND cancel_requested_at IS NULL`,
    );
    return changed > 0;
  }

  /** Keeps an answer that did not fit. @returns false where the run has ended meanwhile. */
  async storeDraft(id: string, text: string): Promise<boolean> {
    return (
      (await this.db.execute(
        sql`UPDATE runs SET draft_output = ${text} WHERE id = ${id}::uuid AND state = 'running'`,
      )) > 0
    );
  }

  /** Ends the run if it is in one of these states. @returns its former state and tenant, or null. */
  async end(
    id: string,
    from: readonly ('queued' | 'running')[],
    ending: RunEnding,
  ): Promise<{ tenantId: string } | null> {
    return this.db.row(
      sql`UPDATE runs SET state = ${ending.state}, finished_at = now(), draft_output = NULL, ${valuesOf(ending)}, ${TOTALS}
          WHERE id = ${id}::uuid AND state = ANY(${[...from]}::text[])
          RETURNING state, tenant_id AS "tenantId"`,
      StateRow,
    );
  }

  /**
   * Runs that no workflow will end any more: refused by Temporal, or started so long ago that their workflow has gone.
   */
  async listLost(olderThanHours: number, limit: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT r.id FROM runs r JOIN outbox o ON o.subject_id = r.id AND o.operation = 'start' AND o.workflow_id = 'run/' || r.id
          WHERE r.state IN ('queued', 'running')
            AND (o.state = 'failed' OR (o.state = 'started' AND o.started_at < now() - make_interval(hours => ${olderThanHours})))
          ORDER BY r.created_at LIMIT ${limit}`,
      LostRow,
    );
    return rows.map((row) => row.id);
  }
}

function valuesOf(ending: RunEnding): Sql {
  if (ending.state === 'succeeded')
    return sql`output = ${JSON.stringify(ending.output)}::jsonb, model = ${ending.model}, truncated = ${ending.truncated}, error_code = NULL`;
  if (ending.state === 'failed')
    return sql`error_code = ${ending.errorCode}, truncated = ${ending.truncated}, model = coalesce(${ending.model}::text, model)`;
  return sql`cancel_requested_at = coalesce(cancel_requested_at, now())`;
}
