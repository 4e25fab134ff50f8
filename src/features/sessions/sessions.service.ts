import { authorizeVisible, can, isArchivedClassOf, type Principal, subject } from '../../authz/ability';
import type { Bus } from '../../platform/bus/bus';
import type { Database } from '../../platform/db/database';
import { newId } from '../../shared/ids';
import type { ListOrder, ListQuery, Page } from '../../shared/pages';
import type { AiLimitsReader } from '../ai';
import { type AuditService, auditSubject } from '../audit';
import type { SubmissionsReader } from '../submissions';
import type { ToolsReader } from '../tools';
import {
  MessageLimitError,
  MessageNotFoundError,
  SessionAlreadyActiveError,
  SessionEndedError,
  SessionNotFoundError,
  ToolNotChatError,
  TurnInProgressError,
  WorkTimeOverError,
} from './sessions.errors';
import { constraintsInForce, narrowed } from './sessions.limits';
import type { SessionFilters, SessionsRepository } from './sessions.repository';
import type { Message, NewSession, Session, StoredSession } from './sessions.types';
import { SESSION_STOPPED } from './turns/sessions.turn-runner';

export interface SessionsDeps {
  db: Database;
  bus: Bus;
  repository: SessionsRepository;
  audit: AuditService;
  tools: ToolsReader;
  submissions: SubmissionsReader;
  limits: AiLimitsReader;
}

/** What a chat is about. */
export type NewChat = { toolId: string } | { submissionId: string };

/** Creates, reads and ends chats. The turns service handles their messages. */
export class SessionsService {
  constructor(private readonly deps: SessionsDeps) {}

  /**
   * Creates a chat about a submission, or with a tool outside of any class.
   * @throws the errors of the readers of submissions and tools, ToolNotChatError, AiSwitchedOffError,
   * SessionAlreadyActiveError, MessageLimitError, WorkTimeOverError
   */
  async createSession(principal: Principal, input: NewChat): Promise<Session> {
    const session = await ('submissionId' in input
      ? this.onSubmission(principal, input.submissionId)
      : this.withTool(principal, input.toolId));
    await this.requireSomethingLeft(session);
    const { id, toolId, toolVersion, classId, submissionId } = session;
    const isCreated = await this.deps.db.transaction(async () => {
      if (!(await this.deps.repository.insert(session))) return false;
      await this.deps.audit.record(auditSubject('session', session, session.userId), 'session.created', {
        toolId,
        toolVersion,
        classId,
        submissionId,
      });
      return true;
    });
    if (isCreated) return this.load(id);
    const active = submissionId === null ? null : await this.deps.repository.findActiveOf(submissionId);
    throw new SessionAlreadyActiveError(active);
  }

  /**
   * Lists the principal's own sessions; with a class, a submission or a user named, also other people's
   * that they may read.
   */
  async listSessions(principal: Principal, query: ListQuery<SessionFilters>): Promise<Page<Session>> {
    const found = await this.deps.repository.list(principal, query);
    return { ...found, items: await Promise.all(found.items.map((session) => this.limited(session))) };
  }

  /** Returns the session if this person may read it, without an audit event. @throws SessionNotFoundError */
  async getVisible(principal: Principal, id: string): Promise<Session> {
    const session = await this.load(id);
    if (!can(principal, 'session.read', subject('Session', session))) throw new SessionNotFoundError();
    return session;
  }

  /**
   * Returns the session for reading, with an audit event if it is another person's. @throws
   * SessionNotFoundError
   */
  async readSession(
    principal: Principal,
    id: string,
    part: 'session' | 'messages' = 'session',
  ): Promise<Session> {
    const session = await this.getVisible(principal, id);
    if (session.userId !== principal.userId)
      await this.deps.audit.record(auditSubject('session', session, session.userId), 'session.read', {
        part,
      });
    return session;
  }

  /** @throws SessionNotFoundError */
  async listMessages(principal: Principal, id: string, order: ListOrder): Promise<Page<Message>> {
    await this.readSession(principal, id, 'messages');
    return this.deps.repository.listMessages(id, order);
  }

