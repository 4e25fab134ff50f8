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

/** A request whose models are chosen and whose first call is ready to be recorded. */
export interface PreparedAsk {
  /** The limits of the groups, for the caller to apply. */
  limits: AiLimits;
  /**
   * The first call. The caller writes its row before `run`, with `open` or together with rows of its own.
   * Null if no model can be asked now; `run` then fails immediately.
   */
  firstCall: NewAiCall | null;
  /** Asks once. @throws AiError as `AiGateway.ask` does */
  run(prompt: AiPrompt, options?: AskOptions): Promise<AiAnswer>;
}

/** How many abandoned calls one statement settles. */
const ABANDONED_BATCH = 500;

/** The only way to ask models. */
export class AiGateway {
  constructor(
    private readonly deps: AskDeps,
    private readonly models: AiModelsService,
    private readonly limits: AiLimitsReader,
  ) {}

  /**
   * Gets one answer: with retries and fallback models before the first token, and an `ai_calls` row for
   * each call.
   * @throws AiError with its code and the text that had arrived; its call is then settled. Also throws what
   * `prepare` throws
   */
  async ask(request: AiRequest, options: AskOptions = {}): Promise<AiAnswer> {
    const prepared = await this.prepare(request);
    if (prepared.firstCall !== null) await this.open(prepared.firstCall);
    return prepared.run(request, options);
  }

  /** Writes the row of a prepared call in the caller's transaction. */
  async open(call: NewAiCall): Promise<void> {
    await this.deps.calls.open(call);
  }

  /**
   * Settles the call of an answer requested with `settle: 'caller'`, in the caller's transaction.
   * @returns false if it was settled as abandoned meanwhile
   */
  async settle(answer: AiAnswer): Promise<boolean> {
    return this.deps.calls.settle(answer.callId, { ...answer, state: 'succeeded', errorCode: null });
  }

  /**
   * The same in two steps, for a caller that writes the first call's row together with its own rows.
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
    const models = chosen.filter((model) => this.deps.circuits.admits(this.keyOf(model)));
    const waitSeconds =
      models.length > 0
        ? null
        : Math.min(...chosen.map((model) => this.deps.circuits.retryAfterSeconds(this.keyOf(model))));
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

  /** Settles calls whose process is gone, as 'aborted' with `ai.interrupted`. @returns how many */
  async settleAbandoned(input: { olderThanSeconds: number; limit?: number }): Promise<number> {
    return this.deps.calls.abandonOlderThan(input.olderThanSeconds, input.limit ?? ABANDONED_BATCH);
  }

  /** The same for the calls of one run whose worker died. @returns how many */
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
