import { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { permitted } from '../../authz/permitted.sql';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import { pathField, uuidField } from '../../platform/db/conditions';
import { type Sql, sql } from '../../platform/db/sql';
import { likely } from '../../platform/db/walk';

export interface NewSession {
  id: string;
  tenantId: string;
  userId: string;
  toolId: string;
  toolVersion: number;
  classId: string | null;
  /** The group whose costs and limits apply: the class's, or the tool's. */
  groupId: string;
  submissionId: string | null;
}

/** For how long chats with a tool of a class, outside of any attempt, share the tool's limits, in hours. */
const SHARED_HOURS = 24;

/**
 * The other chats `x` about the same work as the chat `s`: about the same attempt; in a class but without
 * an attempt, the day's chats with the same tool; none for a person who tries out a tool. Limits belong to
 * the work, not to a chat.
 */
const ON_THE_SAME_WORK = sql`x.id <> s.id AND (
  x.submission_id = s.submission_id
  OR (
    s.submission_id IS NULL
    AND x.submission_id IS NULL
    AND x.user_id = s.user_id
    AND x.class_id = s.class_id
    AND x.tool_id = s.tool_id
    AND x.created_at > now() - make_interval(hours => ${SHARED_HOURS}::int)))`;

/** Counted messages in the other chats about the same work as the chat `s`. */
export const MESSAGES_ELSEWHERE = sql`(
  SELECT coalesce(sum(x.message_count), 0)::int
  FROM sessions x
  WHERE ${ON_THE_SAME_WORK})`;

/**
 * Seconds of earlier chats about the same work as the chat `s`, each from its beginning to its last
 * message.
 */
export const SECONDS_BEFORE = sql`(
  SELECT coalesce(sum(extract(epoch FROM x.last_activity_at - x.created_at)), 0)::int
  FROM sessions x
  WHERE ${ON_THE_SAME_WORK} AND x.created_at < s.created_at)`;

/**
 * Whether the session `s` belongs to no submission, or to one on which its owner may work at this moment.
 * It is a scalar subquery, because the planner may turn an EXISTS into a hash of every open submission.
 */
export const WORK_IS_OPEN = sql`(s.submission_id IS NULL OR coalesce((
  SELECT w.state = 'in_progress' AND a.deleted_at IS NULL AND t.is_open
  FROM submissions w
  JOIN assignments a ON a.id = w.assignment_id
  CROSS JOIN LATERAL assignment_terms(w.assignment_id, w.user_id, now()) t
  WHERE w.id = s.submission_id), FALSE))`;

/** Whether the last answer of the session `s` was cut short. */
export const LAST_IS_CUT = sql`EXISTS (
  SELECT
  FROM messages l
  WHERE l.session_id = s.id AND l.seq = s.last_seq AND l.cut_by IS NOT NULL)`;

const SESSION = {
  id: true,
  tenantId: true,
  userId: true,
  toolId: true,
  toolVersion: true,
  classId: true,
  submissionId: true,
  state: true,
  messageCount: true,
  lastActivityAt: true,
  endedAt: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.SessionSelect;

/** A chat as stored, without the limits of groups. */
export const SessionRow = modelRow<Prisma.SessionGetPayload<{ select: typeof SESSION }>>(SESSION).extend({
  userName: z.string(),
  toolName: z.string(),
  /** The path of the class's group; null for a chat outside of any class. */
  groupPath: z.string().nullable(),
  /** The group whose costs and limits apply: the class's, or the tool's. */
  groupId: z.string(),
  /** Messages of the student in other chats about the same work, which share its limits. */
  messagesElsewhere: z.number(),
  /** Seconds that earlier chats about the same work have used. */
  secondsBefore: z.number(),
  maxMessages: z.number().nullable(),
  /** The tool's time limit; null without one. */
  maxMinutes: z.number().nullable(),
  /** Whether an answer is in progress. */
  answering: z.boolean(),
  /** Whether it is active, and its owner can now work on the attempt to which it belongs, if any. */
  workIsOpen: z.boolean(),
  /** Whether its last answer was cut short. */
  isCut: z.boolean(),
});

/** The sessions `s` with everything that `SESSION_COLUMNS` names. */
export const SESSIONS_FROM = sql`sessions s
  JOIN users u ON u.id = s.user_id
  JOIN tools t ON t.id = s.tool_id
  JOIN tool_versions v ON v.tool_id = s.tool_id AND v.version = s.tool_version
  LEFT JOIN classes c ON c.id = s.class_id
  LEFT JOIN groups g ON g.id = c.group_id`;

export const SESSION_COLUMNS = sql`${columnsOf(SESSION, 's')},
  u.name AS "userName",
  v.definition ->> 'name' AS "toolName",
  g.path_text AS "groupPath",
  coalesce(c.group_id, t.group_id) AS "groupId",
  ${MESSAGES_ELSEWHERE} AS "messagesElsewhere",
  ${SECONDS_BEFORE} AS "secondsBefore",
  (v.definition #>> '{constraints,max_messages}')::int AS "maxMessages",
  (v.definition #>> '{constraints,max_session_duration}')::double precision AS "maxMinutes",
  coalesce(s.turn_deadline_at > now(), FALSE) AS answering,
  (s.state = 'active' AND ${WORK_IS_OPEN}) AS "workIsOpen",
  ${LAST_IS_CUT} AS "isCut"`;

export const SESSION_SORTS = {
  createdAt: { expression: sql`s.created_at`, type: 'timestamptz' },
  lastActivityAt: { expression: sql`s.last_activity_at`, type: 'timestamptz' },
} as const;

export function selectSession(id: string): Sql {
  return sql`SELECT ${SESSION_COLUMNS}
             FROM ${SESSIONS_FROM}
             WHERE s.id = ${id}::uuid`;
}

export interface SessionFilters {
  toolId?: string | undefined;
  submissionId?: string | undefined;
  classId?: string | undefined;
  userId?: string | undefined;
  state?: z.output<typeof SessionRow>['state'] | undefined;
}

/**
 * The principal's own sessions; if a class, submission or user is named, also other people's that they may
 * read.
 */
export function sessionConditions(principal: Principal, filters: SessionFilters): Sql[] {
  const { toolId, submissionId, classId, userId, state } = filters;
  const isNamed = classId !== undefined || submissionId !== undefined || userId !== undefined;
  return [
    isNamed
      ? likely(permitted(principal, 'session.read', 'Session', SESSION_FIELDS))
      : sql`s.user_id = ${principal.userId}::uuid`,
    ...(toolId === undefined ? [] : [sql`s.tool_id = ${toolId}::uuid`]),
    ...(submissionId === undefined ? [] : [sql`s.submission_id = ${submissionId}::uuid`]),
    ...(classId === undefined ? [] : [sql`s.class_id = ${classId}::uuid`]),
    ...(userId === undefined ? [] : [sql`s.user_id = ${userId}::uuid`]),
    ...(state === undefined ? [] : [sql`s.state = ${state}`]),
  ];
}

/** The fields that the rules for chats check. */
const SESSION_FIELDS = {
  userId: uuidField(sql`s.user_id`),
  classId: uuidField(sql`s.class_id`),
  groupPath: pathField(sql`g.path`),
};

const HEADER = {
  id: true,
  tenantId: true,
  userId: true,
  toolId: true,
  toolVersion: true,
  classId: true,
  submissionId: true,
} as const satisfies Prisma.SessionSelect;

/** The parts of a session that never change. */
export const HeaderRow = modelRow<Prisma.SessionGetPayload<{ select: typeof HEADER }>>(HEADER).extend({
  /** The group that pays for its calls: the class's, or the tool's. */
  groupId: z.string(),
});

/** The parts of a session that never change, with the group that pays for its calls. */
export function selectHeader(id: string): Sql {
  return sql`SELECT ${columnsOf(HEADER, 's')}, coalesce(c.group_id, t.group_id) AS "groupId"
             FROM sessions s
             JOIN tools t ON t.id = s.tool_id
             LEFT JOIN classes c ON c.id = s.class_id
             WHERE s.id = ${id}::uuid`;
}

export const UsedRow = z.object({ messages: z.number(), seconds: z.number() });

/** What other chats about the same work have used of the limits of a chat that does not exist yet. */
export function selectUsedElsewhere({ id, submissionId, userId, classId, toolId }: NewSession): Sql {
  return sql`SELECT ${MESSAGES_ELSEWHERE} AS messages, ${SECONDS_BEFORE} AS seconds
             FROM (
               SELECT
                 ${id}::uuid AS id,
                 ${submissionId}::uuid AS submission_id,
                 ${userId}::uuid AS user_id,
                 ${classId}::uuid AS class_id,
                 ${toolId}::uuid AS tool_id,
                 now() AS created_at) s`;
}

export const MESSAGE = {
  id: true,
  sessionId: true,
  seq: true,
  role: true,
  content: true,
  state: true,
  model: true,
  inputTokens: true,
  outputTokens: true,
  tokensEstimated: true,
  latencyMs: true,
  errorCode: true,
  cutBy: true,
  continues: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.MessageSelect;

export const MessageRow = modelRow<Prisma.MessageGetPayload<{ select: typeof MESSAGE }>>(MESSAGE);
export const MESSAGE_COLUMNS = columnsOf(MESSAGE, 'm');
export const MESSAGE_SORTS = { seq: { expression: sql`m.seq`, type: 'integer' } } as const;

/** Ends an active session that does not wait for an answer. It returns its id if it did. */
export function completeSession(id: string): Sql {
  return sql`WITH ended AS (
               UPDATE sessions s
               SET state = 'completed', ended_at = now(), turn_deadline_at = NULL
               WHERE s.id = ${id}::uuid
                 AND s.state = 'active'
                 AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())
               RETURNING s.id, s.last_seq),
             dead AS (${failLastAnswer('ai.interrupted')})
             SELECT id
             FROM ended`;
}

/** Ends an active session and the answer in progress. It returns its id if it did. */
export function stopSession(id: string): Sql {
  return sql`WITH ended AS (
               UPDATE sessions s
               SET state = 'stopped', ended_at = now(), turn_deadline_at = NULL
               WHERE s.id = ${id}::uuid AND s.state = 'active'
               RETURNING s.id, s.last_seq),
             dead AS (${failLastAnswer('session.stopped')})
             SELECT id
             FROM ended`;
}

/** Fails the last answer of the sessions in the CTE `ended`, if it is in progress. */
export function failLastAnswer(code: string): Sql {
  return sql`UPDATE messages m
             SET state = 'failed', error_code = ${code}::text
             FROM ended e
             WHERE m.session_id = e.id AND m.seq = e.last_seq AND m.state = 'streaming'`;
}
