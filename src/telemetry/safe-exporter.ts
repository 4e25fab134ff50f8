import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/**
 * The span attributes that may leave the process. All others stay here: request addresses contain ids and
 * one-time secrets, and the libraries add client addresses, user agents and Redis keys.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'error.type',
  'server.address',
  'server.port',
  'db.system',
  'db.system.name',
  'db.namespace',
  'db.query.text',
  'db.operation.name',
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.response.finish_reasons',
  'temporal.workflow_type',
  'temporal.workflow_id',
  'temporal.activity_type',
  'temporal.attempt',
  'temporal.task_queue',
]);
/** Our own statements are shorter. They never contain values, which are parameters. */
const MAX_TEXT = 2_000;

function allowed(attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (ALLOWED.has(name)) kept[name] = typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
  }
  return kept;
}

/** Returns the span without private data: no events (they quote errors) and no text in its status. */
function safe(span: ReadableSpan): ReadableSpan {
  return Object.create(span, {
    attributes: { value: allowed(span.attributes) },
    events: { value: [] },
    links: { value: [] },
    status: { value: { code: span.status.code ?? SpanStatusCode.UNSET } },
  }) as ReadableSpan;
}

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Exports spans with allowed attributes only, and reports when the collector is lost and when it is back. */
export class SafeExporter implements SpanExporter {
  private isReached = true;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly onDelivery: (isReached: boolean, reason: string) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.exporter.export(spans.map(safe), (result) => {
      const isReached = result.error === undefined;
      if (isReached !== this.isReached) this.onDelivery(isReached, result.error?.name ?? '');
      this.isReached = isReached;
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }
}
