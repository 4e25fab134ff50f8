import { newId } from '../../../shared/ids';
import type {
  AiAnswer,
  AiModelChoice,
  AiPrompt,
  AiRequest,
  AiTarget,
  AskOptions,
  NewAiCall,
} from '../ai.types';
import type { AiModelsService } from '../models/ai.models.service';
import { Ask, type AskDeps } from './ai.ask';
import { type AiLimits, type AiLimitsReader, ModelUnavailableError, NoModelAllowedError } from './ai.limits';

/** The models are chosen, and the first call is ready to be written. */
export interface PreparedAsk {
  /** What the groups allow, for the caller's part of it. */
  limits: AiLimits;
  /**
   * The first call, whose row the caller writes before `run`, by `open` or with rows of its own. Null if no model can be
   * asked just now; `run` then fails at once.
   */
  firstCall: NewAiCall | null;
  /** Asks, once. @throws AiError as `AiGateway.ask` does. */
  run(prompt: AiPrompt, options?: AskOptions): Promise<AiAnswer>;
}

/** How many abandoned calls one statement settles. */
const ABANDONED_BATCH = 500;

/** Asks models; the one way to them. */
export class AiGateway {
  constructor(
    private readonly deps: AskDeps,
    private readonly models: AiModelsService,
    private readonly limits: AiLimitsReader,
  ) {}

  /**
   * One answer: retries and fallback models before the first token, an `ai_calls` row for each call.
   * @throws AiError with its code and what had arrived; its call is settled then. What `prepare` throws.
   */
  async ask(request: AiRequest, options: AskOptions = {}): Promise<AiAnswer> {
    const prepared = await this.prepare(request);
    if (prepared.firstCall !== null) await this.open(prepared.firstCall);
    return prepared.run(request, options);
  }

  /** Writes the row of a call that `prepare` has made ready, in the transaction of the caller. */
  async open(call: NewAiCall): Promise<void> {
    await this.deps.calls.open(call);
  }

  /**
   * Settles the call of an answer that was asked for with `settle: 'caller'`, in the transaction of the caller.
   * @returns false if somebody has settled it as abandoned meanwhile.
   */
  async settle(answer: AiAnswer): Promise<boolean> {
    return this.deps.calls.settle(answer.callId, { ...answer, state: 'succeeded', errorCode: null });
  }

  /**
   * The same in two steps, for a caller that writes the first call's row together with rows of its own.
   * @throws AiSwitchedOffError, NoModelAllowedError, ModelUnavailableError
   */
  async prepare(target: AiTarget): Promise<PreparedAsk> {
    const { charge } = target;
    const limits = await this.limits.forWork(charge);
    const chosen = await this.models.choose({
      tenantId: charge.tenantId,
      wanted: target.model,
      allowed: limits.allowedModels,
    });
    if (chosen.length === 0) throw await this.reasonForNoModel(target);
    const models = chosen.filter((model) => this.deps.breaker.admits(this.keyOf(model)));
    const waitSeconds =
      models.length > 0
        ? null
        : Math.min(...chosen.map((model) => this.deps.breaker.retryAfterSeconds(this.keyOf(model))));
    const first = models[0];
    const { provider } = this.deps;
    const firstCall =
      first === undefined ? null : { id: newId(), charge, provider: provider.name, model: first.name };
    return {
      limits,
      firstCall,
      run: (prompt, options = {}) =>
        new Ask(this.deps, charge, prompt, models, firstCall?.id ?? null, waitSeconds, options).run(),
    };
  }

  /** Settles calls that nobody will settle any more, as 'aborted' with `ai.interrupted`. @returns how many. */
  async settleAbandoned(input: { olderThanSeconds: number; limit?: number }): Promise<number> {
    return this.deps.calls.abandonOlderThan(input.olderThanSeconds, input.limit ?? ABANDONED_BATCH);
  }

  /** The same for the calls of one run, whose worker died. @returns how many. */
  async settleAbandonedOfRun(runId: string): Promise<number> {
    return this.deps.calls.abandonOfRun(runId);
  }

  private async reasonForNoModel({ charge: { tenantId }, model }: AiTarget): Promise<Error> {
    const isThere = model === null || (await this.models.isUsable({ tenantId, name: model }));
    return isThere ? new NoModelAllowedError() : new ModelUnavailableError(model);
  }

  private keyOf(model: AiModelChoice): string {
    return `${this.deps.provider.name}/${model.name}`;
  }
}
