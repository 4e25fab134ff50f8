import type { BreakOff, Turn, TurnEvent } from '../sessions.types';

/**
 * An answer in progress, in the memory of its process. It continues whether anybody follows it or not; any
 * number of followers may read it, each from any position and at their own speed.
 */
export class LiveTurn {
  /** The text so far. */
  text = '';
  /** The turn as stored, after it has ended. */
  ended: Turn | null = null;
  /** Seconds after which another message makes sense, if the provider said so. */
  retryAfterSeconds: number | undefined;
  /** Why it was aborted, if it was. */
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

  /** The text so far is no answer: followers drop it. */
  withdraw(): void {
    this.text = '';
    this.withdrawals += 1;
    this.wake();
  }

  /** Aborts the answer; it ends as failed, with the text so far. */
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

  /** Returns the turn after it has ended. */
  async result(): Promise<Turn> {
    while (this.ended === null) await this.change();
    return this.ended;
  }

  /** Yields what happens from `offset` on, until the end or until `signal` aborts. */
  async *follow(offset: number, signal: AbortSignal): AsyncGenerator<TurnEvent> {
    yield { type: 'start', turn: this.begun };
    // A follower with an offset beyond the text has seen text that was withdrawn meanwhile.
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

/** The last event of an ended turn for its followers. */
export function endEvent(turn: Turn): TurnEvent {
  const { state, errorCode } = turn.assistantMessage;
  return state === 'failed'
    ? { type: 'error', turn, code: errorCode ?? 'ai.interrupted' }
    : { type: 'done', turn };
}
