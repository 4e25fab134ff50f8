import { randomBytes } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { loadConfig } from '../src/config/config';
import { buildClassroom, buildSession } from '../src/features/sessions/sessions.builder';
import { freePort } from '../src/local-servers/ports';
import { createDataConverter } from '../src/platform/temporal/data-converter';
import { testEnv } from '../src/testing/app';
import { TestProcess } from '../src/testing/child-process';
import { type MetricSource, OUR_METRICS, PROCESS_METRICS } from '../src/testing/exposed-metrics';
import { readExposition } from '../src/testing/exposition';
import { model } from '../src/testing/fake-model-server';
import { OtlpCollector, type ReceivedSpan } from '../src/testing/otlp-collector';
import { RecordingLogger } from '../src/testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { findRedisUrl } from '../src/testing/test-environment';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { testWorkflowBundle } from './testing/bundle';
import { OUTPUT, RunScene } from './testing/run-scene';
import { ChildWorker } from './testing/test-worker';

/** Occur in users' texts and in their credentials. */
const CANARIES = ['canary-input-77', 'canary.person@example.org', 'canary-password-77', 'canary-token-77'];
const CODEC_KEYS = `a:${randomBytes(32).toString('base64')}`;

let scene: RunScene;
let namespace: TestNamespace;
let collector: OtlpCollector;
let api: TestProcess;
let worker: ChildWorker;
let apiUrl: string;
const ports = { api: 0, worker: 0 };

