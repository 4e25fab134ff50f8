import { setTimeout as sleep } from 'node:timers/promises';
import { type RecordedRequest, RecordingServer } from './recording-server';

/** A received span: the parts that tests read. */
export interface ReceivedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  attributes: Record<string, unknown>;
}

/** A received metric: the parts that tests read. */
export interface ReceivedMetric {
  name: string;
  unit?: string;
  sum?: { isMonotonic: boolean; dataPoints: { attributes: Attribute[]; asDouble: number }[] };
  histogram?: {
    dataPoints: {
      attributes: Attribute[];
      count: number;
      explicitBounds: number[];
      bucketCounts: number[];
    }[];
  };
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

function named(attributes: readonly Attribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** An OpenTelemetry collector on loopback that keeps what it receives. */
export class OtlpCollector {
  private constructor(private readonly server: RecordingServer) {}

  static async start(): Promise<OtlpCollector> {
    return new OtlpCollector(await RecordingServer.start({ status: 200, body: {} }));
  }

  /** The value for OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    return this.server.url;
  }

  /** Everything that it received, as text. */
  get text(): string {
    return this.server.requests.map(({ body }) => body.toString('utf8')).join('\n');
  }

  get spans(): ReceivedSpan[] {
    return this.bodies('/v1/traces').flatMap((body) =>
      body.resourceSpans.flatMap(({ resource, scopeSpans }) => {
        const service = String(named(resource.attributes)['service.name']);
        return scopeSpans.flatMap(({ spans }) =>
          spans.map((span) => ({
            service,
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId ?? '',
            name: span.name,
            attributes: named(span.attributes),
          })),
        );
      }),
    );
  }

  /** The last values of the metrics that this service has sent, by name. */
  metricsOf(service: string): Map<string, ReceivedMetric> {
    const all = this.bodies('/v1/metrics').flatMap((body) =>
      body.resourceMetrics
        .filter(({ resource }) => named(resource.attributes)['service.name'] === service)
        .flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics.map((metric) => [metric.name, metric] as const)),
        ),
    );
    return new Map(all);
  }

  /** Waits until `find` returns something for the received spans. */
  async until<T>(find: (spans: ReceivedSpan[]) => T | undefined, limitMs = 30_000): Promise<T> {
    const end = Date.now() + limitMs;
    for (;;) {
      const { spans } = this;
      const found = find(spans);
      if (found !== undefined) return found;
      if (Date.now() > end) {
        const got = spans.map(({ service, traceId, name }) => `${traceId} ${service} ${name}`);
        throw new Error(`it has not arrived:\n${got.join('\n')}`);
      }
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** The received requests to a path. */
  requestsTo(path: string): RecordedRequest[] {
    return this.server.requests.filter((request) => request.path === path);
  }

  private bodies(path: string) {
    return this.requestsTo(path)
      .filter(({ headers }) => headers['content-type'] === 'application/json')
      .map(({ body }) => JSON.parse(body.toString('utf8')) as OtlpBody);
  }
}

interface OtlpBody {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        attributes: Attribute[];
      }[];
    }[];
  }[];
  resourceMetrics: {
    resource: { attributes: Attribute[] };
    scopeMetrics: { metrics: ReceivedMetric[] }[];
  }[];
}