  /** @throws SessionNotFoundError, MessageNotFoundError */
  async getMessage(principal: Principal, id: string, messageId: string): Promise<Message> {
    await this.readSession(principal, id, 'messages');
    const message = await this.deps.repository.findMessage(id, messageId);
    if (message === null) throw new MessageNotFoundError();
    return message;
  }

  /**
   * Completes the session for its owner. Repeating it changes nothing. @throws TurnInProgressError,
   * SessionEndedError
   */
  async completeSession(principal: Principal, id: string): Promise<Session> {
    const session = await this.load(id);
    authorizeVisible(
      principal,
      'session.read',
      'session.write',
      subject('Session', session),
      () => new SessionNotFoundError(),
      isArchivedClassOf(principal, session.classId),
    );
    return this.deps.db.transaction(async () => {
      if (await this.deps.repository.complete(id)) {
        await this.deps.audit.record(auditSubject('session', session, session.userId), 'session.completed');
        return this.load(id);
      }
      const now = await this.load(id);
      if (now.state === 'active') throw new TurnInProgressError();
      if (now.state !== 'completed') throw new SessionEndedError(now.state);
      return now;
    });
  }

  /**
   * Ends a student's chat for a teacher; an answer in progress is aborted, in every process. @throws
   * SessionEndedError
   */
  async stopSession(principal: Principal, id: string): Promise<Session> {
    const session = await this.load(id);
    authorizeVisible(
      principal,
      'session.read',
      'session.stop',
      subject('Session', session),
      () => new SessionNotFoundError(),
      isArchivedClassOf(principal, session.classId),
    );
    return this.deps.db.transaction(async () => {
      if (await this.deps.repository.stop(id)) {
        await this.deps.audit.record(auditSubject('session', session, session.userId), 'session.stopped');
        await this.deps.bus.publish(SESSION_STOPPED, id);
        return this.load(id);
      }
      const now = await this.load(id);
      if (now.state !== 'stopped') throw new SessionEndedError(now.state);
      return now;
    });
  }

  private async onSubmission(principal: Principal, submissionId: string): Promise<NewSession> {
    const work = await this.deps.submissions.getForWork(principal, submissionId);
    if (work.toolType !== 'chat') throw new ToolNotChatError();
    const { tenantId, groupId, toolId, toolVersion, classId } = work;
    const { userId } = principal;
    return { id: newId(), tenantId, userId, toolId, toolVersion, classId, groupId, submissionId };
  }

  private async withTool(principal: Principal, toolId: string): Promise<NewSession> {
    const tool = await this.deps.tools.getUsable(principal, toolId);
    if (tool.type !== 'chat') throw new ToolNotChatError();
    // A public tool belongs to another tenant; the work done with it belongs to the person's own.
    const tenantId = principal.tenantId ?? tool.tenantId;
    const { classId, groupId, version: toolVersion } = tool;
    const { userId } = principal;
    return { id: newId(), tenantId, userId, toolId, toolVersion, classId, groupId, submissionId: null };
  }

  /** Limits belong to the work, so a chat without a message left does not begin. */
  private async requireSomethingLeft(session: NewSession): Promise<void> {
    const limits = await this.deps.limits.forWork(session);
    const { definition } = await this.deps.tools.getVersion(session.toolId, session.toolVersion);
    const { maxMessages, maxMinutes } = constraintsInForce(definition.constraints, limits);
    if (maxMessages === null && maxMinutes === null) return;
    const used = await this.deps.repository.findUsedElsewhere(session);
    if (maxMessages !== null && used.messages >= maxMessages) throw new MessageLimitError(maxMessages);
    if (maxMinutes !== null && used.seconds >= 60 * maxMinutes) throw new WorkTimeOverError(maxMinutes);
  }

  private async load(id: string): Promise<Session> {
    const session = await this.deps.repository.findById(id);
    if (session === null) throw new SessionNotFoundError();
    return this.limited(session);
  }

  /** Adds the groups' limits, if they are narrower than the tool's. */
  private async limited(session: StoredSession): Promise<Session> {
    const limits = await this.deps.limits.inForce(session);
    const { secondsBefore: _seconds, maxMinutes: _minutes, ...rest } = session;
    return { ...rest, ...narrowed(session, limits), aiIsOn: limits.enabled !== false };
  }
}
