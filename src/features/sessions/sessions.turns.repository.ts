import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { empty, type Sql, sql } from '../../platform/db/sql';
import { type HistoryMessage, MAX_HISTORY_MESSAGES } from './sessions.history';
import {
  LAST_IS_CUT,
  MESSAGE_COLUMNS,
  MESSAGES_ELSEWHERE,
  MessageRow,
  SECONDS_BEFORE,
  WORK_IS_OPEN,
} from './sessions.rows';
import { type CutBy, type Message, SESSION_STATES, type Turn } from './sessions.types';
import type { WriteConditions } from './sessions.work';

export interface TurnToBegin {
  sessionId: string;
  userId: string;
  userMessageId: string;
  assistantMessageId: string;
  content: string;
  /** Whether it asks for the rest of the answer before: only if that was cut, and whatever the limit of messages. */
  continues: boolean;
  idempotencyKey: string | null;
  requestHash: string | null;
  /** Limits of the tool; null for none. */
  maxMessages: number | null;
  maxMinutes: number | null;
  /** After so many seconds the turn belongs to a process that died. */
  deadlineSeconds: number;
  /** The INSERT of the call's row, happening only if `from` yields a row; null where no model can be asked. */
  firstCall(from: Sql): Sql | null;
}

export interface BegunTurn {
  /** `seq` of the answer; the student's message has the one before. */
  lastSeq: number;
  at: Date;
  history: HistoryMessage[];
}

export interface TurnEnd {
  content: string;
  state: 'complete' | 'failed';
  errorCode: string | null;
  cutBy: CutBy | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  tokensEstimated: boolean;
  latencyMs: number | null;
}

/** Why a turn did not begin, as far as the rows say. */
export type TurnObstacles = Omit<WriteConditions, 'maxMessages' | 'continues'>;

const HistorySchema = z.array(
  z.object({
    seq: z.number(),
    role: z.enum(['user', 'assistant']),
    content: z.string(),
    state: z.enum(['complete', 'streaming', 'failed']),
  }),
);
const BegunRow = z.object({ lastSeq: z.number(), at: z.date(), history: HistorySchema });
const HistoryRow = z.object({ history: HistorySchema });
const ObstaclesRow = z.object({
  state: z.enum(SESSION_STATES),
  messagesUsed: z.number(),
  answering: z.boolean(),
  isOverdue: z.boolean(),
  workIsOpen: z.boolean(),
  isCut: z.boolean(),
});
const KeyedRow = MessageRow.extend({ requestHash: z.string().nullable() });
const IdRow = z.object({ id: z.string() });

const history = (
  sessionId: string,
): Sql => sql`coalesce((SELECT json_agg(json_build_object('seq', h.seq, 'role', h.role, 'content', h.content, 'state', h.state))
  FROM (SELECT seq, role, content, state FROM messages WHERE session_id = ${sessionId}::uuid ORDER BY seq DESC LIMIT ${MAX_HISTORY_MESSAGES}) h), '[]') AS history`;

const isOverdue = (maxMinutes: number | null): Sql =>
  sql`(${maxMinutes}::double precision IS NOT NULL
    AND s.created_at + make_interval(secs => 60 * ${maxMinutes}::double precision - ${SECONDS_BEFORE}) < now())`;

/** The write path of chat: a turn begins in one statement and ends in one. */
export class TurnsRepository {
  constructor(private readonly db: Database) {}

