import type { ModelParameters } from './models/ai.parameters';

/** A message of the conversation. Instructions never travel here: they stand in `AiRequest.system` alone. */
export interface AiMessage {
  role: 'user' | 'assistant';
  content: string;
}

export type AiPurpose = 'chat' | 'run' | 'repair';

/** Whom and what a call is recorded for. */
export interface AiCharge {
  tenantId: string;
  userId: string;
  /** The group whose costs these are: the class's, or the tool's where no class is involved. */
  groupId: string | null;
  classId: string | null;
  toolId: string | null;
  sessionId: string | null;
  runId: string | null;
  purpose: AiPurpose;
}

/** Whom a call is for, and which model should answer. */
export interface AiTarget {
  charge: AiCharge;
  /** The model that the tool names; null for the default one. */
  model: string | null;
}

/** What a model is told. */
export interface AiPrompt {
  /** The instructions, made by `systemMessage()`: text of students, files and rosters never stands here. */
  system: string;
  messages: readonly AiMessage[];
  /** JSON Schema (draft 7) that the answer should be an instance of. A hint to the model: the caller still validates. */
  outputSchema?: Record<string, unknown>;
}

export interface AiRequest extends AiTarget, AiPrompt {}

export interface AskOptions {
  /** Aborting it ends the call upstream at once; `ask` then fails with `ai.interrupted`. */
  signal?: AbortSignal;
  /** Called with each piece of the answer as it arrives. Must not throw. */
  onText?: (text: string) => void;
  /** Called if all that `onText` was called with so far turns out to be no part of the answer. Must not throw. */
  onWithdraw?: () => void;
  /**
   * Who settles the call that succeeded. 'now' (the default): the gateway, before `ask` returns. 'caller': the
   * caller settles it in the transaction that stores the answer, so that a crash leaves either both or neither.
   * Failed and broken-off calls are always settled by the gateway.
   */
  settle?: 'now' | 'caller';
}

export interface AiAnswer {
  text: string;
  /** 'length' where the answer was cut at the size limit. */
  finish: 'stop' | 'length';
  callId: string;
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** Whether the provider did not count the tokens, so that we did. */
  isEstimated: boolean;
  /** Millionths of the billing currency. */
  costMicros: number;
  latencyMs: number;
  firstTokenMs: number;
}

/** A call to a model as it is written down before it is made. */
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
  /** The provider cannot be reached, answers with errors, or has just failed so often that it is left alone. */
  'ai.unavailable',
  /** The provider answered with something that is no answer. */
  'ai.bad_response',
  /** The answer broke off: the connection was cut, somebody stopped it, or the process went away. */
  'ai.interrupted',
  /** The model will not answer this request. */
  'ai.refused',
  /** A content filter of the provider stopped the question or the answer. */
  'ai.filtered',
  /** The account with the provider has no credit left. */
  'ai.quota_exhausted',
] as const;
export type AiErrorCode = (typeof AI_ERROR_CODES)[number];

/** A model as a tenant may use it. */
export interface AiModelChoice {
  name: string;
  maxOutputTokens: number;
  /** Millionths of the billing currency per million tokens. */
  inputPriceMicros: number;
  outputPriceMicros: number;
  parameters: ModelParameters;
}
