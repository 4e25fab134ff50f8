import type { ModelParameters } from './models/ai.parameters';

/** A message of the conversation. Instructions are never messages: they are only in `AiRequest.system`. */
export interface AiMessage {
  role: 'user' | 'assistant';
  content: string;
}

export type AiPurpose = 'chat' | 'run' | 'repair';

/** The person and the work for which a call is recorded. */
export interface AiCharge {
  tenantId: string;
  userId: string;
  /** The group that pays: the class's group, or the tool's if no class is involved. */
  groupId: string | null;
  classId: string | null;
  toolId: string | null;
  sessionId: string | null;
  runId: string | null;
  purpose: AiPurpose;
}

/** The person for whom a call is made, and the model that should answer. */
export interface AiTarget {
  charge: AiCharge;
  /** The model that the tool names; null for the default model. */
  model: string | null;
}

/** What is sent to a model. */
export interface AiPrompt {
  /** The instructions, made by `systemMessage()`. They never contain texts of students, files or rosters. */
  system: string;
  messages: readonly AiMessage[];
  /**
   * The JSON Schema (draft 7) that the answer should match. It is a hint to the model: the caller still
   * validates.
   */
  outputSchema?: Record<string, unknown>;
}

export interface AiRequest extends AiTarget, AiPrompt {}

export interface AskOptions {
  /** Aborting it ends the provider's call immediately; `ask` then fails with `ai.interrupted`. */
  signal?: AbortSignal;
  /** Called with each piece of the answer as it arrives. Must not throw. */
  onText?: (text: string) => void;
  /**
   * Called if the pieces that `onText` has got so far turn out not to belong to the answer. Must not throw.
   */
  onWithdraw?: () => void;
  /**
   * Who settles a successful call. 'now' (the default): the gateway, before `ask` returns. 'caller': the
   * caller settles it in the transaction that stores the answer, so that a crash leaves either both or
   * neither. The gateway always settles failed and aborted calls.
   */
  settle?: 'now' | 'caller';
}

export interface AiAnswer {
  text: string;
  /** 'length' if the answer was cut at the size limit. */
  finish: 'stop' | 'length';
  callId: string;
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** Whether the provider did not count the tokens, so that we estimated them. */
  isEstimated: boolean;
  /** Millionths of the billing currency. */
  costMicros: number;
  latencyMs: number;
  firstTokenMs: number;
}

/** A call to a model as it is recorded before it is made. */
export interface NewAiCall {
  id: string;
  charge: AiCharge;
  provider: string;
  model: string;
}

/** How a call to a model can fail; stored with messages, runs and calls. */
export const AI_ERROR_CODES = [
  /** No first token, no next token, or no end within the time limits. */
  'ai.timeout',
  /** The provider asks us to slow down. */
  'ai.rate_limited',
  /**
   * The provider cannot be reached, answers with errors, or has failed so often that it is not asked for a
   * while.
   */
  'ai.unavailable',
  /** The provider's response is not a valid answer. */
  'ai.bad_response',
  /** The answer was cut off: the connection was lost, a user stopped it, or the process ended. */
  'ai.interrupted',
  /** The model refuses this request. */
  'ai.refused',
  /** A content filter of the provider stopped the request or the answer. */
  'ai.filtered',
  /** The account with the provider has no credit left. */
  'ai.quota_exhausted',
] as const;
export type AiErrorCode = (typeof AI_ERROR_CODES)[number];

/** A model that a tenant may use. */
export interface AiModelChoice {
  name: string;
  maxOutputTokens: number;
  /** Millionths of the billing currency per million tokens. */
  inputPriceMicros: number;
  outputPriceMicros: number;
  parameters: ModelParameters;
}