  /**
   * Takes the session's only place for a turn, writes the student's message, an empty answer and the call's row.
   * @returns null where something stands against it; nothing is written then.
   */
  async begin(turn: TurnToBegin): Promise<BegunTurn | null> {
    const { sessionId, idempotencyKey: key } = turn;
    const call = turn.firstCall(sql`FROM begun`);
    return this.db.row(
      sql`WITH begun AS (
            UPDATE sessions s SET message_count = s.message_count + 1, last_seq = s.last_seq + 2, last_activity_at = now(),
              turn_deadline_at = now() + make_interval(secs => ${turn.deadlineSeconds}::double precision)
            WHERE s.id = ${sessionId}::uuid AND s.user_id = ${turn.userId}::uuid AND s.state = 'active'
              AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())
              -- A turn that is still here belongs to a process that died, and gives its message back below.
              AND (${turn.continues}::boolean OR ${turn.maxMessages}::int IS NULL
                OR s.message_count - num_nonnulls(s.turn_deadline_at) + ${MESSAGES_ELSEWHERE} < ${turn.maxMessages}::int)
              AND (NOT ${turn.continues}::boolean OR ${LAST_IS_CUT}) AND NOT ${isOverdue(turn.maxMinutes)}
              AND NOT EXISTS (SELECT 1 FROM messages k WHERE k.session_id = s.id AND k.idempotency_key = ${key}::text)
              AND ${WORK_IS_OPEN}
            RETURNING s.id, s.last_seq),
          dead AS (
            UPDATE messages m SET state = 'failed', error_code = 'ai.interrupted' FROM begun b
            WHERE m.session_id = b.id AND m.seq = b.last_seq - 2 AND m.state = 'streaming'),
          written AS (
            INSERT INTO messages (id, session_id, seq, role, content, state, continues, idempotency_key, request_hash)
            SELECT ${turn.userMessageId}::uuid, b.id, b.last_seq - 1, 'user', ${turn.content}::text, 'complete', ${turn.continues}::boolean, ${key}::text, ${turn.requestHash}::text FROM begun b
            UNION ALL SELECT ${turn.assistantMessageId}::uuid, b.id, b.last_seq, 'assistant', '', 'streaming', ${turn.continues}::boolean, NULL, NULL FROM begun b)
          ${call === null ? empty : sql`, called AS (${call})`}
          SELECT b.last_seq AS "lastSeq", now() AS at, ${history(sessionId)} FROM begun b`,
      BegunRow,
    );
  }

  async findHistory(sessionId: string, beforeSeq: number): Promise<HistoryMessage[]> {
    const row = await this.db.row(sql`SELECT ${history(sessionId)}`, HistoryRow);
    return (row?.history ?? []).filter((message) => message.seq < beforeSeq);
  }

  /** Keeps what has arrived so far. @returns false once somebody else has ended the answer. */
  async savePartial(assistantMessageId: string, content: string): Promise<boolean> {
    const updated = await this.db.execute(
      sql`UPDATE messages SET content = ${content} WHERE id = ${assistantMessageId}::uuid AND state = 'streaming'`,
    );
    return updated > 0;
  }

  /**
   * Stores the answer, frees the session's place and settles the call. The session is locked first, as everywhere.
   * An answer that was stopped meanwhile keeps its state and gets what had arrived.
   * @returns the answer as stored, or null where it had been ended otherwise.
   */
  async end(
    turn: { sessionId: string; assistantMessageId: string; lastSeq: number },
    end: TurnEnd,
    settlement: Sql | null,
  ): Promise<Message | null> {
    return this.db.row(
      sql`WITH freed AS (
            UPDATE sessions s SET turn_deadline_at = NULL WHERE s.id = ${turn.sessionId}::uuid AND s.last_seq = ${turn.lastSeq}::int RETURNING s.id),
          stored AS (
            UPDATE messages m SET content = ${end.content}::text, state = ${end.state}::text, error_code = ${end.errorCode}::text, cut_by = ${end.cutBy}::text, model = ${end.model}::text,
              input_tokens = ${end.inputTokens}::int, output_tokens = ${end.outputTokens}::int, tokens_estimated = ${end.tokensEstimated}::boolean, latency_ms = ${end.latencyMs}::int
            FROM freed f WHERE m.id = ${turn.assistantMessageId}::uuid AND m.session_id = f.id
              AND (m.state = 'streaming' OR (m.state = 'failed' AND m.error_code = ${end.errorCode}::text)
                OR (m.cut_by = 'stopped' AND ${end.state}::text = 'complete'))
            RETURNING ${MESSAGE_COLUMNS})
          ${settlement === null ? empty : sql`, settled AS (${settlement})`}
          SELECT * FROM stored`,
      MessageRow,
    );
  }

