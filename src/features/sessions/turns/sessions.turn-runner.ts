import { setTimeout as sleep } from 'node:timers/promises';
import { can, subject } from '../../../authz/ability';
import type { Bus } from '../../../platform/bus/bus';
import { isDatabaseUnavailable, isRetryableConflict } from '../../../platform/db/errors';
import type { Logger } from '../../../platform/logging/logger';
import type { AccessService } from '../../access';
import { type AiAnswer, AiError, type AiPrompt, type PreparedAsk } from '../../ai';
import type { BreakOff, Message } from '../sessions.types';
import type { LiveTurn } from './sessions.live-turn';
import { PartialAnswerWriter } from './sessions.partial-answer-writer';
import type { TurnEnd, TurnsRepository } from './sessions.turns.repository';

/** Sent to every process when a session was stopped; the message is its id. */
export const SESSION_STOPPED = 'session.stopped';
/** Sent to every process when a student stopped an answer; the message is the answer's id. */
export const ANSWER_STOPPED = 'session.answer_stopped';
/**
 * How long an answer waits for an unreachable database, in growing steps; after that its turn's deadline
 * ends it.
 */
const STORE_DELAYS_MS = [100, 300, 1_000, 2_000, 4_000, 8_000];
/** How long to wait before asking again, if the database cannot say now who may continue. */
const RECHECK_MS = 1_000;
/** Time to store aborted answers at the end of a shutdown. */
const STORE_GRACE_MS = 3_000;

export interface TurnRunnerDeps {
  repository: TurnsRepository;
  access: AccessService;
  bus: Bus;
  logger: Logger;
}

/** The turns that this process runs, from the model's first word to the stored answer. */
export class TurnRunner {
  private readonly live = new Map<string, LiveTurn>();
  private rechecking: NodeJS.Timeout | null = null;

  constructor(private readonly deps: TurnRunnerDeps) {
    deps.bus.subscribe(SESSION_STOPPED, (id) =>
      this.breakOff('session.stopped', ({ owner }) => owner.sessionId === id),
    );
    deps.bus.subscribe(ANSWER_STOPPED, (id) =>
      this.breakOff('answer.stopped', ({ begun }) => begun.assistantMessage.id === id),
    );
    deps.access.onChange(() => this.scheduleRecheck(0));
  }

  /** Starts the model's answer and returns; the turn informs its followers. */
  start(turn: LiveTurn, lastSeq: number, ask: PreparedAsk, prompt: AiPrompt): void {
    const { id } = turn.begun.assistantMessage;
    this.live.set(id, turn);
    void this.carryOut(turn, lastSeq, ask, prompt).finally(() => this.live.delete(id));
  }

  find(assistantMessageId: string): LiveTurn | undefined {
    return this.live.get(assistantMessageId);
  }

  /** Aborts the turns for which `matches` returns true: each ends as failed, with the text so far. */
  breakOff(reason: BreakOff, matches: (turn: LiveTurn) => boolean): void {
    for (const turn of this.live.values()) if (matches(turn)) turn.abort(reason);
  }

  /** Gives the running turns this much time, then aborts them and waits until they are stored. */
  async drain(graceMs: number): Promise<void> {
    await this.untilIdle(graceMs);
    this.breakOff('ai.interrupted', () => true);
    await this.untilIdle(STORE_GRACE_MS);
  }

