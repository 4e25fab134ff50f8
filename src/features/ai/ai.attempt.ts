import {
  type AiProvider,
  type ProviderChunk,
  ProviderError,
  type ProviderRequest,
  type Remedy,
  type TokenUsage,
} from './ai.provider';
import { TextIntake } from './ai.text';
import type { AiErrorCode } from './ai.types';

export interface AttemptLimits {
  /** Longest wait for the first token and between two, in milliseconds. */
  silenceMs: number;
  /** Longest the attempt may take, in milliseconds. */
  totalMs: number;
  /** Where the answer is cut. */
  maxCharacters: number;
}

export interface AttemptResult {
  text: string;
  finish: 'stop' | 'length';
  usage: TokenUsage | null;
  firstTokenMs: number;
  latencyMs: number;
}

/** An attempt that brought no whole answer. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError';

  constructor(
    readonly code: AiErrorCode,
    readonly remedy: Remedy,
    readonly progress: {
      text: string;
      usage: TokenUsage | null;
      firstTokenMs: number | null;
      latencyMs: number;
    },
    message: string,
    readonly retryAfterMs?: number,
    /** Whether the caller broke it off. */
    readonly aborted = false,
  ) {
    super(message);
  }
}

/** A model that has said all it has to say may still send its token counts; it is not waited for any longer. */
const USAGE_GRACE_MS = 1_000;

type Stop = 'caller' | 'silence' | 'total' | 'finished';

/** Aborts by whichever comes first: the caller, silence, or the end of the time. */
class Watch {
  readonly controller = new AbortController();
  stop: Stop | null = null;
  readonly stopped: Promise<never>;
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

  /** The model is at work. */
  alive(): void {
    this.silence.refresh();
  }

  finished(): void {
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
  private readonly intake: TextIntake;
  private readonly watch: Watch;
  private firstTokenMs: number | null = null;
  private usage: TokenUsage | null = null;
  private finish: 'stop' | 'length' | null = null;

  constructor(
    private readonly provider: AiProvider,
    private readonly request: ProviderRequest,
    limits: AttemptLimits,
    private readonly options: {
      signal?: AbortSignal | undefined;
      onText?: ((text: string) => void) | undefined;
    },
  ) {
    this.intake = new TextIntake(limits.maxCharacters);
    this.watch = new Watch(limits, options.signal);
  }

  /** @throws AttemptError with whatever had arrived. */
  async run(): Promise<AttemptResult> {
    try {
      await this.read();
    } catch (error) {
      // Whatever happens after the model has said its last word: the answer itself is whole.
      if (this.finish === null) throw this.failure(error);
    } finally {
      this.watch.close();
    }
    return this.result();
  }

  private async read(): Promise<void> {
    const chunks = this.provider.chat(this.request, this.watch.controller.signal)[Symbol.asyncIterator]();
    let isOver = false;
    try {
      for (;;) {
        const { value, done } = await Promise.race([chunks.next(), this.watch.stopped]);
        isOver = done === true;
        if (done === true) break;
        this.watch.alive();
        if (value.usage !== undefined) this.usage = value.usage;
        if (value.text !== undefined && value.text !== '') this.take(value.text);
        if (value.finish !== undefined) this.end(value.finish);
        if (this.intake.full) break;
      }
    } finally {
      if (!isOver) this.hangUp(chunks);
    }
    if (this.watch.stop !== null) throw new Error('stopped');
  }

  private hangUp(chunks: AsyncIterator<ProviderChunk>): void {
    this.watch.controller.abort();
    // Not awaited: a provider that ignores the abort must not hold us.
    chunks.return?.().catch(() => {});
  }

  private take(piece: string): void {
    this.firstTokenMs ??= this.elapsed();
    const fresh = this.intake.push(piece);
    if (fresh !== '') this.options.onText?.(fresh);
  }

  private end(finish: 'stop' | 'length' | 'refused'): void {
    if (finish === 'refused')
      throw new ProviderError('ai.refused', 'none', 'the content filter of the provider');
    this.finish = finish;
    this.watch.finished();
  }

  private result(): AttemptResult {
    const { text, full } = this.intake;
    if (text.trim() === '')
      throw this.failure(new ProviderError('ai.bad_response', 'same', 'an empty answer'));
    if (this.finish === null && !full) {
      throw this.failure(
        new ProviderError('ai.interrupted', 'none', 'the stream ended before the answer did'),
      );
    }
    return {
      text,
      finish: full ? 'length' : (this.finish ?? 'stop'),
      usage: this.usage,
      firstTokenMs: this.firstTokenMs ?? this.elapsed(),
      latencyMs: this.elapsed(),
    };
  }

  private failure(error: unknown): AttemptError {
    const { text } = this.intake;
    const progress = { text, usage: this.usage, firstTokenMs: this.firstTokenMs, latencyMs: this.elapsed() };
    const { stop } = this.watch;
    if (stop === 'caller')
      return new AttemptError('ai.interrupted', 'none', progress, 'broken off', undefined, true);
    if (stop !== null) return new AttemptError('ai.timeout', 'other', progress, `too slow (${stop})`);
    if (!(error instanceof ProviderError)) {
      return new AttemptError(
        text === '' ? 'ai.unavailable' : 'ai.interrupted',
        'same',
        progress,
        String(error),
      );
    }
    // A connection that dies in the middle of an answer is an interruption, whatever it would have been before.
    const code = text !== '' && error.code === 'ai.unavailable' ? 'ai.interrupted' : error.code;
    return new AttemptError(code, error.remedy, progress, error.message, error.retryAfterMs);
  }

  private elapsed(): number {
    return Math.round(performance.now() - this.started);
  }
}
