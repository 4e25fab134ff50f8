import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { Logger } from '../../../platform/logging/logger';
import type { AiErrorCode } from '../ai.types';
import { instructionMessages } from '../gateway/ai.prompt';
import { isDeclared, ParameterMemory, type RequestShape, without } from '../models/ai.parameters';
import { readChunk } from './ai.openai-chunks';
import {
  type AiProvider,
  type ProviderChunk,
  ProviderError,
  type ProviderErrorDetails,
  type ProviderRequest,
  type Remedy,
} from './ai.provider';
import {
  hasProperties,
  isFiltered,
  isOutOfCredit,
  type Refusal,
  readRefusal,
  refusedParameter,
} from './ai.refusals';
import { type ModelFetchOptions, modelFetch } from './ai.transport';

export interface OpenAiProviderOptions {
  baseUrl: string;
  apiKey: string | undefined;
  defaultModel: string;
  logger: Logger;
}

/** As many as there are parameters that can be refused one after the other. */
const MAX_REFUSALS = 5;

/** Any endpoint with OpenAI's chat completions API: OpenRouter, LiteLLM, Ollama, vLLM. */
export class OpenAiProvider implements AiProvider {
  readonly name: string;
  readonly defaultModel: string;
  readonly onlyModel = null;
  private readonly client: OpenAI;
  private readonly memory = new ParameterMemory();

  constructor(private readonly options: OpenAiProviderOptions) {
    this.name = new URL(options.baseUrl).host;
    this.defaultModel = options.defaultModel;
    this.client = new OpenAI({
      baseURL: options.baseUrl,
      // The client requires a key; local endpoints ignore it.
      apiKey: options.apiKey ?? 'none',
      organization: null,
      project: null,
      // The gateway handles retries and time limits, because it records each call.
      maxRetries: 0,
      timeout: 600_000,
      // Its log would contain texts of models and students.
      logLevel: 'off',
      fetch: modelFetch,
    });
  }

  async *chat(
    request: ProviderRequest,
    signal: AbortSignal,
    alive: () => void,
  ): AsyncGenerator<ProviderChunk> {
    try {
      for await (const chunk of await this.open(request, signal, alive)) yield readChunk(chunk);
    } catch (error) {
      throw translate(error);
    }
  }

  /** Forgets what models refused, because they may accept it after an administrator's change. */
  forget(): void {
    this.memory.forget();
  }

  /**
   * Sends the request. If the model refuses a parameter, that is remembered and the request repeated
   * without it.
   */
  private async open(
    request: ProviderRequest,
    signal: AbortSignal,
    alive: () => void,
  ): Promise<AsyncIterable<unknown>> {
    // The client passes these options to `modelFetch`.
    const fetchOptions = { onBytes: alive } satisfies ModelFetchOptions as object;
    let shape = this.memory.shapeOf(request.model, request.parameters ?? {});
    for (let refusals = 0; ; refusals += 1) {
      try {
        return await this.client.chat.completions.create(bodyOf(request, shape), { signal, fetchOptions });
      } catch (error) {
        const smaller = refusals < MAX_REFUSALS ? this.afterRefusal(request, shape, error) : null;
        if (smaller === null) throw error;
        shape = smaller;
      }
    }
  }

  /** Returns the shape to try next; null if the failure is not about a parameter that we may leave out. */
  private afterRefusal(request: ProviderRequest, shape: RequestShape, error: unknown): RequestShape | null {
    if (!(error instanceof APIError) || error.status === undefined) return null;
    const refusal = readRefusal(error.status, error.error);
    const refused = refusedParameter(refusal);
    const change = refused === null ? null : without(shape, refused);
    if (refused === null || change === null || isDeclared(request.parameters ?? {}, change)) return null;
    const { model } = request;
    if (!refused.onlyThisTime) this.memory.learn(model, change);
    const { parameter, replacement, onlyThisTime } = refused;
    const { code, status } = refusal;
    const fields = { provider: this.name, model, status, code, parameter, replacement, onlyThisTime };
    this.options.logger.warn('a model does not support a parameter; it is called without it', fields);
    return { ...shape, ...change };
  }
}

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

function bodyOf(request: ProviderRequest, shape: RequestShape): Body {
  const { model, system, messages, maxOutputTokens, outputSchema } = request;
  const { outputLimit, temperature } = shape;
  return {
    model,
    messages: [
      ...instructionMessages(system, shape.instructions),
      ...messages.map(({ role, content }) => ({ role, content })),
    ],
    stream: true,
    ...(shape.streamUsage ? { stream_options: { include_usage: true } } : {}),
    ...(outputLimit === 'none' ? {} : { [outputLimit]: maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...formatOf(outputSchema, shape),
  };
}

function formatOf(
  schema: Record<string, unknown> | undefined,
  { responseFormat }: RequestShape,
): Pick<Body, 'response_format'> {
  if (schema === undefined || responseFormat === 'none') return {};
  if (responseFormat === 'json_object') return { response_format: { type: 'json_object' } };
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: false } },
  };
}

function translate(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof APIConnectionError) return new ProviderError('ai.unavailable', 'same', causeOf(error));
  if (error instanceof SyntaxError)
    return new ProviderError('ai.bad_response', 'same', 'an event that is not JSON');
  if (!(error instanceof APIError)) return new ProviderError('ai.unavailable', 'same', causeOf(error));
  // Without a status, the error was sent inside the stream.
  const refusal = readRefusal(error.status ?? statusInside(error.error), error.error);
  const [code, remedy, details] = meaningOf(refusal);
  return new ProviderError(code, remedy, `HTTP ${error.status ?? 'stream error'}`, {
    ...details,
    retryAfterMs: retryAfterMs(error.headers),
    providerCode: refusal.code,
    providerParam: refusal.param,
  });
}

/** Gateways put the status that they received into the error. */
function statusInside(error: unknown): number {
  const code = hasProperties(error) ? error.code : undefined;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 500;
}

type Meaning = [code: AiErrorCode, remedy: Remedy, details?: ProviderErrorDetails];

function meaningOf(refusal: Refusal): Meaning {
  const { status } = refusal;
  if (isOutOfCredit(refusal)) return ['ai.quota_exhausted', 'other'];
  if (isFiltered(refusal)) return ['ai.filtered', 'none'];
  // The provider does not accept a parameter that an administrator wants sent.
  if (refusedParameter(refusal) !== null) return ['ai.unavailable', 'other', { fault: 'parameter' }];
  if (status === 429) return ['ai.rate_limited', 'same'];
  if (status === 408 || status === 409 || status >= 500) return ['ai.unavailable', 'same'];
  // The key, the account or the name of the model is wrong, which the caller cannot fix.
  if (status === 401 || status === 403) return ['ai.unavailable', 'other', { fault: 'key' }];
  if (status === 404) return ['ai.unavailable', 'other', { fault: 'model' }];
  if (status >= 400) return ['ai.refused', 'other'];
  return ['ai.bad_response', 'same'];
}

/** Retry-After in milliseconds, from seconds or a date, if it is present and plausible. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (value === null || value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 86_400) * 1000 : undefined;
}

/** Only the technical cause: messages of the client may quote the provider's text. */
function causeOf(error: unknown): string {
  for (let at = error, depth = 0; hasProperties(at) && depth < 5; at = at.cause, depth += 1) {
    if (typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.constructor.name : 'unknown';
}
