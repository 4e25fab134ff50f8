import type { AiErrorCode, AiMessage } from '../ai.types';
import type { ModelParameters } from '../models/ai.parameters';

/** What a provider is asked: one model, one answer. */
export interface ProviderRequest {
  model: string;
  system: string;
  messages: readonly AiMessage[];
  maxOutputTokens: number;
  outputSchema?: Record<string, unknown>;
  /** What an administrator says that the model takes. */
  parameters?: ModelParameters;
}

/** What a provider says that it counted; null for what it did not count. */
export interface ReportedUsage {
  inputTokens: number | null;
  outputTokens: number | null;
}

/** A piece of an answer. An empty one only says that the model is still at work. */
export interface ProviderChunk {
  text?: string;
  /** Bytes that the model wrote for itself: never shown, but paid for. */
  reasoningBytes?: number;
  /** Why the answer ends. One that never says so has broken off. */
  finish?: 'stop' | 'length' | 'refused' | 'filtered';
  usage?: ReportedUsage;
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
   * The answer, piece by piece. Ends early when `signal` aborts; calls `alive` whenever anything arrives at all.
   * @throws ProviderError for whatever the provider does wrong.
   */
  chat(request: ProviderRequest, signal: AbortSignal, alive: () => void): AsyncIterable<ProviderChunk>;
}

/** What may help after a failure: the same model again, another one, or nothing. */
export type Remedy = 'same' | 'other' | 'none';

/**
 * Whose fault a failure is. The provider's count against the model; an odd answer or a request that it will not take
 * says nothing of its health; the rest is for administrators to mend.
 */
export type Fault = 'provider' | 'answer' | 'request' | ConfigurationFault;
export const CONFIGURATION_FAULTS = ['quota', 'key', 'model', 'parameter'] as const;
export type ConfigurationFault = (typeof CONFIGURATION_FAULTS)[number];

const USUAL_FAULTS: Readonly<Record<AiErrorCode, Fault>> = {
  'ai.timeout': 'provider',
  'ai.rate_limited': 'provider',
  'ai.unavailable': 'provider',
  'ai.interrupted': 'provider',
  'ai.bad_response': 'answer',
  'ai.refused': 'request',
  'ai.filtered': 'request',
  'ai.quota_exhausted': 'quota',
};

export interface ProviderErrorDetails {
  fault?: Fault;
  retryAfterMs?: number | undefined;
  /** The provider's own words for it, short ones: for the log of the operator. */
  providerCode?: string | null;
  providerParam?: string | null;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly fault: Fault;

  constructor(
    readonly code: AiErrorCode,
    readonly remedy: Remedy,
    /** For the log of the operator; never for callers. */
    message: string,
    readonly details: ProviderErrorDetails = {},
  ) {
    super(message);
    this.fault = details.fault ?? USUAL_FAULTS[code];
  }
}
