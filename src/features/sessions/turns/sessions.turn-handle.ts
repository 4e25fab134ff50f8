import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseUnavailable } from '../../../platform/db/errors';
import { SessionNotFoundError } from '../sessions.errors';
import type { Turn, TurnEvent } from '../sessions.types';
import { endEvent, type LiveTurn } from './sessions.live-turn';
import type { TurnsRepository } from './sessions.turns.repository';

/** How often a process checks what another one has stored of an answer. */
const POLL_MS = 250;
/** How many polls come between two checks whether the other process is alive. */
const POLLS_PER_DEADLINE_CHECK = 20;

/** A turn, wherever its answer is made or stored. */
export interface TurnHandle {
  /** The answer's id. */
  readonly answerId: string;
  /** False if an earlier request with the same key has begun it. */
  readonly isNew: boolean;
  readonly isEnded: boolean;
  /** Returns the turn after it has ended. */
  result(): Promise<Turn>;
  /** Seconds after which another message makes sense, if the provider said so. */
  retryAfterSeconds(): number | undefined;
  /** Yields what happens from character `offset` of the answer on, until the end or until `signal` aborts. */
  follow(offset: number, signal: AbortSignal): AsyncGenerator<TurnEvent>;
}

/** A turn that this process runs. */
export function liveHandle(turn: LiveTurn, isNew: boolean): TurnHandle {
  return {
    answerId: turn.begun.assistantMessage.id,
    isNew,
    get isEnded() {
      return turn.ended !== null;
    },
    result: () => turn.result(),
    retryAfterSeconds: () => turn.retryAfterSeconds,
    follow: (offset, signal) => turn.follow(offset, signal),
  };
}

/** A turn that has ended, or that another process runs: read from the database. */
export class StoredTurn implements TurnHandle {
  readonly isNew = false;

  constructor(
    private turn: Turn,
    private readonly repository: TurnsRepository,
  ) {}

  get answerId(): string {
    return this.turn.assistantMessage.id;
  }

  get isEnded(): boolean {
    return this.turn.assistantMessage.state !== 'streaming';
  }

  retryAfterSeconds(): undefined {
    return undefined;
  }

  async result(): Promise<Turn> {
    for await (const event of this.follow(0, new AbortController().signal))
      if ('turn' in event) this.turn = event.turn;
    return this.turn;
  }

  async *follow(offset: number, signal: AbortSignal): AsyncGenerator<TurnEvent> {
    yield { type: 'start', turn: this.turn };
    let sent = offset;
    let before = '';
    for (let polls = 1; !signal.aborted; polls += 1) {
      const { content } = this.turn.assistantMessage;
      if (!content.startsWith(before) || (this.isEnded && content.length < sent)) {
        sent = 0;
        yield { type: 'withdrawn' };
      }
      before = content;
      if (content.length > sent) {
        const text = content.slice(sent);
        sent = content.length;
        yield { type: 'delta', text, offset: sent };
      }
      if (this.isEnded) {
        yield endEvent(this.turn);
        return;
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.reread(polls);
    }
  }

  private async reread(polls: number): Promise<void> {
    const { id, sessionId } = this.turn.assistantMessage;
    try {
      if (polls % POLLS_PER_DEADLINE_CHECK === 0) await this.repository.expireTurn(sessionId);
      const turn = await this.repository.findByAnswer(sessionId, id);
      if (turn === null) throw new SessionNotFoundError();
      this.turn = turn;
    } catch (error) {
      // The database will come back; until then there is nothing new to report.
      if (!isDatabaseUnavailable(error)) throw error;
    }
  }
}