  /** Ends the answer that is being made with what has arrived; it counts. @returns its id, or null if there is none. */
  async stopAnswer(sessionId: string): Promise<string | null> {
    const row = await this.db.row(
      sql`WITH ended AS (
            UPDATE sessions s SET turn_deadline_at = NULL WHERE s.id = ${sessionId}::uuid AND s.turn_deadline_at > now() RETURNING s.id, s.last_seq)
          UPDATE messages m SET state = 'complete', cut_by = 'stopped' FROM ended e
          WHERE m.session_id = e.id AND m.seq = e.last_seq AND m.state = 'streaming' RETURNING m.id`,
      IdRow,
    );
    return row?.id ?? null;
  }

  /** The last answer, if it was its reader who stopped it. */
  async findStopped(sessionId: string): Promise<string | null> {
    const row = await this.db.row(
      sql`SELECT m.id FROM sessions s JOIN messages m ON m.session_id = s.id AND m.seq = s.last_seq
          WHERE s.id = ${sessionId}::uuid AND m.cut_by = 'stopped'`,
      IdRow,
    );
    return row?.id ?? null;
  }

  /** What stands against a turn in this session; null where there is no such session. */
  async findObstacles(sessionId: string, maxMinutes: number | null): Promise<TurnObstacles | null> {
    return this.db.row(
      sql`SELECT s.state, s.message_count + ${MESSAGES_ELSEWHERE} AS "messagesUsed", coalesce(s.turn_deadline_at > now(), FALSE) AS answering,
            ${isOverdue(maxMinutes)} AS "isOverdue", ${WORK_IS_OPEN} AS "workIsOpen",
            ${LAST_IS_CUT} AS "isCut"
          FROM sessions s WHERE s.id = ${sessionId}::uuid`,
      ObstaclesRow,
    );
  }

  /** The turn that was begun with this key, with the digest of its request. */
  async findByKey(sessionId: string, key: string): Promise<(Turn & { requestHash: string | null }) | null> {
    const rows = await this.db.rows(
      sql`SELECT ${MESSAGE_COLUMNS}, m.request_hash AS "requestHash" FROM messages k
          JOIN messages m ON m.session_id = k.session_id AND m.seq IN (k.seq, k.seq + 1)
          WHERE k.session_id = ${sessionId}::uuid AND k.idempotency_key = ${key} ORDER BY m.seq`,
      KeyedRow,
    );
    const [asked, answer] = rows;
    if (asked === undefined || answer === undefined) return null;
    const { requestHash, ...userMessage } = asked;
    const { requestHash: _none, ...assistantMessage } = answer;
    return { userMessage, assistantMessage, requestHash };
  }

  /** The turn whose answer has this id. */
  async findByAnswer(sessionId: string, assistantMessageId: string): Promise<Turn | null> {
    const [userMessage, assistantMessage] = await this.db.rows(
      sql`SELECT ${MESSAGE_COLUMNS} FROM messages k JOIN messages m ON m.session_id = k.session_id AND m.seq IN (k.seq - 1, k.seq)
          WHERE k.id = ${assistantMessageId}::uuid AND k.session_id = ${sessionId}::uuid AND k.role = 'assistant' ORDER BY m.seq`,
      MessageRow,
    );
    return userMessage === undefined || assistantMessage === undefined
      ? null
      : { userMessage, assistantMessage };
  }

  /** Ends a session whose time is over. @returns whether it was this call that did. */
  async expireSession(sessionId: string): Promise<boolean> {
    const row = await this.db.row(
      sql`UPDATE sessions s SET state = 'expired', ended_at = now()
          WHERE s.id = ${sessionId}::uuid AND s.state = 'active' AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now()) RETURNING s.id`,
      IdRow,
    );
    return row !== null;
  }

  /** Fails the answer of a turn whose deadline has passed, so that its readers need not wait for it. */
  async expireTurn(sessionId: string): Promise<void> {
    await this.db.execute(
      sql`WITH ended AS (
            UPDATE sessions s SET turn_deadline_at = NULL WHERE s.id = ${sessionId}::uuid AND s.turn_deadline_at < now() RETURNING s.id, s.last_seq)
          UPDATE messages m SET state = 'failed', error_code = 'ai.interrupted' FROM ended e
          WHERE m.session_id = e.id AND m.seq = e.last_seq AND m.state = 'streaming'`,
    );
  }
}
