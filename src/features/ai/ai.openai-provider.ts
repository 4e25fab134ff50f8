import OpenAI, { APIConnectionError, APIError } from 'openai';
import {
  type AiProvider,
  type ProviderChunk,
  ProviderError,
  type ProviderRequest,
  type Remedy,
} from './ai.provider';
import { modelFetch } from './ai.transport';
import type { AiErrorCode } from './ai.types';

export interface OpenAiProviderOptions {
  baseUrl: string;
  apiKey: string | undefined;
  defaultModel: string;
}

/** Any endpoint that speaks OpenAI's chat completions: OpenRouter, LiteLLM, Ollama, vLLM. */
export class OpenAiProvider implements AiProvider {
  readonly name: string;
  readonly defaultModel: string;
  readonly onlyModel = null;
  private readonly client: OpenAI;
  /** Models that would not take a response format: for those the prompt alone says it. */
  private readonly withoutResponseFormat = new Set<string>();

  constructor(options: OpenAiProviderOptions) {
    this.name = new URL(options.baseUrl).host;
    this.defaultModel = options.defaultModel;
    this.client = new OpenAI({
      baseURL: options.baseUrl,
      // The client insists on a key; local endpoints look at none.
      apiKey: options.apiKey ?? 'none',
      organization: null,
      project: null,
      // Retries and time limits are the gateway's, which records each call.
      maxRetries: 0,
      timeout: 600_000,
      // Its log would hold what models and students say.
      logLevel: 'off',
      fetch: modelFetch,
    });
  }

  async *chat(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderChunk> {
    try {
      const stream = await this.client.chat.completions.create(this.body(request), { signal });
      for await (const chunk of stream) yield readChunk(chunk);
    } catch (error) {
      throw this.translate(error, request);
    }
  }

  private body(request: ProviderRequest): OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming {
    const { model, system, messages, maxOutputTokens, outputSchema } = request;
    const format = outputSchema !== undefined && !this.withoutResponseFormat.has(model);
    return {
      model,
      messages: [
        { role: 'system', content: system },
        ...messages.map(({ role, content }) => ({ role, content })),
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: maxOutputTokens,
      ...(format
        ? {
            response_format: {
              type: 'json_schema' as const,
              json_schema: { name: 'answer', schema: outputSchema, strict: false },
            },
          }
        : {}),
    };
  }

  private translate(error: unknown, request: ProviderRequest): ProviderError {
    if (error instanceof ProviderError) return error;
    if (error instanceof APIConnectionError)
      return new ProviderError('ai.unavailable', 'same', causeOf(error));
    if (error instanceof SyntaxError)
      return new ProviderError('ai.bad_response', 'same', 'an event that is not JSON');
    if (!(error instanceof APIError)) return new ProviderError('ai.unavailable', 'same', causeOf(error));
    if (
      error.status === 400 &&
      request.outputSchema !== undefined &&
      !this.withoutResponseFormat.has(request.model)
    ) {
      this.withoutResponseFormat.add(request.model);
      return new ProviderError('ai.refused', 'same', 'HTTP 400, possibly for the response format', 0);
    }
    // A status of none: an error told inside of the stream.
    const [code, remedy] = meaningOf(error.status ?? 500);
    return new ProviderError(
      code,
      remedy,
      `HTTP ${error.status ?? 'stream error'}`,
      retryAfterMs(error.headers),
    );
  }
}

function meaningOf(status: number): [AiErrorCode, Remedy] {
  if (status === 429) return ['ai.rate_limited', 'same'];
  if (status === 408 || status === 409 || status >= 500) return ['ai.unavailable', 'same'];
  // The key, the account or the name of the model is wrong: nothing that a caller can help.
  if (status === 401 || status === 402 || status === 403 || status === 404)
    return ['ai.unavailable', 'other'];
  if (status >= 400) return ['ai.refused', 'other'];
  return ['ai.bad_response', 'same'];
}

/** Retry-After in milliseconds, from seconds or a date, if it is there and makes sense. */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const value = headers?.get('retry-after');
  if (value === null || value === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 86_400) * 1000 : undefined;
}

const wrongShape = (what: string) =>
  new ProviderError('ai.bad_response', 'same', `an event of another shape: ${what}`);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Checked by hand and not trusted: the types of the client say what a provider should send, not what it does. */
function readChunk(chunk: unknown): ProviderChunk {
  if (!isObject(chunk)) throw wrongShape('no object');
  const { choices, usage } = chunk;
  const result: ProviderChunk = {};
  if (isObject(usage))
    result.usage = {
      inputTokens: count(usage.prompt_tokens),
      outputTokens: count(usage.completion_tokens),
    };
  if (choices === undefined || choices === null) {
    if (result.usage === undefined) throw wrongShape('no choices');
    return result;
  }
  if (!Array.isArray(choices)) throw wrongShape('choices');
  const choice: unknown = choices[0];
  if (choice === undefined) return result;
  if (!isObject(choice)) throw wrongShape('choice');
  const { delta, finish_reason: finish } = choice;
  if (isObject(delta) && delta.content !== null && delta.content !== undefined) {
    if (typeof delta.content !== 'string') throw wrongShape('content');
    result.text = delta.content;
  }
  if (isObject(delta) && typeof delta.refusal === 'string' && delta.refusal !== '') result.finish = 'refused';
  else if (typeof finish === 'string' && finish !== '') result.finish = finishOf(finish);
  return result;
}

function finishOf(reason: string): 'stop' | 'length' | 'refused' {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'refused';
  if (reason === 'error') throw new ProviderError('ai.interrupted', 'same', 'the provider broke off');
  return 'stop';
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? Math.min(Math.round(value), 2_000_000_000)
    : 0;
}

/** The technical cause alone: messages of the client may quote what the provider sent. */
function causeOf(error: unknown): string {
  for (let at = error, depth = 0; isObject(at) && depth < 5; at = at.cause, depth += 1) {
    if (typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.constructor.name : 'unknown';
}
