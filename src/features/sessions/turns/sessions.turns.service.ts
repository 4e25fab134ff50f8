import { createHash } from 'node:crypto';
import {
  assertChangeable,
  authorize,
  isArchivedClassOf,
  type Principal,
  subject,
} from '../../../authz/ability';
import type { Bus } from '../../../platform/bus/bus';
import { Cache } from '../../../platform/cache';
import type { Database } from '../../../platform/db/database';
import { isRetryableConflict, violatedConstraint } from '../../../platform/db/errors';
import { UnavailableError } from '../../../shared/errors';
import { keyReused } from '../../../shared/idempotency';
import { newId } from '../../../shared/ids';
import { type AiCharge, type AiGateway, type AiPrompt, systemMessage } from '../../ai';
import type { AuditService } from '../../audit';
import type { ToolDefinition, ToolsReader } from '../../tools';
import {
  MessageLimitError,
  NotAnsweringError,
  NothingToContinueError,
  SessionEndedError,
  SessionNotFoundError,
  SubmissionClosedError,
  TurnInProgressError,
} from '../sessions.errors';
import { constraintsInForce } from '../sessions.limits';
import type { SessionsRepository } from '../sessions.repository';
import type { SessionsService } from '../sessions.service';
import type { Message, SessionHeader, Turn } from '../sessions.types';
import { reasonNotToWrite } from '../sessions.work';
import { conversation, type HistoryMessage } from './sessions.history';
import { LiveTurn } from './sessions.live-turn';
import { liveHandle, StoredTurn, type TurnHandle } from './sessions.turn-handle';
import { ANSWER_STOPPED, type TurnRunner } from './sessions.turn-runner';
import type { BegunTurn, TurnsRepository, TurnToBegin } from './sessions.turns.repository';

/** Time after the model's own limit in which the answer may be stored while the database is unreachable. */
const DEADLINE_MARGIN_SECONDS = 30;
/** The unchanging parts of a session are cached while the session is in use. */
const HEADER_CACHE = { name: 'sessions', ttlMs: 10 * 60_000, maxEntries: 20_000 };

export interface TurnsDeps {
  db: Database;
  audit: AuditService;
  repository: TurnsRepository;
  headers: SessionsRepository;
  sessions: SessionsService;
  runner: TurnRunner;
  tools: ToolsReader;
  gateway: AiGateway;
  bus: Bus;
  /** The longest time for a model, in milliseconds. */
  aiTimeoutMs: number;
}

/**
 * The message to the model that requests the rest of an answer; it is stored in the chat like any other
 * message.
 */
const CONTINUE = 'Continue your last answer exactly where it stopped. Do not repeat any of it.';

export interface SayInput {
  /** Null to request the rest of the previous answer. */
  content: string | null;
  idempotencyKey: string | null;
}

/** Runs the chat turns: a student sends a message, a model answers. */
export class TurnsService {
  private readonly headers: Cache<SessionHeader | null>;
  private isDraining = false;

  constructor(private readonly deps: TurnsDeps) {
    this.headers = new Cache(deps.bus, HEADER_CACHE);
  }

  /**
   * Stores the message and starts its answer. The answer is made whether or not anybody waits for it; the
   * same key begins one turn, whatever happens.
   * @throws SessionNotFoundError, ForbiddenError, SessionEndedError, MessageLimitError,
   * TurnInProgressError, SubmissionClosedError, NothingToContinueError, AiSwitchedOffError,
   * NoModelAllowedError, UnprocessableError if the key was used with another message
   */
  async say(principal: Principal, sessionId: string, input: SayInput): Promise<TurnHandle> {
    if (this.isDraining) throw new UnavailableError('server');
    const header = await this.authorizeWrite(principal, sessionId);
    const content = input.content ?? CONTINUE;
    const { definition } = await this.deps.tools.getVersion(header.toolId, header.toolVersion);
    const ask = await this.deps.gateway.prepare({
      charge: chargeOf(header),
      model: definition.model ?? null,
    });
    const request: TurnToBegin = {
      sessionId,
      userId: header.userId,
      userMessageId: newId(),
      assistantMessageId: newId(),
      content,
      continues: input.content === null,
      idempotencyKey: input.idempotencyKey,
      requestHash: input.idempotencyKey === null ? null : digest(content),
      ...constraintsInForce(definition.constraints, ask.limits),
      call: ask.firstCall,
      deadlineSeconds: this.deps.aiTimeoutMs / 1000 + DEADLINE_MARGIN_SECONDS,
    };
    const begun = await this.begin(request);
    if (begun === null) return this.earlierTurn(request);
    const turn = new LiveTurn(turnOf(request, begun), {
      userId: header.userId,
      sessionId,
      classId: header.classId,
    });
    this.deps.runner.start(turn, begun.lastSeq, ask, promptOf(definition, begun.history, content));
    return liveHandle(turn, true);
  }

  /**
   * Returns the turn whose answer this message is, or null. The caller must be allowed to read the session.
   */
  async find(sessionId: string, assistantMessageId: string): Promise<TurnHandle | null> {
    const live = this.deps.runner.find(assistantMessageId);
    if (live !== undefined && live.owner.sessionId === sessionId) return liveHandle(live, false);
    const turn = await this.deps.repository.findByAnswer(sessionId, assistantMessageId);
    return turn === null ? null : new StoredTurn(turn, this.deps.repository);
  }

