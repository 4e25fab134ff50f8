import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { empty, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { AiCharge, AiErrorCode } from '../ai.types';

export interface CallToOpen {
  id: string;
  charge: AiCharge;
  provider: string;
  model: string;
}

export interface CallOutcome {
  state: 'succeeded' | 'failed' | 'aborted';
  inputTokens: number;
  outputTokens: number;
  isEstimated: boolean;
  costMicros: number;
  firstTokenMs: number | null;
  latencyMs: number;
  errorCode: AiErrorCode | null;
}

const IdRow = z.object({ id: z.string() });

/** The ledger of calls to models. A call is opened before it is made and settled once, by whoever comes first. */
export class AiCallsRepository {
  constructor(private readonly db: Database) {}

  /** The INSERT of a 'pending' row; with `from` it happens only if that yields a row. */
  openStatement(call: CallToOpen, from: Sql = empty): Sql {
    const { charge } = call;
    return sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, session_id, run_id, purpose, provider, model)
      SELECT ${call.id}::uuid, ${charge.tenantId}::uuid, ${charge.groupId}::uuid, ${charge.classId}::uuid, ${charge.userId}::uuid,
             ${charge.toolId}::uuid, ${charge.sessionId}::uuid, ${charge.runId}::uuid, ${charge.purpose}::text, ${call.provider}::text, ${call.model}::text ${from}`;
  }

  /** The UPDATE that settles a call, unless it is settled already. */
  settleStatement(callId: string, outcome: CallOutcome): Sql {
    return sql`UPDATE ai_calls SET state = ${outcome.state}, input_tokens = ${outcome.inputTokens}::int, output_tokens = ${outcome.outputTokens}::int,
        estimated = ${outcome.isEstimated}::boolean,
        cost_micros = ${outcome.costMicros}::bigint, first_token_ms = ${outcome.firstTokenMs}::int, latency_ms = ${outcome.latencyMs}::int,
        error_code = ${outcome.errorCode}::text, settled_at = now()
      WHERE id = ${callId}::uuid AND state = 'pending'`;
  }

  async run(statement: Sql): Promise<number> {
    return this.db.execute(statement);
  }

  /** Settles pending calls of a certain age. Rows that somebody is settling just now are left to them. */
  async abandonOlderThan(seconds: number, limit: number): Promise<number> {
    const rows = await this.db.rows(
      sql`UPDATE ai_calls SET state = 'aborted', error_code = 'ai.interrupted', settled_at = now()
          WHERE id IN (SELECT id FROM ai_calls WHERE state = 'pending' AND created_at < now() - make_interval(secs => ${seconds})
                       ORDER BY created_at ${limitTo(limit)} FOR UPDATE SKIP LOCKED) AND state = 'pending'
          RETURNING id`,
      IdRow,
    );
    return rows.length;
  }

  async abandonOfRun(runId: string): Promise<number> {
    return this.db.execute(
      sql`UPDATE ai_calls SET state = 'aborted', error_code = 'ai.interrupted', settled_at = now()
          WHERE run_id = ${runId}::uuid AND state = 'pending'`,
    );
  }
}
