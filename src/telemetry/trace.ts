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

/** The work in progress as a `traceparent` of W3C, to be carried elsewhere; null if it is not traced. */
export function currentTraceparent(): string | null {
  return traceparentOf(context.active());
}

/** The same trace as a `traceparent` tells of, but a span with this id; null if there is none. */
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

/** The ids of the work in progress, for the log. */
export function currentTraceIds(): { traceId: string; spanId: string } | null {
  const ids = trace.getActiveSpan()?.spanContext();
  return ids !== undefined && isSpanContextValid(ids) ? ids : null;
}

/** The context that a `traceparent` tells of; the work in progress, if there is none or it cannot be read. */
function contextOf(traceparent: string | null | undefined, inProgress = context.active()): Context {
  // Never a `tracestate`: clients put into it what they like, and it would leave the process with the spans.
  return propagation.extract(inProgress, { traceparent: traceparent ?? undefined });
}

export interface SpanOptions {
  kind?: SpanKind;
  /** Names of code, ids and counts; what is not on the list of `safe-exporter` does not leave the process. */
  attributes?: Attributes;
  /** A `traceparent` that came from elsewhere; else the work in progress is the parent. */
  parent?: string | null | undefined;
}

/** Runs `work` in a span of its own. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { kind, attributes }, contextOf(parent), async (span) => {
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
 * Runs the work of an HTTP request in its span, named after the route, because its address has ids and secrets in it.
 * @param parent the `traceparent` header, if a proxy or client sends one.
 * @param work returns the status of the answer.
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

/** The id that the next span must have, for the SDK's generator of ids. */
export function takeChosenSpanId(): string | null {
  const taken = chosenSpanId;
  chosenSpanId = null;
  return taken;
}

/** Records a span that has ended elsewhere, under the id that others already have as their parent's. */
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
  // Still there if nothing is recorded.
  chosenSpanId = null;
  if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endedAt);
}
