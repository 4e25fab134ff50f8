import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { CUTS, SESSION_STATES } from './sessions.types';

/** Chats with a tool of a class, outside of any attempt, share the tool's limits for this long. */
const SHARED_HOURS = 24;

/**
 * The other chats `x` on the same work as the chat `s`: on the same attempt; in a class but on no attempt, the day's
 * chats with the same tool; none for someone who tries out a tool. Limits belong to the work, not to a chat.
 */
const ON_THE_SAME_WORK = sql`x.id <> s.id AND (x.submission_id = s.submission_id
  OR (s.submission_id IS NULL AND x.submission_id IS NULL AND x.user_id = s.user_id AND x.class_id = s.class_id
    AND x.tool_id = s.tool_id AND x.created_at > now() - make_interval(hours => ${SHARED_HOURS}::int)))`;

/** Messages that count in the other chats on the same work as the chat `s`. */
export const MESSAGES_ELSEWHERE = sql`(SELECT coalesce(sum(x.message_count), 0)::int
  FROM sessions x WHERE ${ON_THE_SAME_WORK})`;

/** Seconds of earlier chats on the same work as the chat `s`, each from its beginning to its last message. */
export const SECONDS_BEFORE = sql`(SELECT coalesce(sum(extract(epoch FROM x.last_activity_at - x.created_at)), 0)::int
  FROM sessions x WHERE ${ON_THE_SAME_WORK} AND x.created_at < s.created_at)`;

/**
 * Whether the session `s` belongs to no submission, or to one on which its owner may work at this moment. A scalar
 * subquery and no EXISTS: that one the planner may turn into a hash of every open submission there is.
 */
export const WORK_IS_OPEN = sql`(s.submission_id IS NULL OR coalesce((
  SELECT w.state = 'in_progress' AND a.deleted_at IS NULL AND t.is_open
  FROM submissions w JOIN assignments a ON a.id = w.assignment_id CROSS JOIN LATERAL assignment_terms(w.assignment_id, w.user_id, now()) t
  WHERE w.id = s.submission_id), FALSE))`;

/** Whether the last answer of the session `s` was cut. */
export const LAST_IS_CUT = sql`EXISTS (SELECT FROM messages l
  WHERE l.session_id = s.id AND l.seq = s.last_seq AND l.cut_by IS NOT NULL)`;

/** Stands for the sessions `s` with everything that `SESSION_COLUMNS` names. */
export const SESSION_SOURCE = sql`sessions s JOIN users u ON u.id = s.user_id
  JOIN tools t ON t.id = s.tool_id JOIN tool_versions v ON v.tool_id = s.tool_id AND v.version = s.tool_version
  LEFT JOIN classes c ON c.id = s.class_id LEFT JOIN groups g ON g.id = c.group_id`;

export const SESSION_COLUMNS = sql`s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", u.name AS "userName", s.tool_id AS "toolId",
  s.tool_version AS "toolVersion", v.definition ->> 'name' AS "toolName", s.class_id AS "classId", g.path::text AS "groupPath", coalesce(c.group_id, t.group_id) AS "groupId",
  s.submission_id AS "submissionId", s.state, s.message_count AS "messageCount",
  ${MESSAGES_ELSEWHERE} AS "messagesElsewhere", ${SECONDS_BEFORE} AS "secondsBefore",
  (v.definition #>> '{constraints,max_messages}')::int AS "maxMessages",
  (v.definition #>> '{constraints,max_session_duration}')::double precision AS "maxMinutes",
  coalesce(s.turn_deadline_at > now(), FALSE) AS answering, (s.state = 'active' AND ${WORK_IS_OPEN}) AS "workIsOpen",
  ${LAST_IS_CUT} AS "isCut", s.last_activity_at AS "lastActivityAt", s.ended_at AS "endedAt", s.revision, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

export const SessionRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  userName: z.string(),
  toolId: z.string(),
  toolVersion: z.number(),
  toolName: z.string(),
  classId: z.string().nullable(),
  groupPath: z.string().nullable(),
  groupId: z.string(),
  submissionId: z.string().nullable(),
  state: z.enum(SESSION_STATES),
  messageCount: z.number(),
  messagesElsewhere: z.number(),
  secondsBefore: z.number(),
  maxMessages: z.number().nullable(),
  maxMinutes: z.number().nullable(),
  answering: z.boolean(),
  workIsOpen: z.boolean(),
  isCut: z.boolean(),
  lastActivityAt: z.date(),
  endedAt: z.date().nullable(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

export const MESSAGE_COLUMNS = sql`m.id, m.session_id AS "sessionId", m.seq, m.role, m.content, m.state, m.model, m.input_tokens AS "inputTokens",
  m.output_tokens AS "outputTokens", m.tokens_estimated AS "tokensEstimated", m.latency_ms AS "latencyMs", m.error_code AS "errorCode", m.cut_by AS "cutBy", m.continues, m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

export const MessageRow = z.object({
  id: z.string(),
  sessionId: z.string(),
  seq: z.number(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  state: z.enum(['complete', 'streaming', 'failed']),
  model: z.string().nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  tokensEstimated: z.boolean(),
  latencyMs: z.number().nullable(),
  errorCode: z.string().nullable(),
  cutBy: z.enum(CUTS).nullable(),
  continues: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
