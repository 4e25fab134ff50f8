import type { Database } from '../../../src/platform/db/database';
import { sql } from '../../../src/platform/db/sql';

export interface DemoSession {
  id: string;
  tenant_id: string;
  user_id: string;
  tool_id: string;
  tool_version: number;
  class_id: string;
  submission_id: string;
  state: 'active' | 'completed' | 'expired';
  message_count: number;
  last_seq: number;
  last_activity_at: Date;
  ended_at: Date | null;
  created_at: Date;
}

export interface DemoMessage {
  id: string;
  session_id: string;
  seq: number;
  role: 'user' | 'assistant';
  content: string;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  latency_ms: number | null;
  created_at: Date;
}

export interface DemoRun {
  id: string;
  tenant_id: string;
  user_id: string;
  tool_id: string;
  tool_version: number;
  class_id: string | null;
  submission_id: string | null;
  input: unknown;
  output: unknown;
  model: string;
  input_tokens: number;
  output_tokens: number;
  cost_micros: number;
  started_at: Date;
  finished_at: Date;
  created_at: Date;
}

export interface CallRow {
  id: string;
  tenant_id: string;
  group_id: string;
  class_id: string | null;
  user_id: string;
  tool_id: string;
  session_id: string | null;
  run_id: string | null;
  purpose: 'chat' | 'run';
  provider: string;
  model: string;
  input_tokens: number;
  output_tokens: number;
  cost_micros: number;
  first_token_ms: number;
  latency_ms: number;
  settled_at: Date;
  created_at: Date;
}

/**
 * Stores past chats and runs. Only this part of the demo bypasses the services, because they would ask a
 * model for each of the thousand answers and start a workflow for each run. The database's constraints
 * still check the rows.
 */
export class ModelWorkRepository {
  constructor(private readonly db: Database) {}

  /** Stores all rows with one statement per table. */
  async insert(rows: {
    sessions: DemoSession[];
    messages: DemoMessage[];
    runs: DemoRun[];
    calls: CallRow[];
  }): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, state, message_count, last_seq, last_activity_at, ended_at, created_at)
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows.sessions)}::jsonb) AS s (
            id uuid, tenant_id uuid, user_id uuid, tool_id uuid, tool_version integer, class_id uuid, submission_id uuid, state text,
            message_count integer, last_seq integer, last_activity_at timestamptz, ended_at timestamptz, created_at timestamptz)`,
    );
    await this.db.execute(
      sql`INSERT INTO messages (id, session_id, seq, role, content, model, input_tokens, output_tokens, latency_ms, created_at)
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows.messages)}::jsonb) AS m (
            id uuid, session_id uuid, seq integer, role text, content text, model text, input_tokens integer, output_tokens integer,
            latency_ms integer, created_at timestamptz)`,
    );
    await this.db.execute(
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, input, output, model, input_tokens, output_tokens, cost_micros, started_at, finished_at, created_at, state)
          SELECT r.*, 'succeeded' FROM jsonb_to_recordset(${JSON.stringify(rows.runs)}::jsonb) AS r (
            id uuid, tenant_id uuid, user_id uuid, tool_id uuid, tool_version integer, class_id uuid, submission_id uuid, input jsonb, output jsonb,
            model text, input_tokens integer, output_tokens integer, cost_micros bigint, started_at timestamptz, finished_at timestamptz, created_at timestamptz)`,
    );
    await this.db.execute(
      sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, session_id, run_id, purpose, provider, model, input_tokens, output_tokens, cost_micros, first_token_ms, latency_ms, settled_at, created_at, state)
          SELECT c.*, 'succeeded' FROM jsonb_to_recordset(${JSON.stringify(rows.calls)}::jsonb) AS c (
            id uuid, tenant_id uuid, group_id uuid, class_id uuid, user_id uuid, tool_id uuid, session_id uuid, run_id uuid, purpose text,
            provider text, model text, input_tokens integer, output_tokens integer, cost_micros bigint, first_token_ms integer, latency_ms integer,
            settled_at timestamptz, created_at timestamptz)`,
    );
  }
}
