import { type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { AiErrorCode } from '../ai.types';

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

/**
 * Settles a call unless it is already settled. It uses the database's clock, because usage is aggregated by
 * it.
 */
export function settleCall(callId: string, outcome: CallOutcome): Sql {
  return sql`UPDATE ai_calls
             SET state = ${outcome.state},
                 input_tokens = ${outcome.inputTokens}::int,
                 output_tokens = ${outcome.outputTokens}::int,
                 estimated = ${outcome.isEstimated}::boolean,
                 cost_micros = ${outcome.costMicros}::bigint,
                 first_token_ms = ${outcome.firstTokenMs}::int,
                 latency_ms = ${outcome.latencyMs}::int,
                 error_code = ${outcome.errorCode}::text,
                 settled_at = now()
             WHERE id = ${callId}::uuid AND state = 'pending'`;
}

/** Settles pending calls that are older than this. It skips rows that another transaction is settling. */
export function abandonOldCalls(olderThanSeconds: number, limit: number): Sql {
  return sql`UPDATE ai_calls
             SET state = 'aborted', error_code = 'ai.interrupted', settled_at = now()
             WHERE state = 'pending' AND id IN (
               SELECT id
               FROM ai_calls
               WHERE state = 'pending' AND created_at < now() - make_interval(secs => ${olderThanSeconds})
               ORDER BY created_at
               ${limitTo(limit)}
               FOR UPDATE SKIP LOCKED)`;
}

/** Settles the pending calls of a run as aborted. */
export function abandonCallsOfRun(runId: string): Sql {
  return sql`UPDATE ai_calls
             SET state = 'aborted', error_code = 'ai.interrupted', settled_at = now()
             WHERE run_id = ${runId}::uuid AND state = 'pending'`;
}
