import { z } from 'zod';
import { empty, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { AiAnswer, NewAiCall } from '../../ai';
import {
  failLastAnswer,
  LAST_IS_CUT,
  MESSAGE_COLUMNS,
  MESSAGES_ELSEWHERE,
  MessageRow,
  SECONDS_BEFORE,
  WORK_IS_OPEN,
} from '../sessions.sql';
import { type CutBy, SESSION_STATES } from '../sessions.types';
import { MAX_HISTORY_MESSAGES } from './sessions.history';

export interface TurnToBegin {
  sessionId: string;
  userId: string;
  userMessageId: string;
  assistantMessageId: string;
  content: string;
  /**
   * Whether it requests the rest of the previous answer: only if that was cut short, and regardless of the
   * message limit.
   */
  continues: boolean;
  idempotencyKey: string | null;
  requestHash: string | null;
  /** Limits of the tool; null for none. */
  maxMessages: number | null;
  maxMinutes: number | null;
  /** After this many seconds, the turn counts as one of a dead process. */
  deadlineSeconds: number;
  /** The first call to a model, recorded with the turn; null if no model can be asked now. */
  call: NewAiCall | null;
}

const HistorySchema = z.array(
  z.object({
    seq: z.number(),
    role: z.enum(['user', 'assistant']),
    content: z.string(),
    state: z.enum(['complete', 'streaming', 'failed']),
  }),
);

export const BegunRow = z.object({
  /** `seq` of the answer; that of the student's message is one less. */
  lastSeq: z.number(),
  at: z.date(),
  history: HistorySchema,
});

/**
 * Takes the session's only place for a turn, and inserts the message, an empty answer and the row of the
 * first call. One statement begins a turn and one ends it: with separate statements for the rows of the
 * calls, each in a transaction, a message took 1.46 times as much of Node's CPU.
 */
export function beginTurn(turn: TurnToBegin): Sql {
  const { sessionId, idempotencyKey: key, maxMessages, continues, call } = turn;
  return sql`WITH begun AS (
               UPDATE sessions s
               SET message_count = s.message_count + 1,
                   last_seq = s.last_seq + 2,
                   last_activity_at = now(),
                   turn_deadline_at = now() + make_interval(secs => ${turn.deadlineSeconds}::double precision)
               WHERE s.id = ${sessionId}::uuid
                 AND s.user_id = ${turn.userId}::uuid
                 AND s.state = 'active'
                 AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())
                 -- A turn that is still here belongs to a dead process, and gives its message back below.
                 AND (
                   ${continues}::boolean
                   OR ${maxMessages}::int IS NULL
                   OR s.message_count - num_nonnulls(s.turn_deadline_at) + ${MESSAGES_ELSEWHERE}
                     < ${maxMessages}::int)
                 AND (NOT ${continues}::boolean OR ${LAST_IS_CUT})
                 AND NOT ${isOverdue(turn.maxMinutes)}
                 AND NOT EXISTS (
                   SELECT 1
                   FROM messages k
                   WHERE k.session_id = s.id AND k.idempotency_key = ${key}::text)
                 AND ${WORK_IS_OPEN}
               RETURNING s.id, s.last_seq),
             dead AS (
               UPDATE messages m
               SET state = 'failed', error_code = 'ai.interrupted'
               FROM begun b
               WHERE m.session_id = b.id AND m.seq = b.last_seq - 2 AND m.state = 'streaming'),
             written AS (
               INSERT INTO messages (
                 id, session_id, seq, role, content, state, continues, idempotency_key, request_hash)
               SELECT
                 ${turn.userMessageId}::uuid, b.id, b.last_seq - 1, 'user', ${turn.content}::text, 'complete',
                 ${continues}::boolean, ${key}::text, ${turn.requestHash}::text
               FROM begun b
               UNION ALL
               SELECT
                 ${turn.assistantMessageId}::uuid, b.id, b.last_seq, 'assistant', '', 'streaming',
                 ${continues}::boolean, NULL, NULL
               FROM begun b)
             ${call === null ? empty : sql`, called AS (${insertCall(call)})`}
             SELECT b.last_seq AS "lastSeq", now() AS at, ${history(sessionId)} AS history
             FROM begun b`;
}

/** Inserts the call if the turn has begun. */
function insertCall({ id, charge, provider, model }: NewAiCall): Sql {
  return sql`INSERT INTO ai_calls (
               id, tenant_id, group_id, class_id, user_id, tool_id, session_id,
               run_id, purpose, provider, model)
             SELECT
               ${id}::uuid, ${charge.tenantId}::uuid, ${charge.groupId}::uuid, ${charge.classId}::uuid,
               ${charge.userId}::uuid, ${charge.toolId}::uuid, ${charge.sessionId}::uuid,
               ${charge.runId}::uuid, ${charge.purpose}::text, ${provider}::text, ${model}::text
             FROM begun`;
}

function isOverdue(maxMinutes: number | null): Sql {
  return sql`(
    ${maxMinutes}::double precision IS NOT NULL
    AND s.created_at
      + make_interval(secs => 60 * ${maxMinutes}::double precision - ${SECONDS_BEFORE}) < now())`;
}

export const HistoryRow = z.object({ history: HistorySchema });

/** The last messages of a session, as JSON. */
export function selectHistory(sessionId: string): Sql {
  return sql`SELECT ${history(sessionId)} AS history`;
}

/** The last messages. Their number is a constant of the statement, so that it is planned for few rows. */
function history(sessionId: string): Sql {
  return sql`coalesce((
    SELECT json_agg(json_build_object('seq', h.seq, 'role', h.role, 'content', h.content, 'state', h.state))
    FROM (
      SELECT seq, role, content, state
      FROM messages
      WHERE session_id = ${sessionId}::uuid
      ORDER BY seq DESC
      ${limitTo(MAX_HISTORY_MESSAGES)}) h), '[]')`;
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

/** What identifies a turn in progress. */
export interface TurnUnderWay {
  sessionId: string;
  assistantMessageId: string;
  lastSeq: number;
}

/**
 * Stores the answer, releases the session's place and settles the call. The session is locked first, as
 * everywhere. An answer that was stopped meanwhile keeps its state and gets the text so far.
 */
export function endTurn(turn: TurnUnderWay, end: TurnEnd, answer: AiAnswer | null): Sql {
  return sql`WITH freed AS (
               UPDATE sessions s
               SET turn_deadline_at = NULL
               WHERE s.id = ${turn.sessionId}::uuid AND s.last_seq = ${turn.lastSeq}::int
               RETURNING s.id),
             stored AS (
               UPDATE messages m
               SET content = ${end.content}::text,
                   state = ${end.state}::text,
                   error_code = ${end.errorCode}::text,
                   cut_by = ${end.cutBy}::text,
                   model = ${end.model}::text,
                   input_tokens = ${end.inputTokens}::int,
                   output_tokens = ${end.outputTokens}::int,
                   tokens_estimated = ${end.tokensEstimated}::boolean,
                   latency_ms = ${end.latencyMs}::int
               FROM freed f
               WHERE m.id = ${turn.assistantMessageId}::uuid
                 AND m.session_id = f.id
                 AND (
                   m.state = 'streaming'
                   OR (m.state = 'failed' AND m.error_code = ${end.errorCode}::text)
                   OR (m.cut_by = 'stopped' AND ${end.state}::text = 'complete'))
               RETURNING ${MESSAGE_COLUMNS})
             ${answer === null ? empty : sql`, settled AS (${settleCall(answer)})`}
             SELECT *
             FROM stored`;
}

/** Unless the call is already settled as abandoned. */
function settleCall(answer: AiAnswer): Sql {
  return sql`UPDATE ai_calls
             SET state = 'succeeded',
                 input_tokens = ${answer.inputTokens}::int,
                 output_tokens = ${answer.outputTokens}::int,
                 estimated = ${answer.isEstimated}::boolean,
                 cost_micros = ${answer.costMicros}::bigint,
                 first_token_ms = ${answer.firstTokenMs}::int,
                 latency_ms = ${answer.latencyMs}::int,
                 settled_at = now()
             WHERE id = ${answer.callId}::uuid AND state = 'pending'`;
}

/** Ends the answer in progress with the text so far. It returns the answer's id if it did. */
export function stopAnswer(sessionId: string): Sql {
  return sql`WITH ended AS (
               UPDATE sessions s
               SET turn_deadline_at = NULL
               WHERE s.id = ${sessionId}::uuid AND s.turn_deadline_at > now()
               RETURNING s.id, s.last_seq)
             UPDATE messages m
             SET state = 'complete', cut_by = 'stopped'
             FROM ended e
             WHERE m.session_id = e.id AND m.seq = e.last_seq AND m.state = 'streaming'
             RETURNING m.id`;
}

/** Fails the answer of a turn whose deadline has passed. */
export function expireTurn(sessionId: string): Sql {
  return sql`WITH ended AS (
               UPDATE sessions s
               SET turn_deadline_at = NULL
               WHERE s.id = ${sessionId}::uuid AND s.turn_deadline_at < now()
               RETURNING s.id, s.last_seq)
             ${failLastAnswer('ai.interrupted')}`;
}

/** The last answer, if its reader stopped it. */
export function selectStopped(sessionId: string): Sql {
  return sql`SELECT m.id
             FROM sessions s
             JOIN messages m ON m.session_id = s.id AND m.seq = s.last_seq
             WHERE s.id = ${sessionId}::uuid AND m.cut_by = 'stopped'`;
}

/** Why a turn did not begin, as the rows show it. */
export const ObstaclesRow = z.object({
  state: z.enum(SESSION_STATES),
  messagesUsed: z.number(),
  answering: z.boolean(),
  isOverdue: z.boolean(),
  workIsOpen: z.boolean(),
  isCut: z.boolean(),
});

/** What prevents a turn in a session. */
export function selectObstacles(sessionId: string, maxMinutes: number | null): Sql {
  return sql`SELECT
               s.state,
               s.message_count + ${MESSAGES_ELSEWHERE} AS "messagesUsed",
               coalesce(s.turn_deadline_at > now(), FALSE) AS answering,
               ${isOverdue(maxMinutes)} AS "isOverdue",
               ${WORK_IS_OPEN} AS "workIsOpen",
               ${LAST_IS_CUT} AS "isCut"
             FROM sessions s
             WHERE s.id = ${sessionId}::uuid`;
}

export const KeyedRow = MessageRow.extend({ requestHash: z.string().nullable() });

/** The two messages of the turn that was begun with this key. */
export function selectTurnOfKey(sessionId: string, key: string): Sql {
  return sql`SELECT ${MESSAGE_COLUMNS}, m.request_hash AS "requestHash"
             FROM messages k
             JOIN messages m ON m.session_id = k.session_id AND m.seq IN (k.seq, k.seq + 1)
             WHERE k.session_id = ${sessionId}::uuid AND k.idempotency_key = ${key}
             ORDER BY m.seq`;
}

/** The two messages of the turn whose answer has this id. */
export function selectTurnOfAnswer(sessionId: string, answerId: string): Sql {
  return sql`SELECT ${MESSAGE_COLUMNS}
             FROM messages k
             JOIN messages m ON m.session_id = k.session_id AND m.seq IN (k.seq - 1, k.seq)
             WHERE k.id = ${answerId}::uuid AND k.session_id = ${sessionId}::uuid AND k.role = 'assistant'
             ORDER BY m.seq`;
}
