import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export { SpanKind };

/** A finished span that was not made where it is told of: that of a workflow, which runs in its sandbox. */
export interface ForeignSpan {
  name: string;
  /** As `traceparent` writes it: the span itself, and what it is a part of. */
  self: string;
  parent: string;
  startedAt: Date;
  endedAt: Date;
  attributes: Attributes;
  failed: boolean;
}

/** What is there only while traces are recorded. */
export interface Recorder {
  record(span: ForeignSpan): void;
  stop(): Promise<void>;
  /** Told once when the collector is lost, and once when it is back. */
  onDelivery: ((isReached: boolean, reason: string) => void) | null;
}

let recorder: Recorder | null = null;

/** The recorder of this process, or null where no traces are wanted. */
export function currentRecorder(): Recorder | null {
  return recorder;
}

export function setRecorder(next: Recorder | null): void {
  recorder = next;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$/;
const tracer = trace.getTracer('raptscallions');

/** The work in progress as a `traceparent` of W3C, to be carried elsewhere; null where it is not traced. */
export function currentTraceparent(): string | null {
  if (recorder === null) return null;
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`;
}

/** The ids of the work in progress, for the log. */
export function currentTraceIds(): { traceId: string; spanId: string } | null {
  return recorder === null ? null : (trace.getActiveSpan()?.spanContext() ?? null);
}

/** Reads a `traceparent`. @returns null for anything that is none. */
export function parseTraceparent(text: string) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  const parsed = { traceId, spanId, traceFlags: Number(flags), isRemote: true };
  return isSpanContextValid(parsed) ? parsed : null;
}

export interface SpanOptions {
  kind?: SpanKind;
  /** Names of code, ids and counts; what is not on the list of `safe-exporter` does not leave the process. */
  attributes?: Attributes;
  /** A `traceparent` that came from elsewhere; else the work in progress is the parent. */
  parent?: string | null | undefined;
}

function contextOf(parent: string | null | undefined): Context {
  const remote = parent === null || parent === undefined ? null : parseTraceparent(parent);
  return remote === null ? context.active() : trace.setSpanContext(context.active(), remote);
}

/** Runs `work` in a span of its own. Where no traces are recorded, runs it and nothing else. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  if (recorder === null) return work(null);
  const { kind = SpanKind.INTERNAL, attributes = {} } = options;
  return tracer.startActiveSpan(name, { kind, attributes }, contextOf(options.parent), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      // The name alone: messages may quote what people wrote.
      span.setAttribute('error.type', (error as { code?: string }).code ?? (error as Error).name ?? 'Error');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The first status that is our fault and not the client's. */
const OUR_FAULT = 500;

/**
 * Runs the work of an HTTP request in its span, named after the route, as its address has ids and secrets in it.
 * @param parent the `traceparent` header, where a proxy or client sends one.
 * @param work returns the status of the answer.
 */
export async function inServerSpan(
  method: string,
  route: string,
  parent: string | string[] | undefined,
  work: () => Promise<number>,
): Promise<void> {
  if (recorder === null) {
    await work();
    return;
  }
  const attributes = { 'http.request.method': method, 'http.route': route };
  const options = {
    kind: SpanKind.SERVER,
    attributes,
    parent: typeof parent === 'string' ? parent : null,
  };
  await inSpan(`${method} ${route}`, options, async (span) => {
    const status = await work();
    span?.setAttribute('http.response.status_code', status);
    if (status >= OUR_FAULT) span?.setStatus({ code: SpanStatusCode.ERROR });
  });
}
