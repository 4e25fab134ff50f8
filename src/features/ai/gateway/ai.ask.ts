import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../platform/logging/logger';
import type { CircuitVerdict } from '../../../shared/circuit';
import { newId } from '../../../shared/ids';
import { inSpan, SpanKind } from '../../../telemetry/trace';
import { AiError } from '../ai.errors';
import type { AiAnswer, AiCharge, AiModelChoice, AiPrompt, AskOptions } from '../ai.types';
import type { AiProvider } from '../providers/ai.provider';
import { Attempt, AttemptError, type AttemptResult, type Written } from './ai.attempt';
import type { AiCallsRepository, CallOutcome } from './ai.calls.repository';
import type { ModelCircuits } from './ai.circuits';
import type { ConfigurationFaults } from './ai.faults';
import { measureCall } from './ai.metrics';
import { costMicros, type Usage, usageOf } from './ai.text';

/** A model that fails is asked once more; after that the next model has a better chance. */
const TRIES_PER_MODEL = 2;
/**
 * The first pause before a retry. It is jittered, so that simultaneous failures in a school do not retry at
 * the same moment.
 */
const BACK_OFF_MS = 250;
/** If a provider asks for a longer pause than this, the caller gets an error that says so. */
const MAX_RETRY_AFTER_MS = 5_000;
/** Enough for any language; the answer of a model that ignores its token limit is cut here. */
const CHARACTERS_PER_OUTPUT_TOKEN = 8;
const NOTHING = { read: 0, written: 0 };
/** The longest text that a stored message can hold. */
const MAX_CHARACTERS = 200_000;

export interface AskDeps {
  provider: AiProvider;
  circuits: ModelCircuits;
  calls: AiCallsRepository;
  logger: Logger;
  faults: ConfigurationFaults;
  /** The longest silence and the longest whole answer, including retries and fallbacks, in milliseconds. */
  silenceMs: number;
  totalMs: number;
}

/** One request in progress: asks the models in order, each until one has begun to answer. */
export class Ask {
  private deadline = 0;
  private readonly inputBytes: number;

  constructor(
    private readonly deps: AskDeps,
    private readonly charge: AiCharge,
    private readonly prompt: AiPrompt,
    private readonly models: readonly AiModelChoice[],
    /** The call whose row the caller has written. */
    private firstCallId: string | null,
    /** If no model may be asked now: for how many seconds. */
    private readonly waitSeconds: number | null,
    private readonly options: AskOptions,
  ) {
    this.inputBytes = prompt.messages.reduce(
      (sum, message) => sum + Buffer.byteLength(message.content),
      Buffer.byteLength(prompt.system),
    );
  }

  /** @throws AiError if no model is left to try, or if an answer was cut off after it had begun */
  async run(): Promise<AiAnswer> {
    this.deadline = performance.now() + this.deps.totalMs;
    let failure: AttemptError | null = null;
    let asked: AiModelChoice | null = null;
    for (const model of this.models) {
      for (let round = 1; round <= TRIES_PER_MODEL; round += 1) {
        const outcome = await this.attempt(model);
        if (!(outcome instanceof AttemptError)) return outcome;
        failure = outcome;
        asked = model;
        if (outcome.progress.text !== '' || outcome.remedy === 'none') throw toAiError(outcome, model);
        if (outcome.remedy !== 'same' || !(await this.pause(outcome, round))) break;
      }
      if (this.options.signal?.aborted === true || this.timeLeft() <= 0) break;
    }
    if (failure !== null && asked !== null) throw toAiError(failure, asked);
    throw new AiError('ai.unavailable', '', null, this.waitSeconds ?? undefined);
  }

  private async attempt(model: AiModelChoice): Promise<AiAnswer | AttemptError> {
    const { deps } = this;
    const callId = await this.open(model);
    const key = `${deps.provider.name}/${model.name}`;
    if (!deps.circuits.enter(key)) return this.refusedByCircuit(callId, model, key);
    let verdict: CircuitVerdict = 'unknown';
    try {
      const result = await this.call(model);
      verdict = 'healthy';
      return await this.succeed(callId, model, result);
    } catch (error) {
      if (!(error instanceof AttemptError)) throw error;
      verdict = verdictOf(error);
      await this.fail(callId, model, error);
      return error;
    } finally {
      deps.circuits.report(key, verdict);
    }
  }

