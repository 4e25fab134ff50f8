import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import type { Resource } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { TracingSettings } from '../config/config';
import { otlpUrl, parseHeaders, resourceOf, type ServiceName } from './otlp';
import { SafeExporter } from './safe-exporter';
import { type ForeignSpan, parseTraceparent, type Recorder, setRecorder } from './trace';

/** Spans that wait for the collector; with about a kilobyte each they take 2 MB at most, newer ones are dropped. */
const QUEUE = 2_048;
const BATCH = 512;
/** Somebody looks for a trace right after something has happened. */
const SEND_EVERY_MS = 1_000;
/** A collector stands nearby; one that takes longer is as good as away. */
const SEND_LIMIT_MS = 3_000;
/** What is left at the end gets this long: a deployment must not wait for a collector that has gone. */
const STOP_LIMIT_MS = 1_500;

/**
 * Whether a trace is recorded depends on its id and the share alone: API and worker agree without asking each other, and no
 * client can have its requests recorded by saying so.
 */
function samplerOf(share: number): ParentBasedSampler {
  const root = new TraceIdRatioBasedSampler(share);
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
}

/** HTTP requests, AI calls and Temporal have spans of our own; these two are inside of their libraries. */
function instrument(): void {
  registerInstrumentations({
    instrumentations: [
      new PgInstrumentation({
        // Without one it is the outbox being looked at, every two seconds.
        requireParentSpan: true,
        ignoreConnectSpans: true,
        requestHook: (span, { query }) =>
          void span.updateName(`postgres ${/^\s*(\w+)/.exec(query.text)?.[1]?.toUpperCase() ?? ''}`.trim()),
      }),
      // Keys have user ids and addresses in them.
      new IORedisInstrumentation({
        dbStatementSerializer: (command) => command,
        requestHook: (span, { cmdName }) => void span.updateName(`redis ${cmdName.toUpperCase()}`),
      }),
    ],
  });
}

const hrTime = (date: Date): HrTime => {
  const ms = date.getTime();
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
};

function readable(span: ForeignSpan, resource: Resource): ReadableSpan | null {
  const self = parseTraceparent(span.self);
  const parent = parseTraceparent(span.parent);
  if (self === null || parent === null) return null;
  const ms = Math.max(0, span.endedAt.getTime() - span.startedAt.getTime());
  return {
    name: span.name,
    kind: SpanKind.INTERNAL,
    spanContext: () => self,
    parentSpanContext: parent,
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(new Date(ms)),
    status: { code: span.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'raptscallions' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Loads OpenTelemetry and lets it take part in the loading of `pg` and `ioredis`. */
export function startTracing(settings: TracingSettings, service: ServiceName): Recorder {
  const resource = resourceOf(service, settings.OTEL_SERVICE_NAME);
  const exporter = new OTLPTraceExporter({
    url: otlpUrl(settings.OTEL_EXPORTER_OTLP_ENDPOINT, 'traces'),
    headers: parseHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS),
    timeoutMillis: SEND_LIMIT_MS,
  });
  const processor = new BatchSpanProcessor(
    new SafeExporter(exporter, (isReached, reason) => recorder.onDelivery?.(isReached, reason)),
    {
      maxQueueSize: QUEUE,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: SEND_EVERY_MS,
      exportTimeoutMillis: SEND_LIMIT_MS,
    },
  );
  const provider = new NodeTracerProvider({
    resource,
    sampler: samplerOf(settings.OTEL_TRACES_SAMPLER_ARG),
    spanProcessors: [processor],
  });
  provider.register();
  instrument();
  const recorder: Recorder = {
    onDelivery: null,
    record: (span) => {
      const made = readable(span, resource);
      if (made !== null) processor.onEnd(made);
    },
    stop: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_LIMIT_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
    },
  };
  setRecorder(recorder);
  return recorder;
}
