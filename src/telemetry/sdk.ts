import { hostname } from 'node:os';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { ServiceName, TelemetrySettings } from '../config/config';
import { observeProcess } from './process-metrics';
import { SafeExporter } from './safe-exporter';
import type { DeliveryListener, Telemetry } from './telemetry';
import { takeChosenSpanId } from './trace';

/**
 * Spans that wait for the collector. At about a kilobyte each they take 2 MB at most; newer ones are
 * dropped.
 */
const QUEUE = 2_048;
const BATCH = 512;
/** People look for a trace right after something has happened. */
const SEND_EVERY_MS = 1_000;
/** A collector is nearby; one that takes longer counts as unreachable. */
const SEND_LIMIT_MS = 3_000;
/** A failed sending loses nothing, because the next one includes its data. */
const SEND_METRICS_LIMIT_MS = 900;
/** The time limit for the last spans: a deployment must not wait for a lost collector. */
const STOP_LIMIT_MS = 1_500;

/**
 * Cumulative, except for gauges: a cumulative gauge that is no longer observed keeps its last value. While
 * the database is unreachable, no value is better than an old one.
 */
function temporalityOf(type: InstrumentType): AggregationTemporality {
  return type === InstrumentType.OBSERVABLE_GAUGE
    ? AggregationTemporality.DELTA
    : AggregationTemporality.CUMULATIVE;
}

class ScrapeExporter extends PrometheusExporter {
  override selectAggregationTemporality = temporalityOf;
}

class PushExporter extends OTLPMetricExporter {
  override selectAggregationTemporality = temporalityOf;
}

const random = new RandomIdGenerator();
/** Random ids, except for a span whose id was chosen before it is recorded. */
const idGenerator: IdGenerator = {
  generateTraceId: random.generateTraceId,
  generateSpanId: () => takeChosenSpanId() ?? random.generateSpanId(),
};

/** HTTP requests, AI calls and Temporal have our own spans; these two instrument libraries from inside. */
const instrumentations = () => [
  new PgInstrumentation({
    // Without a parent it is the outbox's poll, every two seconds.
    requireParentSpan: true,
    ignoreConnectSpans: true,
    requestHook: (span, { query }) =>
      void span.updateName(`postgres ${/^\s*(\w+)/.exec(query.text)?.[1]?.toUpperCase() ?? ''}`.trim()),
  }),
  // Redis keys contain user ids and addresses.
  new IORedisInstrumentation({
    dbStatementSerializer: (command) => command,
    requestHook: (span, { cmdName }) => void span.updateName(`redis ${cmdName.toUpperCase()}`),
  }),
];

/** Drops metrics of an instrumentation that no dashboard reads, because each statement would pay for them. */
const WITHOUT_PG_METRICS = {
  meterName: '@opentelemetry/instrumentation-pg',
  aggregation: { type: AggregationType.DROP },
} as const;

function spanProcessor(onDelivery: DeliveryListener): SpanProcessor {
  return new BatchSpanProcessor(
    new SafeExporter(new OTLPTraceExporter({ timeoutMillis: SEND_LIMIT_MS }), onDelivery),
    {
      maxQueueSize: QUEUE,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: SEND_EVERY_MS,
      exportTimeoutMillis: SEND_LIMIT_MS,
    },
  );
}

function pushReader(everyMs: number): PeriodicExportingMetricReader {
  return new PeriodicExportingMetricReader({
    exporter: new PushExporter({ timeoutMillis: SEND_METRICS_LIMIT_MS }),
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: SEND_METRICS_LIMIT_MS,
  });
}

/**
 * Starts the SDK. Its exporters read the collector's address and headers from OpenTelemetry's own
 * variables.
 */
export function startSdk(settings: TelemetrySettings, service: ServiceName): Telemetry {
  const { isTraced, isScraped, sendsMetrics } = settings;
  let listener: DeliveryListener = () => {};
  const scraped = isScraped ? new ScrapeExporter({ preventServerStart: true }) : null;
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({
      'service.name': settings.OTEL_SERVICE_NAME ?? `raptscallions-${service}`,
      'service.namespace': 'raptscallions',
      'service.instance.id': `${hostname()}-${process.pid}`,
    }),
    autoDetectResources: false,
    // Sampled by trace id and ratio only: the API and the worker agree without asking each other, and no
    // client can force its requests to be recorded.
    sampler: new TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG),
    idGenerator,
    spanProcessors: isTraced ? [spanProcessor((isReached, reason) => listener(isReached, reason))] : [],
    instrumentations: isTraced ? instrumentations() : [],
    textMapPropagator: isTraced ? new W3CTraceContextPropagator() : null,
    metricReaders: [
      ...(scraped === null ? [] : [scraped]),
      ...(sendsMetrics ? [pushReader(settings.OTEL_METRIC_EXPORT_INTERVAL)] : []),
    ],
    views: [WITHOUT_PG_METRICS],
    logRecordProcessors: [],
  });
  sdk.start();
  observeProcess();
  return {
    scrape: async () => (scraped === null ? '' : textOf(scraped)),
    onDelivery: (next) => {
      listener = next;
    },
    stop: () => withinLimit(sdk.shutdown()),
  };
}

/** Without OpenTelemetry's own labels and series, because Prometheus adds the job and the instance. */
const serializer = new PrometheusSerializer('', false, undefined, true, true);

async function textOf(exporter: PrometheusExporter): Promise<string> {
  const { resourceMetrics } = await exporter.collect();
  return serializer.serialize(resourceMetrics);
}

async function withinLimit(shutdown: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_LIMIT_MS);
  });
  await Promise.race([shutdown.catch(() => {}), late]);
  clearTimeout(timer);
}
