import { setTimeout as sleep } from 'node:timers/promises';
import { runToolContract } from '../../src/features/runs';
import { sql } from '../../src/platform/db/sql';
import { model } from '../../src/testing/fake-model-server';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import type { WorkerProcess } from '../runtime/worker-process';
import { OUTPUT, RunScene } from '../testing/run-scene';
import { startTestWorker } from '../testing/test-worker';

const json = (value: unknown) => model.says(JSON.stringify(value));

let scene: RunScene;
let namespace: TestNamespace;
let worker: WorkerProcess;

beforeAll(async () => {
  [scene, namespace] = await Promise.all([RunScene.create(), createTestNamespace()]);
  worker = await startTestWorker({ databaseUrl: scene.databaseUrl, namespace, env: scene.env });
});
afterAll(async () => {
  await worker.stop();
  await namespace.close();
  await scene.close();
});
beforeEach(() => {
  scene.model.reset();
  scene.model.fallback = json(OUTPUT);
});

const handleOf = (runId: string) =>
  namespace.client.workflow.getHandle(runToolContract.workflowId({ runId }));
const statusOf = async (runId: string) => {
  await handleOf(runId)
    .result()
    .catch(() => {});
  return (await handleOf(runId).describe()).status.name;
};

describe('runTool', () => {
  it('brings a run from the outbox to its result', async () => {
    const id = await scene.createRun('photosynthesis');
    const run = await scene.untilEnded(id);
    expect(run).toMatchObject({
      state: 'succeeded',
      output: OUTPUT,
      errorCode: null,
      inputTokens: 11,
      outputTokens: 7,
    });
    expect(await scene.calls(id)).toEqual([{ purpose: 'run', state: 'succeeded', errorCode: null }]);
    expect(await handleOf(id).result()).toEqual({ state: 'succeeded', code: null });
    expect(await handleOf(id).query('progress')).toBe('ended');
    const [request] = scene.model.requests;
    expect(request?.body.messages.at(-1)).toEqual({ role: 'user', content: '{"topic":"photosynthesis"}' });
    const result = await scene.teacher.get(`/runs/${id}/result`).expect(200);
    expect(result.body.data).toMatchObject({ runId: id, output: OUTPUT });
  });

  it('has an answer that does not fit repaired once', async () => {
    scene.model.next(json({ wrong: true }));
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({
      state: 'succeeded',
      output: OUTPUT,
      inputTokens: 22,
      outputTokens: 14,
    });
    expect(await scene.calls(id)).toEqual([
      { purpose: 'run', state: 'succeeded', errorCode: null },
      { purpose: 'repair', state: 'succeeded', errorCode: null },
    ]);
    const repair = scene.model.requests[1]?.body.messages ?? [];
    expect(repair.at(-2)).toEqual({ role: 'assistant', content: '{"wrong":true}' });
    expect(repair.at(-1)?.content).toContain("must have required property 'text'");
  });

  it('fails a run whose answer does not fit after the repair either, and is seen as failed in Temporal', async () => {
    scene.model.next(model.says('no JSON at all'), json({ text: 7 }));
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({
      state: 'failed',
      output: null,
      errorCode: 'run.output_invalid',
    });
    expect(await statusOf(id)).toBe('FAILED');
    expect(scene.model.requests).toHaveLength(2);
  });

  it('tries again when the model is away for a while', async () => {
    scene.model.next(model.status(503), model.status(503), model.resets());
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'succeeded', output: OUTPUT });
    const calls = await scene.calls(id);
    expect(calls.filter((call) => call.state === 'succeeded')).toHaveLength(1);
    expect(calls.filter((call) => call.state === 'pending')).toEqual([]);
    expect(calls.length).toBeGreaterThan(1);
  });

  it('fails immediately if the model refuses to answer', async () => {
    scene.model.fallback = model.refuses();
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'failed', errorCode: 'ai.filtered' });
    expect(scene.model.requests).toHaveLength(1);
    expect(await statusOf(id)).toBe('FAILED');
  });

  it('fails immediately if the account with the provider has no credit, because waiting does not help', async () => {
    scene.model.fallback = model.error(429, { code: 'insufficient_quota' });
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'failed', errorCode: 'ai.quota_exhausted' });
    expect(scene.model.requests).toHaveLength(1);
  });

  it('says that the limit of tokens cut the answer', async () => {
    scene.model.fallback = model.pieces(['{"text": "Once upon'], 'length');
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'failed', errorCode: 'run.output_invalid' });
    expect((await scene.teacher.get(`/runs/${id}`)).body.data).toMatchObject({ truncated: true });
  });

  it('finally fails with the code of the model if it stays unreachable', async () => {
    scene.model.fallback = model.resetsAfter('{"te');
    const id = await scene.createRun();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'failed', errorCode: 'ai.interrupted' });
    expect(scene.model.requests).toHaveLength(3);
    expect((await scene.calls(id)).map((call) => call.state)).toEqual(['failed', 'failed', 'failed']);
  });

  it('cancels a running run: the call to the model is broken off and settled', async () => {
    const held = model.held();
    scene.model.next(held);
    const id = await scene.createRun();
    await held.reply();
    expect(await handleOf(id).query('progress')).toBe('running');
    const before = Date.now();
    const answer = await scene.teacher.post(`/runs/${id}/cancel`).expect(200);
    expect(answer.body.data).toMatchObject({
      state: 'running',
      cancelRequestedAt: expect.any(String),
      can: { cancel: false },
    });
    await scene.teacher.post(`/runs/${id}/cancel`).expect(200);
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'cancelled', output: null, errorCode: null });
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(scene.model.requests[0]?.hungUpAt).not.toBeNull();
    expect(await scene.calls(id)).toEqual([
      { purpose: 'run', state: 'aborted', errorCode: 'ai.interrupted' },
    ]);
    expect(await statusOf(id)).toBe('CANCELLED');
    await scene.teacher.get(`/runs/${id}/result`).expect(409);
  });

  it('is cancelled from the Temporal UI just as well', async () => {
    const held = model.held();
    scene.model.next(held);
    const id = await scene.createRun();
    await held.reply();
    await handleOf(id).cancel();
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'cancelled' });
    expect(await statusOf(id)).toBe('CANCELLED');
  });

  it('does nothing for a run that was cancelled before it began', async () => {
    await worker.relay.stop();
    const id = await scene.createRun();
    const cancelled = await scene.teacher.post(`/runs/${id}/cancel`).expect(200);
    expect(cancelled.body.data).toMatchObject({ state: 'cancelled', can: { cancel: false } });
    await worker.relay.start();
    await sleep(200);
    expect(await handleOf(id).result()).toEqual({ state: 'cancelled', code: null });
    expect(scene.model.requests).toHaveLength(0);
  });

  it('leaves no text of the student or the model in Temporal', async () => {
    const canary = 'canary-3f9a';
    scene.model.next(model.says(`${canary} is not JSON`), json({ text: canary }));
    const id = await scene.createRun(canary);
    expect(await scene.untilEnded(id)).toMatchObject({ state: 'succeeded', output: { text: canary } });
    await handleOf(id).result();
    scene.model.next(model.says(`${canary} is not JSON`), model.says(canary));
    const failed = await scene.createRun(canary);
    expect(await scene.untilEnded(failed)).toMatchObject({ state: 'failed' });
    await statusOf(failed);
    for (const runId of [id, failed]) {
      const history = await handleOf(runId).fetchHistory();
      const decoded = Buffer.from(
        JSON.stringify(history, (_key, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
        ),
      );
      expect(decoded.includes(canary)).toBe(false);
      expect(decoded.includes(runId)).toBe(true);
    }
  });

  it('puts the ending of each run on record once', async () => {
    const id = await scene.createRun();
    await scene.untilEnded(id);
    const events = await scene.app.container.platform.db.execute(
      sql`SELECT 1 FROM audit_events WHERE subject_id = ${id}::uuid AND action = 'run.ended'`,
    );
    expect(events).toBe(1);
  });
});
