import type { BreakOff, Turn, TurnEvent } from '../sessions.types';

/**
 * An answer in the making, in the memory of the process that makes it. It goes on whether anybody follows it or not;
 * any number may follow it, each from where they like and as fast as they can read.
 */
export class LiveTurn {
  /** What has arrived so far. */
  text = '';
  /** The turn as stored, once it has ended. */
  ended: Turn | null = null;
  /** Seconds after which another message makes sense, where the provider said so. */
  retryAfterSeconds: number | undefined;
  /** Why it was broken off, if somebody did. */
  breakOff: BreakOff | null = null;
  private withdrawals = 0;
  private readonly controller = new AbortController();
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly begun: Turn,
    readonly owner: { userId: string; sessionId: string; classId: string | null },
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  append(text: string): void {
    this.text += text;
    this.wake();
  }

  /** What has arrived so far is no answer: followers drop what they have. */
  withdraw(): void {
    this.text = '';
    this.withdrawals += 1;
    this.wake();
  }

  /** Breaks the answer off; it ends as failed with what had arrived. */
  abort(reason: BreakOff): void {
    if (this.ended !== null || this.breakOff !== null) return;
    this.breakOff = reason;
    this.controller.abort();
  }

  finish(turn: Turn): void {
    this.ended = turn;
    this.text = turn.assistantMessage.content;
    this.wake();
  }

  /** The turn once it has ended. */
  async result(): Promise<Turn> {
    while (this.ended === null) await this.change();
    return this.ended;
  }

  /** What happens from `offset` on, until the end or until `signal` aborts. */
  async *follow(offset: number, signal: AbortSignal): AsyncGenerator<TurnEvent> {
    yield { type: 'start', turn: this.begun };
    // Whoever comes with more than there is has seen what was withdrawn meanwhile.
    let seen = offset > this.text.length ? -1 : this.withdrawals;
    for (let sent = offset; !signal.aborted; ) {
      if (seen !== this.withdrawals) {
        seen = this.withdrawals;
        if (sent > 0) yield { type: 'withdrawn' };
        sent = 0;
      } else if (this.text.length > sent) {
        const text = this.text.slice(sent);
        sent = this.text.length;
        yield { type: 'delta', text, offset: sent };
      } else if (this.ended !== null) {
        yield endEvent(this.ended);
        return;
      } else await this.change(signal);
    }
  }

  /** Resolves at the next piece, the end, or the abort. */
  private change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

/** How a turn that has ended ends for its followers. */
export function endEvent(turn: Turn): TurnEvent {
  const { state, errorCode } = turn.assistantMessage;
  return state === 'failed'
    ? { type: 'error', turn, code: errorCode ?? 'ai.interrupted' }
    : { type: 'done', turn };
}
