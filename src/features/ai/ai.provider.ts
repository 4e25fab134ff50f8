import type { AiErrorCode, AiMessage } from './ai.types';

/** What a provider is asked: one model, one answer. */
export interface ProviderRequest {
  model: string;
  system: string;
  messages: readonly AiMessage[];
  maxOutputTokens: number;
  outputSchema?: Record<string, unknown>;
}

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** A piece of an answer. An empty one only says that the model is still at work. */
export interface ProviderChunk {
  text?: string;
  /** Why the answer ends. One that never says so has broken off. */
  finish?: 'stop' | 'length' | 'refused';
  usage?: TokenUsage;
}

/** A place where models answer. A second kind of provider is one more class of this shape. */
export interface AiProvider {
  /** Recorded with each call. */
  readonly name: string;
  /** What tools get that name no model, where the operator has named none either. */
  readonly defaultModel: string;
  /** The one model there is, whatever is asked for; null where names matter. */
  readonly onlyModel: string | null;
  /**
   * The answer, piece by piece. Ends early when `signal` aborts.
   * @throws ProviderError for whatever the provider does wrong.
   */
  chat(request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderChunk>;
}

/** What may help after a failure: the same model again, another one, or nothing. */
export type Remedy = 'same' | 'other' | 'none';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly code: AiErrorCode,
    readonly remedy: Remedy,
    /** For the log of the operator; never for callers. */
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}