  private call(model: AiModelChoice): Promise<AttemptResult> {
    const { system, messages, outputSchema } = this.prompt;
    const { maxOutputTokens } = model;
    const request = {
      model: model.name,
      system,
      messages,
      maxOutputTokens,
      parameters: model.parameters,
      ...(outputSchema === undefined ? {} : { outputSchema }),
    };
    const limits = {
      silenceMs: Math.min(this.deps.silenceMs, this.timeLeft()),
      totalMs: this.timeLeft(),
      maxCharacters: Math.min(maxOutputTokens * CHARACTERS_PER_OUTPUT_TOKEN, MAX_CHARACTERS),
    };
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': this.deps.provider.name,
      'gen_ai.request.model': model.name,
    };
    return inSpan(`chat ${model.name}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      const result = await new Attempt(this.deps.provider, request, limits, this.options).run();
      const { inputTokens, outputTokens } = this.used(result);
      span.setAttributes({
        'gen_ai.usage.input_tokens': inputTokens,
        'gen_ai.usage.output_tokens': outputTokens,
        'gen_ai.response.finish_reasons': [result.finish],
      });
      return result;
    });
  }

  /** The caller has written the row of the first call; this writes the row of each further one. */
  private async open(model: AiModelChoice): Promise<string> {
    if (this.firstCallId !== null) {
      const id = this.firstCallId;
      this.firstCallId = null;
      return id;
    }
    const id = newId();
    const { provider, calls } = this.deps;
    await calls.open({ id, charge: this.charge, provider: provider.name, model: model.name });
    return id;
  }

  private async succeed(callId: string, model: AiModelChoice, result: AttemptResult): Promise<AiAnswer> {
    const usage = this.used(result);
    const cost = costMicros(usage, model);
    const { firstTokenMs, latencyMs } = result;
    this.measure(model, 'succeeded', { ...usage, costMicros: cost, latencyMs });
    const measured = { ...usage, costMicros: cost, firstTokenMs, latencyMs };
    if (this.options.settle !== 'caller')
      await this.settle(callId, { ...measured, state: 'succeeded', errorCode: null });
    const { text, finish } = result;
    return {
      text,
      finish,
      callId,
      provider: this.deps.provider.name,
      model: model.name,
      ...measured,
    };
  }

  private async fail(callId: string, model: AiModelChoice, error: AttemptError): Promise<void> {
    const { usage: reported, firstTokenMs, latencyMs } = error.progress;
    const usage = reported !== null || wasRead(error) ? this.used(error.progress) : usageOf(null, NOTHING);
    const outcome: CallOutcome = {
      state: error.aborted ? 'aborted' : 'failed',
      ...usage,
      costMicros: costMicros(usage, model),
      firstTokenMs,
      latencyMs,
      errorCode: error.code,
    };
    this.measure(model, error.aborted ? 'aborted' : error.code, outcome);
    this.deps.logger.warn('a call to a model failed', {
      callId,
      model: model.name,
      code: error.code,
      cause: error.message,
      fault: error.fault,
      providerCode: error.details.providerCode,
      providerParam: error.details.providerParam,
      latencyMs,
    });
    await this.deps.faults.report(error.fault, model.name, this.charge.tenantId);
    await this.settle(callId, outcome);
  }

  private measure(
    { name: model }: AiModelChoice,
    outcome: string,
    used: Pick<CallOutcome, 'inputTokens' | 'outputTokens' | 'costMicros' | 'latencyMs'>,
  ): void {
    measureCall({ provider: this.deps.provider.name, model, outcome, used });
  }

  private async refusedByCircuit(callId: string, model: AiModelChoice, key: string): Promise<AttemptError> {
    const progress = { text: '', bytes: 0, usage: null, firstTokenMs: null, latencyMs: 0 };
    const retryAfterMs = this.deps.circuits.retryAfterSeconds(key) * 1000;
    const details = { retryAfterMs };
    const error = new AttemptError(
      'ai.unavailable',
      'other',
      'provider',
      progress,
      'the circuit is open',
      details,
    );
    await this.fail(callId, model, error);
    return error;
  }

  /** A row that cannot be settled now is settled later as abandoned, so that the answer is not lost. */
  private async settle(callId: string, outcome: CallOutcome): Promise<void> {
    await this.deps.calls
      .settle(callId, outcome)
      .catch((error: unknown) => this.deps.logger.warn('a model call could not be settled', { error }));
  }

  private used({ usage, bytes }: Written): Usage {
    return usageOf(usage, { read: this.inputBytes, written: bytes });
  }

  /** Waits before the same model is asked again. @returns whether that makes sense */
  private async pause(failure: AttemptError, round: number): Promise<boolean> {
    if (round >= TRIES_PER_MODEL) return false;
    const wait = failure.details.retryAfterMs ?? BACK_OFF_MS * 2 ** (round - 1) * (0.5 + Math.random());
    if (wait > MAX_RETRY_AFTER_MS || wait >= this.timeLeft()) return false;
    const { signal } = this.options;
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    return signal?.aborted !== true;
  }

  private timeLeft(): number {
    return Math.max(0, this.deadline - performance.now());
  }
}

/** Whether the provider has probably read the request, and will charge for it. */
function wasRead(error: AttemptError): boolean {
  return error.progress.bytes > 0 || error.aborted || error.code === 'ai.timeout';
}

/** Only the provider's own failures count against a model; after any other error the model did answer. */
function verdictOf({ aborted, fault }: AttemptError): CircuitVerdict {
  if (aborted || fault === 'answer') return 'unknown';
  return fault === 'provider' ? 'failed' : 'healthy';
}

function toAiError({ code, details, progress }: AttemptError, model: AiModelChoice): AiError {
  const { retryAfterMs } = details;
  const seconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
  return new AiError(code, progress.text, model.name, seconds);
}
