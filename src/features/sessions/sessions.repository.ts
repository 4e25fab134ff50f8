import { z } from 'zod';
import { type Access, classIdsReadAs } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import {
  MESSAGE_COLUMNS,
  MESSAGES_ELSEWHERE,
  MessageRow,
  SECONDS_BEFORE,
  SESSION_COLUMNS,
  SESSION_SOURCE,
  SessionRow,
} from './sessions.rows';
import type { Message, NewSession, SessionHeader, SessionState, StoredSession } from './sessions.types';

const HeaderRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  toolId: z.string(),
  toolVersion: z.number(),
  classId: z.string().nullable(),
  submissionId: z.string().nullable(),
  groupId: z.string(),
});
const IdRow = z.object({ id: z.string() });
const UsedRow = z.object({ messages: z.number(), seconds: z.number() });

export const SESSION_SORTS = {
  createdAt: { expression: sql`s.created_at`, type: 'timestamptz' },
  lastActivityAt: { expression: sql`s.last_activity_at`, type: 'timestamptz' },
} as const;
export const MESSAGE_SORTS = { seq: { expression: sql`m.seq`, type: 'integer' } } as const;

type Sort<S> = { column: S[keyof S]; descending: boolean; name: string };

export interface SessionFilters {
  toolId?: string | undefined;
  submissionId?: string | undefined;
  classId?: string | undefined;
  userId?: string | undefined;
  state?: SessionState | undefined;
}

/** Whether an answer that nobody makes any more hangs on the session `s`. */
const TURN_FREE = sql`(s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())`;

export class SessionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns false if the submission has an active session already: nothing is written then. */
  async insert(session: NewSession): Promise<boolean> {
    const written = await this.db.execute(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id)
          VALUES (${session.id}::uuid, ${session.tenantId}::uuid, ${session.userId}::uuid, ${session.toolId}::uuid, ${session.toolVersion}::int,
                  ${session.classId}::uuid, ${session.submissionId}::uuid)
          ON CONFLICT (submission_id) WHERE state = 'active' DO NOTHING`,
    );
    return written > 0;
  }

  async findActiveOf(submissionId: string): Promise<string | null> {
    const row = await this.db.row(
      sql`SELECT id FROM sessions WHERE submission_id = ${submissionId}::uuid AND state = 'active'`,
      IdRow,
    );
    return row?.id ?? null;
  }

  /** What other chats on the same work have used up of its limits. */
  async findUsedElsewhere(session: NewSession): Promise<{ messages: number; seconds: number }> {
    const row = await this.db.row(
      sql`SELECT ${MESSAGES_ELSEWHERE} AS messages, ${SECONDS_BEFORE} AS seconds
          FROM (SELECT ${session.id}::uuid AS id, ${session.submissionId}::uuid AS submission_id,
                  ${session.userId}::uuid AS user_id, ${session.classId}::uuid AS class_id,
                  ${session.toolId}::uuid AS tool_id, now() AS created_at) s`,
      UsedRow,
    );
    return row ?? { messages: 0, seconds: 0 };
  }

  async findById(id: string): Promise<StoredSession | null> {
    return this.db.row(
      sql`SELECT ${SESSION_COLUMNS} FROM ${SESSION_SOURCE} WHERE s.id = ${id}::uuid`,
      SessionRow,
    );
  }

  async findHeader(id: string): Promise<SessionHeader | null> {
    return this.db.row(
      sql`SELECT s.id, s.tenant_id AS "tenantId", s.user_id AS "userId", s.tool_id AS "toolId", s.tool_version AS "toolVersion",
            s.class_id AS "classId", s.submission_id AS "submissionId", coalesce(c.group_id, t.group_id) AS "groupId"
          FROM sessions s JOIN tools t ON t.id = s.tool_id LEFT JOIN classes c ON c.id = s.class_id WHERE s.id = ${id}::uuid`,
      HeaderRow,
    );
  }

  /** One's own sessions; with a class, submission or user named, also those of others that one may read. */
  async list(
    access: Access,
    filters: SessionFilters,
    sort: Sort<typeof SESSION_SORTS>,
    page: PageRequest,
  ): Promise<Page<StoredSession>> {
    const own = sql`s.user_id = ${access.userId}::uuid`;
    const named =
      filters.classId !== undefined || filters.submissionId !== undefined || filters.userId !== undefined;
    const where = [named ? sql`(${own} OR ${readableOfOthers(access)})` : own];
    const { toolId, submissionId, classId, userId, state } = filters;
    if (toolId !== undefined) where.push(sql`s.tool_id = ${toolId}::uuid`);
    if (submissionId !== undefined) where.push(sql`s.submission_id = ${submissionId}::uuid`);
    if (classId !== undefined) where.push(sql`s.class_id = ${classId}::uuid`);
    if (userId !== undefined) where.push(sql`s.user_id = ${userId}::uuid`);
    if (state !== undefined) where.push(sql`s.state = ${state}`);
    return this.lists.list({
      columns: SESSION_COLUMNS,
      from: SESSION_SOURCE,
      where,
      sort,
      id: sql`s.id`,
      page,
      row: SessionRow,
    });
  }

  async listMessages(
    sessionId: string,
    sort: Sort<typeof MESSAGE_SORTS>,
    page: PageRequest,
  ): Promise<Page<Message>> {
    const where = [sql`m.session_id = ${sessionId}::uuid`];
    return this.lists.list({
      columns: MESSAGE_COLUMNS,
      from: sql`messages m`,
      where,
      sort,
      id: sql`m.id`,
      page,
      row: MessageRow,
    });
  }

  async findMessage(sessionId: string, messageId: string): Promise<Message | null> {
    return this.db.row(
      sql`SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.id = ${messageId}::uuid AND m.session_id = ${sessionId}::uuid`,
      MessageRow,
    );
  }

  /** Ends an active session that is not waiting for an answer. @returns whether it did. */
  async complete(id: string): Promise<boolean> {
    const row = await this.db.row(
      sql`WITH ended AS (
            UPDATE sessions s SET state = 'completed', ended_at = now(), turn_deadline_at = NULL
            WHERE s.id = ${id}::uuid AND s.state = 'active' AND ${TURN_FREE} RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT id FROM ended`,
      IdRow,
    );
    return row !== null;
  }

  /** Ends an active session, the answer being made included: from here on that one is failed. @returns whether it did. */
  async stop(id: string): Promise<boolean> {
    const row = await this.db.row(
      sql`WITH ended AS (
            UPDATE sessions s SET state = 'stopped', ended_at = now(), turn_deadline_at = NULL
            WHERE s.id = ${id}::uuid AND s.state = 'active' RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('session.stopped')})
          SELECT id FROM ended`,
      IdRow,
    );
    return row !== null;
  }
}

/** The answer that hangs on the sessions of the CTE `ended`, if it was still being made, fails. */
export function failLastAnswer(code: string): Sql {
  return sql`UPDATE messages m SET state = 'failed', error_code = ${code}::text FROM ended e
    WHERE m.session_id = e.id AND m.seq = e.last_seq AND m.state = 'streaming'`;
}

function readableOfOthers(access: Access): Sql {
  const classIds = classIdsReadAs(access, 'teacher', 'assistant');
  return sql`(s.class_id = ANY(${classIds}::uuid[]) OR ${isWithin(sql`g.path`, access.adminPaths)})`;
}
