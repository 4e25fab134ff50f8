import type { AiErrorCode } from '../ai.types';
import {
  type AiProvider,
  type Fault,
  type ProviderChunk,
  ProviderError,
  type ProviderRequest,
  type Remedy,
  type ReportedUsage,
} from '../providers/ai.provider';
import { ReasoningFilter } from '../providers/ai.reasoning';
import { TextIntake } from './ai.text';

export interface AttemptLimits {
  /** The longest time without a single byte from the provider, in milliseconds. */
  silenceMs: number;
  /** The longest time for the attempt, in milliseconds. */
  totalMs: number;
  /** The length at which the answer is cut. */
  maxCharacters: number;
}

/** The text that the model has written so far, and what the provider reports about it. */
export interface Written {
  text: string;
  /** Bytes of the text and of the model's reasoning. */
  bytes: number;
  usage: ReportedUsage | null;
}

export interface AttemptResult extends Written {
  finish: 'stop' | 'length';
  firstTokenMs: number;
  latencyMs: number;
}

/** An attempt without a whole answer. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError';

  constructor(
    readonly code: AiErrorCode,
    readonly remedy: Remedy,
    readonly fault: Fault,
    readonly progress: Written & { firstTokenMs: number | null; latencyMs: number },
    message: string,
    readonly details: {
      retryAfterMs?: number | undefined;
      /** The provider's own short code. */
      providerCode?: string | null | undefined;
      providerParam?: string | null | undefined;
      /** Whether the caller aborted it. */
      aborted?: boolean;
    } = {},
  ) {
    super(message);
  }

  get aborted(): boolean {
    return this.details.aborted === true;
  }
}

/**
 * A model that has finished its answer may still send its token counts; this is how long they are awaited.
 */
const USAGE_GRACE_MS = 1_000;

type Stop = 'caller' | 'silence' | 'total' | 'finished';

/** Aborts at the first of: the caller's abort, silence, or the time limit. */
class Watch {
  readonly controller = new AbortController();
  stop: Stop | null = null;
  readonly stopped: Promise<never>;
  private isFinished = false;
  private silence: NodeJS.Timeout;
  private readonly total: NodeJS.Timeout;
  private readonly onCallerAbort = (): void => this.end('caller');

  constructor(
    limits: AttemptLimits,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.silence = setTimeout(() => this.end('silence'), limits.silenceMs);
    this.total = setTimeout(() => this.end('total'), limits.totalMs);
    this.stopped = new Promise((_, reject) => {
      this.controller.signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    });
    this.stopped.catch(() => {});
    if (caller?.aborted === true) this.end('caller');
    else caller?.addEventListener('abort', this.onCallerAbort, { once: true });
  }

  /** Call this when anything arrives from the model. */
  alive(): void {
    if (!this.isFinished) this.silence.refresh();
  }

  finished(): void {
    this.isFinished = true;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.end('finished'), USAGE_GRACE_MS);
  }

  close(): void {
    clearTimeout(this.silence);
    clearTimeout(this.total);
    this.caller?.removeEventListener('abort', this.onCallerAbort);
  }

  private end(stop: Stop): void {
    this.stop ??= stop;
    this.controller.abort();
  }
}

/** One call to one model, within limits of time and size, whatever the provider does. */
export class Attempt {
  private readonly started = performance.now();
  private intake: TextIntake;
  private readonly reasoning = new ReasoningFilter();
  /** Bytes that did not belong to the answer, or were withdrawn from it. */
  private otherBytes = 0;
  private readonly watch: Watch;
  private firstTokenMs: number | null = null;
  private usage: ReportedUsage | null = null;
  private finish: 'stop' | 'length' | null = null;

  constructor(
    private readonly provider: AiProvider,
    private readonly request: ProviderRequest,
    private readonly limits: AttemptLimits,
    private readonly options: {
      signal?: AbortSignal | undefined;
      onText?: ((text: string) => void) | undefined;
      onWithdraw?: (() => void) | undefined;
    },
  ) {
    this.intake = new TextIntake(limits.maxCharacters);
    this.watch = new Watch(limits, options.signal);
  }

  /** @throws AttemptError with the text that had arrived */
  async run(): Promise<AttemptResult> {
    try {
      await this.read();
    } catch (error) {
      // The model has finished its answer, so a later error does not matter.
      if (this.finish === null) throw this.failure(error);
    } finally {
      this.watch.close();
    }
    return this.result();
  }

