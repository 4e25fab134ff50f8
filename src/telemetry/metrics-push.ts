import { type HrTime, ValueType } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';

interface Sample {
  labels: Record<string, string | number>;
  value: number;
  metricName?: string;
}

interface Family {
  name: string;
  help: string;
  type: string;
  values: Sample[];
}

const now = (): HrTime => {
  const ms = Date.now();
  return [Math.floor(ms / 1000), (ms % 1000) * 1e6];
};

interface Buckets {
  attributes: Record<string, string>;
  /** Each bound with how many values were not above it. */
  cumulative: [number, number][];
  sum: number;
  count: number;
}

/** The lines of a histogram, gathered into one point for each set of labels. */
function histogramPoints({ name, values }: Family): Buckets[] {
  const points = new Map<string, Buckets>();
  for (const { labels, value, metricName } of values) {
    const { le, ...own } = labels;
    const key = JSON.stringify(own);
    const point = points.get(key) ?? { attributes: inText(own), cumulative: [], sum: 0, count: 0 };
    points.set(key, point);
    if (metricName === `${name}_sum`) point.sum = value;
    else if (metricName === `${name}_count`) point.count = value;
    else if (le !== '+Inf') point.cumulative.push([Number(le), value]);
  }
  return [...points.values()];
}

function inText(labels: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

/** Prometheus counts what is not above a bound, OTLP what lies between two. */
function between({ cumulative, count }: Buckets): number[] {
  const counts = [...cumulative.map(([, value]) => value), count];
  return counts.map((value, i) => value - (counts[i - 1] ?? 0));
}

/** A family of prom-client's registry as OTLP has it. */
export function toMetricData(family: Family, startTime: HrTime, endTime: HrTime): MetricData {
  const descriptor = {
    name: family.name,
    description: family.help,
    unit: '',
    valueType: ValueType.DOUBLE,
  };
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  const points = family.values.map(({ labels, value }) => ({
    startTime,
    endTime,
    attributes: inText(labels),
    value,
  }));
  const base = { descriptor, aggregationTemporality };
  if (family.type === 'counter')
    return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points };
  if (family.type !== 'histogram') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: points };
  const dataPoints = histogramPoints(family).map((point) => ({
    startTime,
    endTime,
    attributes: point.attributes,
    value: {
      buckets: { boundaries: point.cumulative.map(([bound]) => bound), counts: between(point) },
      sum: point.sum,
      count: point.count,
    },
  }));
  return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
}

/** Our registry, as a source for the SDK: one place counts, and both ways out tell the same. */
class RegistryProducer implements MetricProducer {
  private readonly startTime = now();

  constructor(
    private readonly registry: Registry,
    private readonly resource: Resource,
    private readonly beforeMetrics: () => void,
  ) {}

  async collect(): Promise<CollectionResult> {
    this.beforeMetrics();
    const families = (await this.registry.getMetricsAsJSON()) as unknown as Family[];
    const endTime = now();
    const metrics = families
      .filter(({ values }) => values.length > 0)
      .map((family) => toMetricData(family, this.startTime, endTime));
    const scopeMetrics = [{ scope: { name: 'raptscallions' }, metrics }];
    return { resourceMetrics: { resource: this.resource, scopeMetrics }, errors: [] };
  }
}

export interface MetricsPushOptions {
  registry: Registry;
  resource: Resource;
  url: string;
  headers: Record<string, string>;
  everyMs: number;
  /** Brings the registry up to date. */
  beforeMetrics: () => void;
}

/** A collector stands nearby; one that takes longer is as good as away. The next sending has all that this one had. */
const SEND_LIMIT_MS = 900;

/** Sends the registry again and again, until it is stopped. @returns what stops it, with one sending more. */
export function startPushing(options: MetricsPushOptions): () => Promise<void> {
  const { registry, resource, url, headers, everyMs, beforeMetrics } = options;
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url, headers, timeoutMillis: SEND_LIMIT_MS }),
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: SEND_LIMIT_MS,
    metricProducers: [new RegistryProducer(registry, resource, beforeMetrics)],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return () => provider.shutdown({ timeoutMillis: SEND_LIMIT_MS }).catch(() => {});
}
