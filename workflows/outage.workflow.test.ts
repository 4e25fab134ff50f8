import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../src/local-servers/ports';
import { makeScratchFolder, type ScratchFolder } from '../src/local-servers/scratch-folder';
import { ensureTemporalCli } from '../src/local-servers/temporal-cli';
import { startTemporal, type TemporalServer } from '../src/local-servers/temporal-server';
import { migrate } from '../src/platform/db/migrate';
import { startTestPostgres, type TestPostgres } from '../src/testing/database';
import { model } from '../src/testing/fake-model-server';
import { Stopwatch } from '../src/testing/stopwatch';
import { OUTPUT, RunScene } from './testing/run-scene';
import { ChildWorker, type TestWorkerOptions } from './testing/test-worker';

/** Long enough for several rounds of retries. */
const OUTAGE_MS = 6_000;

let folder: ScratchFolder;
let temporal: TemporalServer;
let postgres: TestPostgres;
let scene: RunScene;
let worker: ChildWorker;
let options: TestWorkerOptions;

beforeAll(async () => {
  folder = makeScratchFolder();
  const [port, cli] = [await freePort(), await ensureTemporalCli()];
  postgres = await startTestPostgres();
  await migrate({ databaseUrl: postgres.databaseUrl });
  const { databaseUrl: url, url: adminUrl } = postgres;
  scene = await RunScene.create({ database: { url, adminUrl, drop: () => Promise.resolve() } });
  scene.model.fallback = model.says(JSON.stringify(OUTPUT));
  const namespace = { env: { TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_NAMESPACE: 'default' } };
  // Before Temporal is started.
  options = { databaseUrl: url, namespace, env: { ...scene.env, LOG_LEVEL: 'info' } };
  worker = await ChildWorker.start(options);
  await until(() => worker.output.join('').includes('not available: Temporal'));
  temporal = await startTemporal({ cli: cli.path, port, dbFile: `${folder.path}/temporal.sqlite` });
  await worker.ready();
});
afterAll(async () => {
  await worker.kill();
  await scene.close();
  await temporal.kill();
  await postgres.remove();
  folder.remove();
});

async function until(what: () => boolean, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!what()) {
    if (Date.now() > end) throw new Error(`did not come true: ${String(what)}\n${worker.output.join('')}`);
    await sleep(50);
  }
}

const told = (text: string) => worker.output.join('').split(text).length - 1;

describe('a worker', () => {
  it('waited for an unreachable Temporal when it started, and said so', async () => {
    await until(() => told('available again: Temporal') > 0);
    expect(await scene.untilEnded(await scene.createRun())).toMatchObject({ state: 'succeeded' });
  });

  it('continues after an outage of Temporal, in which the API answers and runs wait in the outbox', async () => {
    const held = model.held();
    scene.model.next(held);
    const inHand = await scene.createRun('in hand');
    const reply = await held.reply();
    const before = told('not available: Temporal, jobs wait');
    await temporal.stop();
    const waiting: string[] = [];
    const watch = new Stopwatch();
    for (let i = 0; i < 3; i += 1) waiting.push(await scene.createRun(`waits ${i}`));
    expect(watch.stop()).toBeLessThan(3_000);
    // A call in progress gets its whole time limit before it counts as failed.
    await until(() => told('not available: Temporal, jobs wait') > before);
    reply.text(JSON.stringify(OUTPUT)).finish();
    await sleep(OUTAGE_MS);
    for (const id of waiting) expect(await scene.run(id)).toMatchObject({ state: 'queued' });
    expect(told('not available: Temporal, jobs wait')).toBe(before + 1);
    await temporal.restart();
    for (const id of [inHand, ...waiting])
      expect(await scene.untilEnded(id, 60_000)).toMatchObject({ state: 'succeeded', output: OUTPUT });
    expect(worker.exitCode).toBeNull();
  }, 150_000);

  it('continues after an outage of the database in the middle of a run', async () => {
    const held = model.held();
    scene.model.next(held);
    const id = await scene.createRun('in hand');
    const reply = await held.reply();
    await postgres.stop('immediate');
    reply.text(JSON.stringify(OUTPUT)).finish();
    await sleep(OUTAGE_MS);
    await postgres.restart();
    expect(await scene.untilEnded(id, 60_000)).toMatchObject({ state: 'succeeded', output: OUTPUT });
    expect((await scene.calls(id)).filter((call) => call.state === 'succeeded')).toHaveLength(1);
    expect(worker.exitCode).toBeNull();
  }, 150_000);

  it('starts while the database is away, and works once it is there', async () => {
    await worker.kill();
    const id = await scene.createRun();
    await postgres.stop('immediate');
    worker = await (await ChildWorker.start(options)).ready();
    await postgres.restart();
    expect(await scene.untilEnded(id, 60_000)).toMatchObject({ state: 'succeeded' });
  }, 150_000);
});
