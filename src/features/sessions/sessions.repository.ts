import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListOrder, ListQuery, Page } from '../../shared/pages';
import {
  completeSession,
  HeaderRow,
  MESSAGE,
  MESSAGE_COLUMNS,
  MESSAGE_SORTS,
  MessageRow,
  SESSION_COLUMNS,
  SESSION_SORTS,
  SESSIONS_FROM,
  type SessionFilters,
  SessionRow,
  selectHeader,
  selectSession,
  selectUsedElsewhere,
  sessionConditions,
  stopSession,
  UsedRow,
} from './sessions.sql';
import type { Message, NewSession, SessionHeader, StoredSession } from './sessions.types';

export type { SessionFilters } from './sessions.sql';

export class SessionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns false if the submission already has an active session; nothing is written then */
  async insert({ groupId: _group, ...session }: NewSession): Promise<boolean> {
    const written = await this.db.prisma.session.createMany({ data: session, skipDuplicates: true });
    return written.count > 0;
  }

  async findActiveOf(submissionId: string): Promise<string | null> {
    const where = { submissionId, state: 'active' } as const;
    const found = await this.db.prisma.session.findFirst({ where, select: { id: true } });
    return found?.id ?? null;
  }

  /** What other chats about the same work have used of its limits. */
  async findUsedElsewhere(session: NewSession): Promise<z.output<typeof UsedRow>> {
    const row = await this.db.row(selectUsedElsewhere(session), UsedRow);
    return row ?? { messages: 0, seconds: 0 };
  }

  async findById(id: string): Promise<StoredSession | null> {
    return this.db.row(selectSession(id), SessionRow);
  }

  async findHeader(id: string): Promise<SessionHeader | null> {
    return this.db.row(selectHeader(id), HeaderRow);
  }

  /**
   * Lists the principal's own sessions; with a class, submission or user named, also other people's that
   * they may read.
   */
  async list(
    principal: Principal,
    { filters, sort, page }: ListQuery<SessionFilters>,
  ): Promise<Page<StoredSession>> {
    return this.lists.list({
      columns: SESSION_COLUMNS,
      from: SESSIONS_FROM,
      where: sessionConditions(principal, filters),
      sort: sortBy(SESSION_SORTS, sort),
      id: sql`s.id`,
      page,
      row: SessionRow,
    });
  }

  async listMessages(sessionId: string, { sort, page }: ListOrder): Promise<Page<Message>> {
    return this.lists.list({
      columns: MESSAGE_COLUMNS,
      from: sql`messages m`,
      where: [sql`m.session_id = ${sessionId}::uuid`],
      sort: sortBy(MESSAGE_SORTS, sort),
      id: sql`m.id`,
      page,
      row: MessageRow,
    });
  }

  async findMessage(sessionId: string, id: string): Promise<Message | null> {
    return this.db.prisma.message.findUnique({ where: { id, sessionId }, select: MESSAGE });
  }

  /** Ends an active session that does not wait for an answer. @returns whether it did */
  async complete(id: string): Promise<boolean> {
    return (await this.db.row(completeSession(id), IdRow)) !== null;
  }

  /** Ends an active session together with the answer in progress, which fails. @returns whether it did */
  async stop(id: string): Promise<boolean> {
    return (await this.db.row(stopSession(id), IdRow)) !== null;
  }
}
