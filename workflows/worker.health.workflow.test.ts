import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/local-servers/ports';
import { type ExposedMetric, TEMPORAL_METRICS } from '../src/testing/exposed-metrics';
import { readExposition } from '../src/testing/exposition';
import { model } from '../src/testing/fake-model-server';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { OUTPUT, RunScene } from './testing/run-scene';
import { ChildWorker } from './testing/test-worker';

let scene: RunScene;
let namespace: TestNamespace;
const workers: ChildWorker[] = [];

beforeAll(async () => {
  [scene, namespace] = await Promise.all([RunScene.create(), createTestNamespace()]);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await namespace.close();
  await scene.close();
});

async function startWorker(env: Record<string, string>): Promise<ChildWorker> {
  const options = { databaseUrl: scene.databaseUrl, namespace, env: { ...scene.env, ...env } };
  const worker = await ChildWorker.start(options);
  workers.push(worker);
  return worker;
}

/** Returns the answer as soon as the process listens. */
async function get(port: number, path: string): Promise<{ status: number; text: string }> {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    } catch (error) {
      if (tries > 400) throw error;
      await sleep(50);
    }
  }
}

const counted = (metrics: string, series: RegExp): number =>
  Number(
    metrics
      .split('\n')
      .find((line) => series.test(line))
      ?.split(' ')
      .at(-1) ?? 0,
  );

describe('a worker of chosen queues', () => {
  let port: number;
  let worker: ChildWorker;

  beforeAll(async () => {
    port = await freePort();
    worker = await startWorker({
      WORKER_QUEUES: 'ai-runs, default',
      WORKER_HEALTH_PORT: String(port),
      HOST: '127.0.0.1',
      SHUTDOWN_GRACE_MS: '5000',
    });
  });

  it('answers that it is alive before anything else does', async () => {
    expect(await get(port, '/health')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect((await get(port, '/nonsense')).status).toBe(404);
    // All of 127.0.0.0/8 is this machine, so a server on all interfaces would answer there.
    await expect(fetch(`http://127.0.0.2:${port}/health`)).rejects.toThrow();
  });

  it('is ready as soon as it takes work, and names its queues', async () => {
    await worker.ready();
    const { status, text } = await get(port, '/ready');
    expect([status, JSON.parse(text)]).toEqual([
      200,
      {
        status: 'ready',
        checks: { database: 'up', temporal: 'up' },
        queues: [
          { queue: 'ai-runs', isServed: true, activities: 0, slots: 20 },
          { queue: 'default', isServed: true, activities: 0, slots: 5 },
        ],
      },
    ]);
  });

  it('counts its work, only with names from the code', async () => {
    scene.model.next(model.says(JSON.stringify(OUTPUT)));
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'succeeded' });
    // The workflow ends a moment after the row, and its metric follows a moment later.
    const completed = /^temporal_workflow_completed\{.*workflow_type="runTool"/;
    let metrics = '';
    for (let tries = 0; tries < 400 && counted(metrics, completed) === 0; tries += 1) {
      ({ text: metrics } = await get(port, '/metrics'));
      await sleep(50);
    }
    expect(counted(metrics, completed)).toBe(1);
    for (const activity of ['beginRun', 'executeRun']) {
      const series = `rapt_activity_seconds_count{workflow="runTool",activity="${activity}",outcome="completed"} 1`;
      expect(metrics).toContain(series);
    }
    expect(metrics).toMatch(/^rapt_outbox_pending \d+$/m);
    expect(metrics).toMatch(/^rapt_outbox_failed 0$/m);
    expect(metrics).toMatch(/^rapt_outbox_oldest_seconds [\d.e-]+$/m);
    expect(metrics).toContain('rapt_worker_serving{queue="ai-runs"} 1');
    expect(metrics).toContain('rapt_worker_activity_slots{queue="ai-runs"} 20');
    expect(metrics).toMatch(/^temporal_worker_task_slots_used\{.*worker_type="ActivityWorker"/m);
    expect(metrics).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    const { runs, series } = { runs: 5, series: metrics.split('\n').length };
    for (let i = 0; i < runs; i += 1) {
      scene.model.next(model.says(JSON.stringify(OUTPUT)));
      await scene.untilEnded(await scene.createRun(`again ${i}`));
    }
    // More work adds no series, apart from those of rarer operations.
    expect((await get(port, '/metrics')).text.split('\n').length).toBeLessThan(series * 1.5);
  });

  it("exposes the metrics of Temporal's SDK that dashboards and alerts read", async () => {
    scene.model.next(model.says('This is not what the tool promises.'));
    scene.model.next(model.says('Nor is this.'));
    expect(await scene.untilEnded(await scene.createRun('a failure'))).toMatchObject({ state: 'failed' });
    const names = Object.keys(TEMPORAL_METRICS);
    let families = readExposition((await get(port, '/metrics')).text);
    for (let tries = 0; tries < 400 && !names.every((name) => families.has(name)); tries += 1) {
      await sleep(50);
      families = readExposition((await get(port, '/metrics')).text);
    }
    for (const name of names) {
      const { kind, labels, buckets = [] } = TEMPORAL_METRICS[name] as ExposedMetric;
      const shown = families.get(name);
      expect({ name, kind: shown?.kind, labels: shown?.labels.sort(), buckets: shown?.buckets }).toEqual({
        name,
        kind,
        labels: [...labels].sort(),
        buckets,
      });
    }
  });

  it('is no longer ready while it drains, lets its run end, and ends in time', async () => {
    const held = model.held();
    scene.model.next(held);
    const id = await scene.createRun();
    const reply = await held.reply();
    const before = Date.now();
    const stopped = worker.stop();
    let answer = await get(port, '/ready');
    while (answer.status === 200) answer = await get(port, '/ready');
    expect([answer.status, JSON.parse(answer.text).status]).toEqual([503, 'draining']);
    reply.text(JSON.stringify(OUTPUT)).finish();
    expect(await stopped).toBe(0);
    expect(Date.now() - before).toBeLessThan(25_000);
    expect(await scene.run(id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('the queues of a worker', () => {
  it('can be shared out between workers', async () => {
    const [one, other] = [await freePort(), await freePort()];
    const env = (queues: string, port: number) => ({
      WORKER_QUEUES: queues,
      WORKER_HEALTH_PORT: String(port),
    });
    await Promise.all(
      [
        await startWorker(env('exports,sync,exports', one)),
        await startWorker(env('ai-runs,default', other)),
      ].map((worker) => worker.ready()),
    );
    scene.model.next(model.says(JSON.stringify(OUTPUT)));
    expect(await scene.untilEnded(await scene.createRun())).toMatchObject({ state: 'succeeded' });
    const served = async (port: number) =>
      JSON.parse((await get(port, '/ready')).text).queues.map(({ queue }: { queue: string }) => queue);
    expect(await served(one)).toEqual(['exports', 'sync']);
    expect((await get(one, '/metrics')).text).not.toContain('activity="executeRun"');
    expect((await get(other, '/metrics')).text).toContain('activity="executeRun"');
  });

  it.each([
    ['WORKER_QUEUES', 'ai-runs,nonsense'],
    ['WORKER_QUEUES', ','],
    ['TEMPORAL_CODEC_KEYS', 'a:c2hvcnQ='],
  ])('are checked at the start: %s=%s', async (name, value) => {
    const worker = await startWorker({ [name]: value });
    await expect(worker.ready()).rejects.toThrow(`${name} is wrong`);
    expect(worker.exitCode).toBe(1);
  });
});
