import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { TestProcess } from '../testing/child-process';
import { RecordingServer } from '../testing/recording-server';
import { SafeExporter } from './safe-exporter';
import { currentTraceparent, inSpan } from './trace';

type Exporter = ConstructorParameters<typeof SafeExporter>[0];
type Spans = Parameters<Exporter['export']>[0];

/** Long enough for a busy machine; a hanging process does not answer within it. */
const SOON_MS = 10_000;

describe('spans', () => {
  it('are not recorded if they are not wanted', async () => {
    const made = await inSpan('x', {}, async (span) => [span.isRecording(), currentTraceparent()]);
    expect(made).toEqual([false, null]);
  });

  it('leave the process only with listed attributes, and report failures', () => {
    const sent: Spans = [];
    const told: boolean[] = [];
    let error: Error | undefined;
    const inner: Exporter = {
      export: (spans, done) => {
        sent.push(...spans);
        done(error === undefined ? { code: 0 } : { code: 1, error });
      },
      shutdown: () => Promise.resolve(),
    };
    const safe = new SafeExporter(inner, (isReached) => told.push(isReached));
    const tracer = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(safe)] }).getTracer('t');
    const make = () => {
      const attributes = { 'http.route': '/runs', 'url.query': 'token=secret-77', 'user.email': 'secret-77' };
      const span = tracer.startSpan('ours', { attributes });
      span.recordException(new Error('secret-77'));
      span.setStatus({ code: 2, message: 'secret-77' });
      span.end();
    };
    make();
    error = new Error('away');
    make();
    make();
    error = undefined;
    make();
    const [span] = sent;
    expect([span?.name, span?.attributes, span?.events, span?.status]).toEqual([
      'ours',
      { 'http.route': '/runs' },
      [],
      { code: 2 },
    ]);
    expect(told).toEqual([false, true]);
  });

  it.each([
    ['does not answer', true],
    ['has gone', false],
  ])('do not pile up for a collector that %s, and hold up nobody', async (_how, isHeld) => {
    const silent = await RecordingServer.start({ status: 200, isHeld });
    const { url } = silent;
    if (!isHeld) await silent.stop();
    const flood = TestProcess.start('src/testing/span-flood.ts', { OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(await flood.exit()).toBe(0);
    if (isHeld) await silent.stop();
    const { isReached, madeMs, heapMb, stopMs } = JSON.parse(flood.output) as Record<string, number>;
    expect(isReached).toBe(false);
    expect(madeMs).toBeLessThan(SOON_MS);
    // Fifty thousand waiting spans would need some eighty megabytes more than the program itself.
    expect(heapMb).toBeLessThan(100);
    expect(stopMs).toBeLessThan(SOON_MS);
  });
});

describe('a traceparent from elsewhere', () => {
  beforeAll(() => new NodeTracerProvider().register());

  const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
  it.each([
    ['', false],
    [`00-${TRACE_ID}-b7ad6b7169203331-01`, true],
    [`00-${TRACE_ID}-b7ad6b7169203331-00`, true],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
    [`00-${TRACE_ID}-b7ad6b7169203331-01'; DROP TABLE outbox`, false],
  ])('%s is a trace: %s', async (parent, isOne) => {
    const carried = await inSpan('x', { parent }, async () => currentTraceparent());
    // The outbox stores it in a column that accepts no other format.
    expect(carried).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(carried?.includes(TRACE_ID)).toBe(isOne);
  });
});