  /**
   * Stops the answer in progress for its owner: it ends with the text so far, in whichever process, and
   * counts as a message. Repeating it changes nothing. @throws SessionNotFoundError, ForbiddenError,
   * NotAnsweringError
   */
  async stopAnswer(principal: Principal, sessionId: string): Promise<TurnHandle> {
    const header = await this.authorizeWrite(principal, sessionId);
    const { db, repository, audit, bus } = this.deps;
    const answerId = await db.transaction(async () => {
      const stopped = await repository.stopAnswer(sessionId);
      if (stopped === null) return repository.findStopped(sessionId);
      await audit.record(
        { type: 'session', id: sessionId, tenantId: header.tenantId, aboutUserId: header.userId },
        'session.answer_stopped',
        { messageId: stopped },
      );
      await bus.publish(ANSWER_STOPPED, stopped);
      return stopped;
    });
    const turn = answerId === null ? null : await this.find(sessionId, answerId);
    if (turn === null) throw new NotAnsweringError();
    return turn;
  }

  /** Begins no new turns, and lets the running ones end. */
  async drain(graceMs: number): Promise<void> {
    this.isDraining = true;
    await this.deps.runner.drain(graceMs);
  }

  private async authorizeWrite(principal: Principal, sessionId: string): Promise<SessionHeader> {
    const header = await this.headers.get(sessionId, () => this.deps.headers.findHeader(sessionId));
    if (header === null) throw new SessionNotFoundError();
    // For another person's session, check first whether it exists for the caller at all.
    const isOwn = header.userId === principal.userId;
    const session = isOwn
      ? { ...header, groupPath: null }
      : await this.deps.sessions.getVisible(principal, sessionId);
    assertChangeable('session.write', isArchivedClassOf(principal, header.classId));
    authorize(principal, 'session.write', subject('Session', session));
    return header;
  }

  private async begin(request: TurnToBegin): Promise<BegunTurn | null> {
    const begun = await this.tryBegin(request);
    if (begun === null) return null;
    const { history, lastSeq } = begun;
    // The statement that waited for the session's lock may have read the messages from before the wait.
    const newest = history.reduce((most, message) => Math.max(most, message.seq), 0);
    const isStale = newest !== lastSeq - 2 || history.some((message) => message.state === 'streaming');
    return isStale
      ? { ...begun, history: await this.deps.repository.findHistory(request.sessionId, lastSeq - 1) }
      : begun;
  }

  private async tryBegin(request: TurnToBegin): Promise<BegunTurn | null> {
    try {
      return await this.deps.repository.begin(request);
    } catch (error) {
      // Another request with the same key was slightly faster.
      if (violatedConstraint(error) === 'messages_idempotency_key') return null;
      if (isRetryableConflict(error)) return this.deps.repository.begin(request);
      throw error;
    }
  }

  /** Returns the turn that this key has already begun. @throws what prevents a new one */
  private async earlierTurn(request: TurnToBegin): Promise<TurnHandle> {
    const { sessionId, idempotencyKey: key } = request;
    const earlier = key === null ? null : await this.deps.repository.findByKey(sessionId, key);
    if (earlier === null) return this.refuse(request);
    if (earlier.requestHash !== request.requestHash) throw keyReused();
    const live = this.deps.runner.find(earlier.assistantMessage.id);
    return live === undefined ? new StoredTurn(earlier, this.deps.repository) : liveHandle(live, false);
  }

  private async refuse(request: TurnToBegin): Promise<never> {
    const { sessionId, maxMessages, maxMinutes, continues } = request;
    const found = await this.deps.repository.findObstacles(sessionId, maxMinutes);
    if (found === null) throw new SessionNotFoundError();
    const reason = reasonNotToWrite({ ...found, maxMessages, continues });
    if (reason === 'session.ended') throw new SessionEndedError(found.state);
    if (reason === 'session.expired') {
      await this.deps.repository.expireSession(sessionId);
      throw new SessionEndedError('expired');
    }
    if (reason === 'submission.not_in_progress') throw new SubmissionClosedError();
    if (reason === 'session.nothing_to_continue') throw new NothingToContinueError();
    if (reason === 'session.message_limit') throw new MessageLimitError(maxMessages ?? 0);
    // An answer is in progress, or the obstacle has just disappeared: the client may try again.
    throw new TurnInProgressError();
  }
}

const digest = (content: string): string => createHash('sha256').update(content).digest('hex');

function chargeOf({ tenantId, userId, groupId, classId, toolId, id }: SessionHeader): AiCharge {
  return { tenantId, userId, groupId, classId, toolId, sessionId: id, runId: null, purpose: 'chat' };
}

function promptOf(definition: ToolDefinition, history: readonly HistoryMessage[], content: string): AiPrompt {
  const { behavior, constraints } = definition;
  const limits = { topics: constraints?.topics, noDirectAnswers: constraints?.no_direct_answers };
  return {
    system: systemMessage({ behavior, constraints: limits }),
    messages: conversation(history, content),
  };
}

/** The two messages as they were just written. */
function turnOf(request: TurnToBegin, begun: BegunTurn): Turn {
  const { sessionId, content } = request;
  const common = {
    sessionId,
    model: null,
    inputTokens: null,
    outputTokens: null,
    tokensEstimated: false,
    latencyMs: null,
    errorCode: null,
    cutBy: null,
    continues: request.continues,
    createdAt: begun.at,
    updatedAt: begun.at,
  };
  const userMessage: Message = {
    ...common,
    id: request.userMessageId,
    seq: begun.lastSeq - 1,
    role: 'user',
    content,
    state: 'complete',
  };
  const assistantMessage: Message = {
    ...common,
    id: request.assistantMessageId,
    seq: begun.lastSeq,
    role: 'assistant',
    content: '',
    state: 'streaming',
  };
  return { userMessage, assistantMessage };
}
