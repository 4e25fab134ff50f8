/**
 * Records a history of each way in which each workflow can go, with the current code. The replay test
 * checks later code against them: record anew only if running workflows need not survive the change, or
 * `patched` distinguishes them. With names of jobs as arguments, only those are recorded.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, step } from '../../scripts/setup/steps.cjs';
import { runToolContract } from '../../src/features/runs/runs.contract';
import { type HeldScript, type ModelScript, model } from '../../src/testing/fake-model-server';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { startTestServers } from '../../src/testing/test-servers';
import { historiesFolder, writeHistory } from './history-file';
import { OUTPUT, RunScene } from './run-scene';
import { stubbedSendAccountMail } from './stubbed-account-mail';
import { stubbedExport } from './stubbed-export';
import { failing, recordStubbedEnding, recordStubbedJob } from './stubbed-job';
import { stubbedDeliverNotification } from './stubbed-notification';
import { STUBBED_SWEEPS } from './stubbed-sweeps';
import { startTestWorker } from './test-worker';

const json = (value: unknown) => model.says(JSON.stringify(value));

class Recorder {
  constructor(private readonly namespace: TestNamespace) {}

  /** Waits for the workflow's end and writes its history into the folder of its job. */
  async record(job: string, name: string, workflowId: string): Promise<void> {
    const handle = this.namespace.client.workflow.getHandle(workflowId);
    await handle.result().catch(() => {});
    writeHistory({ job, name, history: await handle.fetchHistory() });
    note(`${job}/histories/${name}.json`);
  }
}

async function recordRuns(namespace: TestNamespace, recorder: Recorder): Promise<void> {
  const scene = await RunScene.create();
  const worker = await startTestWorker({ databaseUrl: scene.databaseUrl, namespace, env: scene.env });
  scene.model.fallback = json(OUTPUT);
  const run = async (
    name: string,
    scripts: (ModelScript | HeldScript)[],
    meanwhile: (id: string) => Promise<void> = async () => {},
  ) => {
    scene.model.next(...scripts);
    const id = await scene.createRun();
    await meanwhile(id);
    await recorder.record('run-tool', name, runToolContract.workflowId({ runId: id }));
  };
  const cancel = async (id: string) => void (await scene.teacher.post(`/runs/${id}/cancel`).expect(200));

  await run('succeeded', [json(OUTPUT)]);
  await run('output-invalid', [json({}), json({})]);
  await run('model-refused', [model.refuses()]);
  const held = model.held();
  await run('cancelled-running', [held], async (id) => {
    await held.reply();
    await cancel(id);
  });
  await worker.relay.stop();
  await run('cancelled-queued', [], async (id) => {
    await cancel(id);
    await worker.relay.start();
    // Temporal has no handle to wait for until the relay has started the workflow.
    await sleep(3_000);
  });
  await worker.stop();
  await scene.close();
}

/** How the histories of each job are recorded. */
const RECORDERS: Readonly<Record<string, (namespace: TestNamespace, recorder: Recorder) => Promise<void>>> = {
  'run-tool': recordRuns,
  'export-data': () => recordStubbedJob(stubbedExport(), 'writeExportRows'),
  'send-account-mail': () => recordStubbedJob(stubbedSendAccountMail, 'deliverAccountMail'),
  // One fails because its recipients cannot be found, one is cancelled while a delivery is in progress.
  'deliver-notification': async () => {
    await recordStubbedJob(stubbedDeliverNotification, 'expandNotification');
    await recordStubbedEnding(stubbedDeliverNotification, 'cancelled', 'sendDelivery');
    await recordStubbedEnding(stubbedDeliverNotification, 'undelivered', 'sendDelivery', failing());
  },
  ...Object.fromEntries(
    STUBBED_SWEEPS.map(([stubbed, activity]) => [stubbed.job, () => recordStubbedJob(stubbed, activity)]),
  ),
};

function clear(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

export async function recordHistories(wanted: readonly string[]): Promise<void> {
  const servers = await step('Starting servers', startTestServers);
  const namespace = await createTestNamespace();
  const recorder = new Recorder(namespace);
  for (const [job, recordJob] of Object.entries(RECORDERS)) {
    if (wanted.length > 0 && !wanted.includes(job)) continue;
    clear(historiesFolder(job));
    await recordJob(namespace, recorder);
  }
  await namespace.close();
  await servers.stop();
}
