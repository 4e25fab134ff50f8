import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { Registry } from 'prom-client';
import { TestProcess } from '../testing/child-process';
import { RecordingServer } from '../testing/recording-server';
import { startPushing } from './metrics-push';
import { parseHeaders, resourceOf } from './otlp';
import { SafeExporter } from './safe-exporter';
import { currentTraceparent, inSpan, parseTraceparent } from './trace';

type Exporter = ConstructorParameters<typeof SafeExporter>[0];
type Spans = Parameters<Exporter['export']>[0];

/** An end of the wait that a busy machine keeps, and that a process which hangs does not. */
const SOON_MS = 10_000;

describe('spans', () => {
  it('are not made where nobody wants them', async () => {
    expect(await inSpan('x', {}, async (span) => [span, currentTraceparent()])).toEqual([null, null]);
  });

  it('leave the process with what is on the list alone, and say when they cannot', () => {
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
    // Fifty thousand spans would be some eighty megabytes more than the program itself.
    expect(heapMb).toBeLessThan(100);
    expect(stopMs).toBeLessThan(SOON_MS);
  });
});

describe('numbers', () => {
  it('are not waited for at the end where the collector does not answer', async () => {
    const silent = await RecordingServer.start({ status: 200, isHeld: true });
    const stop = startPushing({
      registry: new Registry(),
      resource: resourceOf('api', undefined),
      url: `${silent.url}/v1/metrics`,
      headers: {},
      everyMs: 60_000,
      beforeMetrics: () => {},
    });
    const stopping = Date.now();
    await stop();
    expect(Date.now() - stopping).toBeLessThan(SOON_MS);
    await silent.stop();
  });
});

describe('what comes from elsewhere', () => {
  it.each([
    ['', false],
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
    ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'; DROP TABLE outbox", false],
  ])('%s is a trace: %s', (text, isOne) => {
    expect(parseTraceparent(text) !== null).toBe(isOne);
  });

  it('headers are read as the environment has them', () => {
    expect(parseHeaders('Authorization=Basic%20abc==, x-team = school')).toEqual({
      Authorization: 'Basic abc==',
      'x-team': 'school',
    });
    expect(parseHeaders(undefined)).toEqual({});
  });
});
