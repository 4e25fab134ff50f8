import { metrics } from '@opentelemetry/api';

/** In seconds: from the first token of a small model to the longest answer within the limits. */
const ANSWER_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120];
/** People name models and providers. A district has some dozens of names; further names share one label. */
const MAX_NAMES = 100;
const THE_REST = 'other';

const meter = metrics.getMeter('raptscallions');
const requests = meter.createCounter('ai_requests_total', {
  description: 'Calls to models, by how they ended: succeeded, aborted, or the code of the failure.',
});
const tokens = meter.createCounter('ai_tokens_total', {
  description: 'Tokens that models have read (input) and written (output).',
});
const cost = meter.createCounter('rapt_ai_cost_micros_total', {
  description: 'What calls to models cost, in millionths of BILLING_CURRENCY.',
});
const duration = meter.createHistogram('rapt_ai_request_seconds', {
  description: 'How long calls to models took.',
  advice: { explicitBucketBoundaries: ANSWER_SECONDS },
});

/** Label values for names that people choose: the first hundred unchanged. */
class ChosenNames {
  private readonly seen = new Set<string>();

  label(name: string): string {
    if (this.seen.size < MAX_NAMES) this.seen.add(name);
    return this.seen.has(name) ? name : THE_REST;
  }
}

const models = new ChosenNames();
const providers = new ChosenNames();

export interface MeasuredCall {
  provider: string;
  model: string;
  outcome: string;
  used: { inputTokens: number; outputTokens: number; costMicros: number; latencyMs: number };
}

/** Records an ended call to a model. */
export function measureCall({ provider, model: name, outcome, used }: MeasuredCall): void {
  const model = models.label(name);
  requests.add(1, { provider: providers.label(provider), model, outcome });
  tokens.add(used.inputTokens, { model, direction: 'input' });
  tokens.add(used.outputTokens, { model, direction: 'output' });
  cost.add(used.costMicros, { model });
  duration.record(used.latencyMs / 1000, { model });
}