  private async untilIdle(timeoutMs: number): Promise<void> {
    const running = [...this.live.values()].map((turn) => turn.result());
    if (running.length === 0) return;
    const timer = new AbortController();
    await Promise.race([
      Promise.all(running),
      sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => {}),
    ]);
    timer.abort();
  }

  private async carryOut(turn: LiveTurn, lastSeq: number, ask: PreparedAsk, prompt: AiPrompt): Promise<void> {
    const saver = new PartialAnswerWriter(() => this.savePartial(turn));
    const onText = (text: string): void => {
      turn.append(text);
      saver.touch();
    };
    const onWithdraw = (): void => {
      turn.withdraw();
      saver.touch();
    };
    let answer: AiAnswer | null = null;
    let failure: unknown = null;
    try {
      answer = await ask.run(prompt, { signal: turn.signal, onText, onWithdraw, settle: 'caller' });
    } catch (error) {
      failure = error;
    }
    await saver.close();
    const end = answer === null ? this.failed(turn, failure) : completed(answer);
    const stored = await this.store(turn, lastSeq, end, answer);
    const { assistantMessage } = turn.begun;
    turn.finish({ ...turn.begun, assistantMessage: stored ?? { ...assistantMessage, ...end } });
  }

  private failed(turn: LiveTurn, failure: unknown): TurnEnd {
    const isKnown = failure instanceof AiError;
    if (!isKnown) this.deps.logger.error('an answer failed', { error: failure, ...turn.owner });
    else turn.retryAfterSeconds = failure.retryAfterSeconds;
    const isWanted = turn.breakOff === 'answer.stopped';
    const code = turn.breakOff ?? (isKnown ? failure.code : 'ai.unavailable');
    return {
      content: turn.text,
      state: isWanted ? 'complete' : 'failed',
      errorCode: isWanted ? null : code,
      cutBy: isWanted ? 'stopped' : null,
      model: isKnown ? failure.model : null,
      inputTokens: null,
      outputTokens: null,
      tokensEstimated: false,
      latencyMs: null,
    };
  }

  private async store(
    turn: LiveTurn,
    lastSeq: number,
    end: TurnEnd,
    answer: AiAnswer | null,
  ): Promise<Message | null> {
    const { id, sessionId } = turn.begun.assistantMessage;
    const { repository } = this.deps;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const where = { sessionId, assistantMessageId: id, lastSeq };
        const stored = await repository.end(where, end, answer);
        return stored ?? (await repository.findByAnswer(sessionId, id))?.assistantMessage ?? null;
      } catch (error) {
        const delay = STORE_DELAYS_MS[attempt];
        if (delay === undefined || !(isDatabaseUnavailable(error) || isRetryableConflict(error))) {
          this.deps.logger.error('an answer could not be stored', { error, sessionId, messageId: id });
          return null;
        }
        await sleep(delay);
      }
    }
  }

  /** This is also how a process learns that its turn was ended elsewhere, if the notice was lost. */
  private async savePartial(turn: LiveTurn): Promise<void> {
    try {
      const isOurs = await this.deps.repository.savePartial(turn.begun.assistantMessage.id, turn.text);
      if (!isOurs) turn.abort('session.stopped');
    } catch (error) {
      this.deps.logger.warn('a part of an answer could not be stored', {
        error,
        sessionId: turn.owner.sessionId,
      });
    }
  }

  private scheduleRecheck(delayMs: number): void {
    if (this.rechecking !== null || this.live.size === 0) return;
    this.rechecking = setTimeout(() => {
      this.rechecking = null;
      void this.recheck();
    }, delayMs);
    this.rechecking.unref();
  }

  /**
   * Aborts the turns of users who may no longer have them. Signing out is no reason: the answer is kept for
   * later.
   */
  private async recheck(): Promise<void> {
    for (const turn of this.live.values()) {
      try {
        if (!(await this.mayGoOn(turn))) turn.abort('access.revoked');
      } catch (error) {
        this.deps.logger.warn('could not check whether a turn may continue', { error });
        this.scheduleRecheck(RECHECK_MS);
        return;
      }
    }
  }

  private async mayGoOn({ owner }: LiveTurn): Promise<boolean> {
    const { userId, sessionId, classId } = owner;
    const principal = await this.deps.access.findPrincipal(userId, {
      sessionId: null,
      kind: 'system',
      scopes: null,
    });
    return (
      principal !== null &&
      can(principal, 'session.write', subject('Session', { id: sessionId, userId, classId, groupPath: null }))
    );
  }
}

function completed(answer: AiAnswer): TurnEnd {
  const {
    text: content,
    finish,
    model,
    inputTokens,
    outputTokens,
    isEstimated: tokensEstimated,
    latencyMs,
  } = answer;
  const cutBy = finish === 'length' ? 'length' : null;
  return {
    content,
    state: 'complete',
    errorCode: null,
    cutBy,
    model,
    inputTokens,
    outputTokens,
    tokensEstimated,
    latencyMs,
  };
}
