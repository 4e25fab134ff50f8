import type { AiErrorCode, AiMessage } from '../ai.types';
import type { ModelParameters } from '../models/ai.parameters';

/** A request to a provider: one model, one answer. */
export interface ProviderRequest {
  model: string;
  system: string;
  messages: readonly AiMessage[];
  maxOutputTokens: number;
  outputSchema?: Record<string, unknown>;
  /** What an administrator has declared that the model accepts. */
  parameters?: ModelParameters;
}

/** The provider's token counts; null for what it did not count. */
export interface ReportedUsage {
  inputTokens: number | null;
  outputTokens: number | null;
}

/** A piece of an answer. An empty piece only means that the model is still working. */
export interface ProviderChunk {
  text?: string;
  /** Bytes of the model's reasoning: never shown, but paid for. */
  reasoningBytes?: number;
  /** Why the answer ends. An answer without it was cut off. */
  finish?: 'stop' | 'length' | 'refused' | 'filtered';
  usage?: ReportedUsage;
}

/** A place where models answer. A second kind of provider is another class of this shape. */
export interface AiProvider {
  /** Recorded with each call. */
  readonly name: string;
  /** The model for tools that name none, if the operator has named none either. */
  readonly defaultModel: string;
  /** The provider's only model, whatever is requested; null if names matter. */
  readonly onlyModel: string | null;
  /**
   * Yields the answer piece by piece. Ends early if `signal` aborts; calls `alive` whenever anything
   * arrives.
   * @throws ProviderError for every fault of the provider
   */
  chat(request: ProviderRequest, signal: AbortSignal, alive: () => void): AsyncIterable<ProviderChunk>;
}

/** What may help after a failure: the same model again, another one, or nothing. */
export type Remedy = 'same' | 'other' | 'none';

/**
 * Who is at fault. Faults of the provider count against the model; an odd answer or a refused request says
 * nothing about its health; administrators have to fix the others.
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
  /** The provider's own short code, for the operator's log. */
  providerCode?: string | null;
  providerParam?: string | null;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly fault: Fault;

  constructor(
    readonly code: AiErrorCode,
    readonly remedy: Remedy,
    /** For the operator's log, never for callers. */
    message: string,
    readonly details: ProviderErrorDetails = {},
  ) {
    super(message);
    this.fault = details.fault ?? USUAL_FAULTS[code];
  }
}
