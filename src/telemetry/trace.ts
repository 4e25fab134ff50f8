import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export { SpanKind };

const tracer = trace.getTracer('raptscallions');

/** Returns the current span as a W3C `traceparent`, to be carried elsewhere; null if it is not traced. */
export function currentTraceparent(): string | null {
  return traceparentOf(context.active());
}

/** Returns a `traceparent` of the same trace with another span id; null if there is no trace. */
export function withSpanId(traceparent: string | null, spanId: string): string | null {
  const ids = trace.getSpanContext(contextOf(traceparent, ROOT_CONTEXT));
  if (ids === undefined) return null;
  return traceparentOf(trace.setSpanContext(ROOT_CONTEXT, { ...ids, spanId }));
}

function traceparentOf(from: Context): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(from, carrier);
  return carrier.traceparent ?? null;
}

/** Returns the ids of the current span, for the log. */
export function currentTraceIds(): { traceId: string; spanId: string } | null {
  const ids = trace.getActiveSpan()?.spanContext();
  return ids !== undefined && isSpanContextValid(ids) ? ids : null;
}

/** Returns the context that a `traceparent` describes, or the current one if it is missing or unreadable. */
function contextOf(traceparent: string | null | undefined, inProgress = context.active()): Context {
  // A `tracestate` is never read: clients may put anything into it, and it would leave the process with the
  // spans.
  return propagation.extract(inProgress, { traceparent: traceparent ?? undefined });
}

export interface SpanOptions {
  kind?: SpanKind;
  /**
   * Names in the code, ids and counts. Attributes that `safe-exporter` does not list never leave the
   * process.
   */
  attributes?: Attributes;
  /** A `traceparent` from elsewhere; if absent, the current span is the parent. */
  parent?: string | null | undefined;
}

/** Runs `work` in its own span. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind, attributes }, contextOf(parent), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      // Only the name is recorded, because messages may quote users' texts.
      span.setAttribute('error.type', (error as { code?: string }).code ?? (error as Error).name ?? 'Error');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The first status that is the server's fault and not the client's. */
const OUR_FAULT = 500;

/**
 * Runs the work of an HTTP request in its span. The span is named after the route, because the address
 * contains ids and secrets.
 * @param parent the `traceparent` header, if a proxy or client sends one
 * @param work returns the status of the answer
 */
export async function inServerSpan(
  method: string,
  route: string,
  parent: string | string[] | undefined,
  work: () => Promise<number>,
): Promise<void> {
  const options = {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': route },
    parent: typeof parent === 'string' ? parent : null,
  };
  await inSpan(`${method} ${route}`, options, async (span) => {
    const status = await work();
    span.setAttribute('http.response.status_code', status);
    if (status >= OUR_FAULT) span.setStatus({ code: SpanStatusCode.ERROR });
  });
}

/** A span that has ended elsewhere: that of a workflow, which runs in its sandbox. */
export interface EndedSpan {
  name: string;
  spanId: string;
  /** A `traceparent`. */
  parent: string | null;
  startedAt: Date;
  endedAt: Date;
  attributes: Attributes;
  failed: boolean;
}

let chosenSpanId: string | null = null;

/** Returns the id that the next span must have, for the SDK's id generator. */
export function takeChosenSpanId(): string | null {
  const taken = chosenSpanId;
  chosenSpanId = null;
  return taken;
}

/** Records a span that has ended elsewhere, under the id that other spans already name as their parent. */
export function recordSpan({
  name,
  spanId,
  parent,
  startedAt,
  endedAt,
  attributes,
  failed,
}: EndedSpan): void {
  chosenSpanId = spanId;
  const span = tracer.startSpan(name, { startTime: startedAt, attributes }, contextOf(parent));
  // It is still set if nothing is recorded.
  chosenSpanId = null;
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endedAt);
}