beforeAll(async () => {
  [scene, namespace, collector, ports.api, ports.worker] = await Promise.all([
    RunScene.create(),
    createTestNamespace(),
    OtlpCollector.start(),
    freePort(),
    freePort(),
  ]);
  const redisUrl = findRedisUrl();
  const env = {
    ...scene.env,
    // Trace headers must pass beside the encrypted data.
    TEMPORAL_CODEC_KEYS: CODEC_KEYS,
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=school%20one',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  };
  api = TestProcess.start(
    'src/server.ts',
    testEnv(scene.databaseUrl, {
      ...namespace.env,
      ...env,
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: String(ports.api),
    }),
  );
  worker = await ChildWorker.start({
    databaseUrl: scene.databaseUrl,
    namespace,
    env: { ...env, WORKER_HEALTH_PORT: String(ports.worker) },
  });
  await worker.ready();
  const [, port] = await api.untilPrinted(/"message":"listening".*"port":(\d+)/);
  apiUrl = `http://127.0.0.1:${port}/api/v1`;
});
afterAll(async () => {
  api.kill();
  await worker.kill();
  await collector.stop();
  await namespace.close();
  await scene.close();
});

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(apiUrl + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${scene.teacher.token}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

async function run(topic: string): Promise<string> {
  scene.model.next(model.says(JSON.stringify(OUTPUT)));
  const response = await post('/runs', { toolId: scene.toolId, input: { topic } });
  const { data } = (await response.json()) as { data: { id: string } };
  await scene.untilEnded(data.id);
  return data.id;
}

const scrape = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

const logLines = (output: string): Record<string, unknown>[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The names of a span's ancestors, the outermost first. */
function ancestorsOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [] : [...ancestorsOf(parent, spans), parent.name];
}

describe('a run', () => {
  let runId: string;
  let spans: ReceivedSpan[];

  beforeAll(async () => {
    runId = await run(CANARIES[0] as string);
    // The workflow's own span is reported last.
    spans = await collector.until((all) => {
      const workflow = all.find(
        ({ name, attributes }) =>
          name === 'RunWorkflow runTool' && String(attributes['temporal.workflow_id']).endsWith(runId),
      );
      const whole = all.filter(({ traceId }) => traceId === workflow?.traceId);
      const names = new Set(whole.map(({ name }) => name));
      const isWhole = ['POST /runs', 'RunActivity beginRun', 'RunActivity executeRun'].every((name) =>
        names.has(name),
      );
      return isWhole ? whole : undefined;
    });
  });

  it('is one trace from the POST through outbox and workflow to the SQL of its activity', () => {
    const sql = spans.filter(
      (span) =>
        span.name.startsWith('postgres') && ancestorsOf(span, spans).includes('RunActivity executeRun'),
    );
    expect(sql.length).toBeGreaterThan(0);
    expect(ancestorsOf(sql[0] as ReceivedSpan, spans).slice(0, 5)).toEqual([
      'POST /runs',
      'outbox start runTool',
      'StartWorkflow runTool',
      'RunWorkflow runTool',
      'RunActivity executeRun',
    ]);
    const services = new Set(spans.map(({ service }) => service));
    expect(services).toEqual(new Set(['raptscallions-api', 'raptscallions-worker']));
  });

  it('replays the same if no traces are recorded', async () => {
    const workflowId = spans.find(({ name }) => name === 'RunWorkflow runTool')?.attributes[
      'temporal.workflow_id'
    ];
    const history = await namespace.client.workflow.getHandle(String(workflowId)).fetchHistory();
    const config = loadConfig(testEnv(scene.databaseUrl, { TEMPORAL_CODEC_KEYS: CODEC_KEYS }));
    installTemporalRuntime(new RecordingLogger());
    const options = {
      workflowBundle: await testWorkflowBundle(),
      dataConverter: createDataConverter(config),
    };
    const replayed = Worker.runReplayHistories(options, [{ workflowId: String(workflowId), history }]);
    for await (const { error } of replayed) expect(error).toBeUndefined();
  });

  it('shows the statements of the request, without their values', () => {
    const insert = spans.find(
      ({ service, attributes }) =>
        service === 'raptscallions-api' && String(attributes['db.query.text']).includes('INSERT INTO outbox'),
    );
    expect(insert?.attributes['db.query.text']).toMatch(/\$\d/);
    expect(JSON.stringify(spans)).not.toContain(scene.toolId);
  });

  it('shows the call to the model with its tokens, and no word of it', () => {
    const call = spans.find(({ name }) => name.startsWith('chat '));
    expect(call?.attributes).toMatchObject({
      'gen_ai.provider.name': new URL(scene.model.url).host,
      'gen_ai.usage.input_tokens': 11,
      'gen_ai.usage.output_tokens': 7,
    });
    expect(ancestorsOf(call as ReceivedSpan, spans)).toContain('RunActivity executeRun');
    expect(collector.text).not.toContain(OUTPUT.text);
  });

  it('can be found from the line of its request in the log', () => {
    const lines = logLines(api.output).filter(
      ({ message, traceId }) => message === 'request' && traceId === spans[0]?.traceId,
    );
    expect(lines).toEqual([
      expect.objectContaining({
        route: '/runs',
        status: 202,
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        requestId: expect.any(String),
        userId: expect.any(String),
        tenantId: expect.any(String),
      }),
    ]);
  });

  (findRedisUrl() === undefined ? it.skip : it)(
    'shows its commands to Redis without their keys',
    async () => {
      const command = spans.find(
        ({ attributes }) => attributes['db.system.name'] === 'redis' || attributes['db.system'] === 'redis',
      );
      expect(command).toBeDefined();
      expect(collector.text).not.toContain('rl:');
    },
  );
});

describe('what telemetry and logs never hold', () => {
  it('are the words, secrets and addresses of people', async () => {
    const [, email, password, token] = CANARIES as [string, string, string, string];
    const headers = { Authorization: `Bearer ${token}`, Cookie: `session=${token}` };
    await post('/auth/login', { email, password }, headers);
    await post('/auth/login', { email, password: { nested: password } }, headers);
    await post(`/runs?token=${token}&email=${email}`, { [email]: password }, headers);
    await post(`/nonsense/${token}`, {}, headers);
    await post('/auth/register', { email, password, displayName: CANARIES[0] });
    await run(`${email} says ${password}`);
    await collector.until((spans) => spans.filter(({ name }) => name === 'RunWorkflow runTool')[1]);
    const told = [api.output, worker.output.join(''), collector.text].join('\n');
    const metrics = (await Promise.all(Object.values(ports).map(scrape))).join('\n');
    for (const canary of CANARIES) {
      expect({ canary, told: told.includes(canary) }).toEqual({ canary, told: false });
      expect(metrics).not.toContain(canary);
    }
    expect(told).not.toContain('127.0.0.1:0');
    expect(metrics).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe('the numbers', () => {
  beforeAll(async () => {
    const room = await buildClassroom(scene.app);
    const session = await buildSession(room);
    scene.model.next(model.says('Hello.'));
    const headers = { Authorization: `Bearer ${room.asStudent.token}` };
    const said = await post(`/sessions/${session}/messages`, { content: 'Hello' }, headers);
    expect(said.status).toBe(201);
    await said.text();
  });

  it('are the same for Prometheus and for the collector', async () => {
    // A metric family without a value is shown, but not sent.
    const families = (text: string) =>
      [...text.matchAll(/^# TYPE (\S+) .*\n[^#\s]/gm)].map(([, name]) => name as string);
    const scraped = { api: families(await scrape(ports.api)), worker: families(await scrape(ports.worker)) };
    expect(scraped.api).toEqual(expect.arrayContaining(['http_request_duration_ms', 'rapt_db_pool_max']));
    for (const [service, names] of Object.entries(scraped)) {
      const ours = names.filter((name) => /^(rapt|ai|http|active)_/.test(name));
      await collector.until(() => {
        const sent = collector.metricsOf(`raptscallions-${service}`);
        return ours.every((name) => sent.has(name)) || undefined;
      });
    }
  });

  it.each<MetricSource>(['api', 'worker'])(
    'of the %s have the names, types, labels and buckets that they always had',
    async (source) => {
      const families = readExposition(await scrape(ports[source]));
      const expected = Object.entries({ ...OUR_METRICS, ...PROCESS_METRICS }).filter(([, { by }]) =>
        by.includes(source),
      );
      // The numbers of requests to the operating system vary.
      const names = expected.map(([name]) => name).filter((name) => name !== 'nodejs_active_requests');
      expect([...families.keys()]).toEqual(expect.arrayContaining(names));
      const known = Object.fromEntries(expected);
      for (const [name, { kind, labels, buckets }] of families)
        expect({ name, kind, labels: labels.sort(), buckets }).toEqual({
          name,
          kind: known[name]?.kind,
          labels: [...(known[name]?.labels ?? [])].sort(),
          buckets: known[name]?.buckets ?? [],
        });
    },
  );

  it('reach the collector as sums and histograms, without a unit that would become part of their names', () => {
    const sent = collector.metricsOf('raptscallions-api');
    const { histogram, unit } = sent.get('http_request_duration_ms') ?? {};
    const { explicitBounds, bucketCounts, count } = histogram?.dataPoints[0] ?? {};
    expect(unit).toBe('');
    expect(explicitBounds).toEqual(OUR_METRICS.http_request_duration_ms?.buckets);
    expect(bucketCounts?.reduce((sum, each) => sum + each)).toBe(count);
    expect(sent.get('rapt_requests_refused_total')).toMatchObject({
      unit: '',
      sum: {
        isMonotonic: true,
        dataPoints: expect.arrayContaining([expect.objectContaining({ asDouble: expect.any(Number) })]),
      },
    });
  });

  it('of Temporal go to the collector, with its headers, because the SDK has one way out', async () => {
    await collector.until(
      () =>
        ['temporal_workflow_completed', 'temporal_worker_task_slots_available'].every((name) =>
          collector.text.includes(name),
        ) || undefined,
    );
    const senders = collector.requestsTo('/v1/metrics').map(({ headers }) => headers['x-team']);
    expect(new Set(senders)).toEqual(new Set(['school one']));
    expect(await scrape(ports.worker)).not.toContain('temporal_');
  });

  it('count unknown addresses as one route', async () => {
    for (let i = 0; i < 20; i += 1) await fetch(`${apiUrl}/unknown/${i}`);
    const text = await scrape(ports.api);
    expect(text).toMatch(
      /^http_request_duration_ms_count\{method="GET",route="unmatched",status="4xx"\} \d+$/m,
    );
    expect(text).not.toContain('unknown/');
    expect(text).toMatch(/^rapt_requests_refused_total\{reason="route_not_found"\} \d+$/m);
  });
});

describe('a port that is taken', () => {
  it('ends the start with one line that names it and its setting', async () => {
    const other = TestProcess.start(
      'src/server.ts',
      testEnv(scene.databaseUrl, { ...namespace.env, PORT: '0', METRICS_PORT: String(ports.api) }),
    );
    const env = { WORKER_HEALTH_PORT: String(ports.worker) };
    const second = await ChildWorker.start({ databaseUrl: scene.databaseUrl, namespace, env });
    await expect(second.ready()).rejects.toThrow('The worker ended');
    expect([await other.exit(), second.exitCode]).toEqual([1, 1]);
    const line = (port: number, variable: string) =>
      `The port ${port} is taken by another program. Choose another one with ${variable}.\n`;
    expect([other.output, second.output.join('')]).toEqual([
      line(ports.api, 'METRICS_PORT'),
      line(ports.worker, 'WORKER_HEALTH_PORT'),
    ]);
  });
});

describe('the log', () => {
  it('logs more from one SIGUSR2 to the next', async () => {
    api.kill('SIGUSR2');
    await api.untilPrinted(/the log level is now debug/);
    api.kill('SIGUSR2');
    await api.untilPrinted(/the log level is LOG_LEVEL again/);
  });
});

describe('without its collector', () => {
  it('is not slower, logs one line, and ends as quickly as before', async () => {
    await collector.stop();
    await run('later');
    await api.untilPrinted(/trace collector cannot be reached/);
    const before = Date.now();
    for (let i = 0; i < 20; i += 1) await fetch(`${apiUrl}/auth/me`);
    expect(Date.now() - before).toBeLessThan(5_000);
    const stopped = Date.now();
    api.kill('SIGTERM');
    expect(await api.exit()).toBe(0);
    expect(await worker.stop()).toBe(0);
    expect(Date.now() - stopped).toBeLessThan(15_000);
  });
});
