import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { loadTemporalSettings } from '../src/config/config';
import { createDataConverter } from '../src/platform/temporal/data-converter';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { RecordingLogger } from '../src/testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { testWorkflowBundle } from './testing/bundle';

const SECRET = 'run-id-that-nobody-shall-read';
const FAILURE = 'a message that nobody shall read';
const [KEY, OTHER] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

let namespace: TestNamespace;
let connection: NativeConnection;
const logger = new RecordingLogger();
const clients: TemporalClient[] = [];
const bundled = testWorkflowBundle();

beforeAll(async () => {
  installTemporalRuntime(logger);
  namespace = await createTestNamespace();
  connection = await NativeConnection.connect({ address: namespace.address });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await connection.close();
  await namespace.close();
});

function clientWith(keys: string): TemporalClient {
  const settings = loadTemporalSettings({ ...namespace.env, TEMPORAL_CODEC_KEYS: keys });
  const client = new TemporalClient(settings, logger);
  clients.push(client);
  return client;
}

const converterWith = (keys: string) =>
  createDataConverter(loadTemporalSettings({ TEMPORAL_CODEC_KEYS: keys }));

/** Runs a workflow whose payloads and failures all go through the codec. */
async function runOnce(keys: string, workflowId: string, outcome: 'succeeds' | 'fails') {
  const client = clientWith(keys);
  const execute =
    outcome === 'fails'
      ? () => Promise.reject(ApplicationFailure.nonRetryable(FAILURE, 'ai.timeout'))
      : () => Promise.resolve({ state: 'succeeded', code: SECRET });
  const worker = await Worker.create({
    connection,
    namespace: namespace.name,
    taskQueue: 'ai-runs',
    workflowBundle: await bundled,
    dataConverter: converterWith(keys),
    activities: {
      beginRun: () => Promise.resolve({ state: 'running', code: null }),
      executeRun: execute,
      failRun: () => Promise.resolve({ state: 'failed', code: 'ai.timeout' }),
    },
  });
  return worker.runUntil(async () => {
    const handle = await client.client.workflow.start('runTool', {
      workflowId,
      taskQueue: 'ai-runs',
      args: [{ runId: SECRET }],
      staticSummary: SECRET,
    });
    return handle.result().catch((error: unknown) => error);
  });
}

/** Returns the whole history as Temporal stores it. */
async function storedText(workflowId: string): Promise<string> {
  const history = await namespace.client.workflow.getHandle(workflowId).fetchHistory();
  return Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
}

describe('what lies in Temporal', () => {
  it.each(['succeeds', 'fails'] as const)('cannot be read without the key when a run %s', async (outcome) => {
    const result = await runOnce(`a:${KEY}`, outcome, outcome);
    if (outcome === 'succeeds') expect(result).toEqual({ state: 'succeeded', code: SECRET });
    else expect(result).toMatchObject({ cause: { type: 'ai.timeout' } });
    const stored = await storedText(outcome);
    expect(stored).toContain('binary/encrypted');
    expect(stored).not.toContain(SECRET);
    expect(stored).not.toContain(FAILURE);
    // Operators need the code of the failure.
    if (outcome === 'fails') expect(stored).toContain('ai.timeout');
  });

  it('can be read there without a key, so that this test proves something', async () => {
    await runOnce('', 'plain', 'succeeds');
    expect(await storedText('plain')).toContain(SECRET);
  });

  it('is read after the key was changed, and replayed', async () => {
    await runOnce(`a:${KEY}`, 'before', 'succeeds');
    const rotated = `b:${OTHER},a:${KEY}`;
    const handle = clientWith(rotated).client.workflow.getHandle('before');
    expect(await handle.result()).toEqual({ state: 'succeeded', code: SECRET });
    const history = await handle.fetchHistory();
    const replay = { workflowBundle: await bundled, dataConverter: converterWith(rotated) };
    const results: unknown[] = [];
    for await (const { error } of Worker.runReplayHistories(replay, [{ workflowId: 'before', history }]))
      results.push(error);
    expect(results).toEqual([undefined]);
    expect(await runOnce(rotated, 'after', 'succeeds')).toEqual({ state: 'succeeded', code: SECRET });
    const newOnly = clientWith(`b:${OTHER}`).client.workflow;
    expect(await newOnly.getHandle('after').result()).toEqual({ state: 'succeeded', code: SECRET });
  });

  it.each([
    ['without its key', '', /Unknown encoding: binary\/encrypted/],
    ['with other keys', `b:${OTHER}`, /encrypted with the key "a", which TEMPORAL_CODEC_KEYS does not have/],
    ['with another key of its name', `a:${OTHER}`, /cannot be decrypted with the key "a"/],
  ])('is not read %s, and the error says why', async (_what, keys, told) => {
    await expect(clientWith(keys).client.workflow.getHandle('succeeds').result()).rejects.toThrow(told);
  });
});
