import { setTimeout as sleep } from 'node:timers/promises';
import { model } from '../src/testing/fake-model-server';
import { Stopwatch } from '../src/testing/stopwatch';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { killDrill } from './testing/kill-drill';
import { OUTPUT, RunScene } from './testing/run-scene';
import { ChildWorker } from './testing/test-worker';

const KILLS = 5;

let scene: RunScene;
let namespace: TestNamespace;
const workers: ChildWorker[] = [];

beforeAll(async () => {
  [scene, namespace] = await Promise.all([RunScene.create(), createTestNamespace()]);
});
afterAll(async () => {
  await namespace.close();
  await scene.close();
});
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

async function startWorker(env: Record<string, string> = {}): Promise<ChildWorker> {
  const worker = await ChildWorker.start({
    databaseUrl: scene.databaseUrl,
    namespace,
    env: { ...scene.env, ...env },
  });
  workers.push(worker);
  return worker;
}

describe('the worker process', () => {
  it('does not start without its bundle, and says how to make one', async () => {
    const worker = await startWorker({ WORKFLOW_BUNDLE: '/nowhere/bundle.js' });
    await expect(worker.ready()).rejects.toThrow(
      'The workflow bundle /nowhere/bundle.js does not exist. "npm run build" makes it',
    );
    expect(worker.exitCode).toBe(1);
  });

  it('does not start with a wrong configuration, and names each variable', async () => {
    const worker = await startWorker({ DATABASE_URL: 'nonsense', TEMPORAL_TLS: 'maybe' });
    await expect(worker.ready()).rejects.toThrow(/DATABASE_URL is wrong[\s\S]*TEMPORAL_TLS is wrong/);
    expect(worker.exitCode).toBe(1);
  });

  it('ends in order on SIGTERM, and another worker gets its current work', async () => {
    const [held, secondTry] = [model.held(), model.says(JSON.stringify(OUTPUT))];
    scene.model.next(held, secondTry);
    const first = await (await startWorker({ SHUTDOWN_GRACE_MS: '500' })).ready();
    const id = await scene.createRun();
    await held.reply();
    const watch = new Stopwatch();
    expect(await first.stop()).toBe(0);
    expect(watch.stop()).toBeLessThan(5_000);
    expect(await scene.run(id)).toMatchObject({ state: 'running' });
    await (await startWorker()).ready();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'succeeded' });
    expect((await scene.calls(id)).map((call) => call.state)).toEqual(['aborted', 'succeeded']);
  });

  it('lets a run that is nearly done end before it stops', async () => {
    const worker = await (await startWorker({ SHUTDOWN_GRACE_MS: '5000' })).ready();
    scene.model.next(model.says(JSON.stringify(OUTPUT), { everyMs: 300 }));
    const before = scene.model.requests.length;
    const id = await scene.createRun();
    while (scene.model.requests.length === before) await sleep(10);
    expect(await worker.stop()).toBe(0);
    expect(await scene.run(id)).toMatchObject({ state: 'succeeded' });
  });

  it(`ends each run once however often it is killed (${KILLS} times here)`, async () => {
    const report = await killDrill(scene, await createTestNamespace(), KILLS);
    expect(report).toMatchObject({
      notEndedOnce: 0,
      settledTwice: 0,
      unsettled: 0,
      states: { succeeded: report.runs },
      workflows: { COMPLETED: report.runs },
    });
    expect(report.brokenOff).toBeGreaterThan(0);
  }, 180_000);
});