  private async read(): Promise<void> {
    const { signal } = this.watch.controller;
    const chunks = this.provider.chat(this.request, signal, () => this.watch.alive())[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const { value, done } = await Promise.race([chunks.next(), this.watch.stopped]);
        isOver = done === true;
        if (done === true) break;
        this.watch.alive();
        this.accept(value);
        if (this.intake.full) break;
      }
    } finally {
      if (!isOver) this.abortStream(chunks);
    }
    if (this.watch.stop !== null) throw new Error('stopped');
  }

  private abortStream(chunks: AsyncIterator<ProviderChunk>): void {
    this.watch.controller.abort();
    // Not awaited, because a provider that ignores the abort must not block us.
    chunks.return?.().catch(() => {});
  }

  private accept({ text, reasoningBytes, usage, finish }: ProviderChunk): void {
    if (usage !== undefined) this.usage = usage;
    this.otherBytes += reasoningBytes ?? 0;
    if (text !== undefined && text !== '') {
      const separated = this.reasoning.push(text);
      if (separated.withdraws) this.withdraw();
      this.take(separated.text);
    }
    if (finish !== undefined) this.end(finish);
  }

  private take(piece: string): void {
    if (piece === '') return;
    this.firstTokenMs ??= this.elapsed();
    const fresh = this.intake.push(piece);
    if (fresh !== '') this.options.onText?.(fresh);
  }

  /** The text so far turns out not to be the answer. It still has to be paid for. */
  private withdraw(): void {
    this.otherBytes += Buffer.byteLength(this.intake.text);
    this.intake = new TextIntake(this.limits.maxCharacters);
    this.options.onWithdraw?.();
  }

  private end(finish: NonNullable<ProviderChunk['finish']>): void {
    if (finish === 'refused') throw new ProviderError('ai.refused', 'none', 'the model refuses');
    if (finish === 'filtered')
      throw new ProviderError('ai.filtered', 'none', 'the content filter of the provider');
    this.take(this.reasoning.end());
    this.finish = finish;
    this.watch.finished();
  }

  private written(): Written {
    const { text } = this.intake;
    const bytes = Buffer.byteLength(text) + this.otherBytes + this.reasoning.bytes;
    return { text, bytes, usage: this.usage };
  }

  private result(): AttemptResult {
    const { text, full } = this.intake;
    if (this.finish === null && !full && text.trim() !== '') {
      throw this.failure(
        new ProviderError('ai.interrupted', 'none', 'the stream ended before the answer did'),
      );
    }
    if (text.trim() === '') throw this.failure(emptyAnswer(this.finish));
    return {
      ...this.written(),
      finish: full ? 'length' : (this.finish ?? 'stop'),
      firstTokenMs: this.firstTokenMs ?? this.elapsed(),
      latencyMs: this.elapsed(),
    };
  }

  private failure(error: unknown): AttemptError {
    // Text that a filter stopped must not be stored.
    if (error instanceof ProviderError && error.code === 'ai.filtered' && this.intake.text !== '')
      this.withdraw();
    const progress = { ...this.written(), firstTokenMs: this.firstTokenMs, latencyMs: this.elapsed() };
    const { stop } = this.watch;
    if (stop === 'caller')
      return new AttemptError('ai.interrupted', 'none', 'request', progress, 'broken off', { aborted: true });
    if (stop !== null)
      return new AttemptError('ai.timeout', 'other', 'provider', progress, `too slow (${stop})`);
    const hasText = progress.text !== '';
    if (!(error instanceof ProviderError)) {
      const code = hasText ? 'ai.interrupted' : 'ai.unavailable';
      return new AttemptError(code, 'same', 'provider', progress, String(error));
    }
    // A connection that breaks in the middle of an answer is an interruption, whatever its error code.
    const code = hasText && error.code === 'ai.unavailable' ? 'ai.interrupted' : error.code;
    return new AttemptError(code, error.remedy, error.fault, progress, error.message, error.details);
  }

  private elapsed(): number {
    return Math.round(performance.now() - this.started);
  }
}

/** A retry may bring an answer, unless the model has used up its output limit with reasoning. */
function emptyAnswer(finish: 'stop' | 'length' | null): ProviderError {
  return finish === 'length'
    ? new ProviderError('ai.bad_response', 'other', 'no answer within the limit of tokens')
    : new ProviderError('ai.bad_response', 'same', 'an empty answer');
}
