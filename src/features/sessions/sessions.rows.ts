import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { SESSION_STATES } from './sessions.types';

/** Stands for the sessions `s` with everything that `SESSION_COLUMNS` names. */
export const SESSION_SOURCE = sql`sessions s JOIN users u ON u.id = s.user_id
  JOIN tools t ON t.id = s.tool_id JOIN tool_versions v ON v.tool_id = s.tool_id AND v.version = s.tool_version
  LEFT JOIN classes c ON c.id = s.class_id LEFT JOIN groups g ON g.id = c.group_id`;

export const SESSION_COLUMNS = sql`s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", u.name AS "userName", s.tool_id AS "toolId",
  s.tool_version AS "toolVersion", v.definition ->> 'name' AS "toolName", s.class_id AS "classId", g.path::text AS "groupPath", coalesce(c.group_id, t.group_id) AS "groupId",
  s.submission_id AS "submissionId", s.state, s.message_count AS "messageCount",
  (v.definition #>> '{constraints,max_messages}')::int AS "maxMessages",
  s.created_at + make_interval(secs => 60 * (v.definition #>> '{constraints,max_session_duration}')::double precision) AS "expiresAt",
  coalesce(s.turn_deadline_at > now(), FALSE) AS answering,
  s.last_activity_at AS "lastActivityAt", s.ended_at AS "endedAt", s.revision, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

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
  maxMessages: z.number().nullable(),
  expiresAt: z.date().nullable(),
  answering: z.boolean(),
  lastActivityAt: z.date(),
  endedAt: z.date().nullable(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});

export const MESSAGE_COLUMNS = sql`m.id, m.session_id AS "sessionId", m.seq, m.role, m.content, m.state, m.model, m.input_tokens AS "inputTokens",
  m.output_tokens AS "outputTokens", m.latency_ms AS "latencyMs", m.error_code AS "errorCode", m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

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
  latencyMs: z.number().nullable(),
  errorCode: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
