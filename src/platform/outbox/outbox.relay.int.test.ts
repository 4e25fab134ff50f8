import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadConfig } from '../../config/config';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp, testEnv } from '../../testing/app';
import { RecordingLogger } from '../../testing/recording-logger';
import { Stopwatch } from '../../testing/stopwatch';
import { createTestNamespace, type TestNamespace } from '../../testing/temporal';
import { World } from '../../testing/world';
import { sql } from '../db/sql';
import type { Logger } from '../logging/logger';
import type { WorkflowContract } from '../temporal/contract';
import { TemporalClient, type WorkflowStart } from '../temporal/temporal-client';
import { OutboxRelay } from './outbox.relay';
import { OutboxRepository } from './outbox.repository';

const contract: WorkflowContract<{ thingId: string }> = {
  name: 'doThing',
  taskQueue: 'default',
  workflowId: ({ thingId }) => `thing/${thingId}`,
  summary: () => 'Does a thing',
};

const grpcError = (code: number, details = '') =>
  Object.assign(new Error('call failed'), { cause: Object.assign(new Error(details), { code, details }) });
const UNAVAILABLE = grpcError(14, 'gone');

/** Temporal as the relay sees it; it fails as a test tells it to. */
class FakeTemporal {
  readonly started: WorkflowStart[] = [];
  readonly cancelled: string[] = [];
  calls = 0;
  onStart: (job: WorkflowStart) => Promise<void> | void = () => {};

  start = async (job: WorkflowStart): Promise<'started'> => {
    this.calls += 1;
    await this.onStart(job);
    this.started.push(job);
    return 'started';
  };

  cancel = (workflowId: string): Promise<void> => {
    this.cancelled.push(workflowId);
    return Promise.resolve();
  };
}

const OutboxRow = z.object({
  workflowId: z.string(),
  operation: z.string(),
  state: z.string(),
  attempts: z.number(),
  lastError: z.string().nullable(),
});

let app: TestApp;
let tenantId: string;
const relays: OutboxRelay[] = [];

beforeAll(async () => {
  app = await createTestApp();
  tenantId = (await new World(app.container).group()).id;
});
afterAll(() => app.close());
beforeEach(() => app.container.platform.db.execute(sql`DELETE FROM outbox`));
afterEach(() => Promise.all(relays.splice(0).map((relay) => relay.stop())));

function relayTo(
  temporal: Pick<TemporalClient, 'start' | 'cancel'>,
  options: { logger?: Logger; pollMs?: number } = {},
): OutboxRelay {
  const { db, logger } = app.container.platform;
  const relay = new OutboxRelay({
    repository: new OutboxRepository(db),
    temporal,
    databaseUrl: app.databaseUrl,
    logger,
    ...options,
  });
  relays.push(relay);
  return relay;
}

const enqueue = async (thingId = newId(), operation: 'start' | 'cancel' = 'start'): Promise<string> => {
  await app.container.platform.outbox[operation](contract, {
    input: { thingId },
    tenantId,
    subjectId: thingId,
  });
  return thingId;
};
const rows = () =>
  app.container.platform.db.rows(
    sql`SELECT workflow_id AS "workflowId", operation, state, attempts, last_error AS "lastError" FROM outbox ORDER BY id`,
    OutboxRow,
  );

async function until(what: () => Promise<boolean> | boolean, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`did not come true within ${limitMs} ms: ${String(what)}`);
    await sleep(20);
  }
}
const allStarted = async () => (await rows()).every((row) => row.state === 'started');

describe('the outbox relay', () => {
  it('is notified of a row without polling', async () => {
    const temporal = new FakeTemporal();
    await relayTo(temporal, { pollMs: 600_000 }).start();
    const thingId = await enqueue();
    await until(allStarted);
    expect(temporal.started).toEqual([
      expect.objectContaining({
        workflow: 'doThing',
        workflowId: `thing/${thingId}`,
        taskQueue: 'default',
        input: { thingId },
        summary: 'Does a thing',
        tenantId,
        subjectId: thingId,
      }),
    ]);
  });

  it('finds rows by polling if no notification comes', async () => {
    const temporal = new FakeTemporal();
    await enqueue();
    const relay = new OutboxRelay({
      repository: new OutboxRepository(app.container.platform.db),
      temporal,
      databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
      logger: new RecordingLogger(),
    });
    relays.push(relay);
    await relay.start();
    await until(() => temporal.started.length === 1);
    await enqueue();
    await until(() => temporal.started.length === 2);
  });

  it('shares the rows with other relays, each started once', async () => {
    const temporal = new FakeTemporal();
    for (let i = 0; i < 300; i += 1) await enqueue();
    await Promise.all([1, 2, 3, 4].map(() => relayTo(temporal).start()));
    await until(allStarted, 20_000);
    expect(temporal.started).toHaveLength(300);
    expect(new Set(temporal.started.map((job) => job.workflowId)).size).toBe(300);
  });

  it('waits for an unreachable Temporal without spinning, says so once, and continues when it is back', async () => {
    const temporal = new FakeTemporal();
    const logger = new RecordingLogger();
    temporal.onStart = () => Promise.reject(UNAVAILABLE);
    for (let i = 0; i < 30; i += 1) await enqueue();
    const relay = relayTo(temporal, { logger });
    await relay.start();
    await sleep(3_000);
    // Three or four rounds of one group, not one call after another.
    expect(temporal.calls).toBeLessThanOrEqual(40);
    expect(await relay.lag()).toMatchObject({ pending: 30, failed: 0 });
    expect((await relay.lag()).oldestSeconds).toBeGreaterThan(2);
    temporal.onStart = () => {};
    await until(allStarted, 10_000);
    expect(new Set(temporal.started.map((job) => job.workflowId)).size).toBe(30);
    await relay.stop();
    const told = logger.lines.filter((line) => line.level !== 'debug');
    expect(told.map((line) => line.level)).toEqual(['warn', 'info']);
    expect(told[0]?.fields).toEqual({ reason: 'unavailable: gone' });
    expect(await relay.lag()).toEqual({ pending: 0, failed: 0, oldestSeconds: 0 });
  });

  it('gives up a row that Temporal refuses, and no other', async () => {
    const temporal = new FakeTemporal();
    const logger = new RecordingLogger();
    const bad = await enqueue();
    const good = await enqueue();
    temporal.onStart = (job) => {
      if (job.subjectId === bad) throw grpcError(3, 'Blob data size exceeds limit');
    };
    await relayTo(temporal, { logger }).start();
    await until(async () => (await rows()).every((row) => row.state !== 'pending'));
    expect(await rows()).toEqual([
      expect.objectContaining({
        workflowId: `thing/${bad}`,
        state: 'failed',
        lastError: expect.stringContaining('Blob data size'),
      }),
      expect.objectContaining({ workflowId: `thing/${good}`, state: 'started' }),
    ]);
    expect(logger.lines.find((line) => line.level === 'error')?.message).toBe(
      'an outbox job cannot be started and will not be retried',
    );
  });

  it('retries a row that failed for an unknown reason later, without delaying the rest', async () => {
    const temporal = new FakeTemporal();
    const odd = await enqueue();
    const other = await enqueue();
    let failures = 1;
    temporal.onStart = (job) => {
      if (job.subjectId === odd && failures-- > 0) throw grpcError(13, 'shard moved');
    };
    await relayTo(temporal, { logger: new RecordingLogger() }).start();
    await until(() => temporal.started.length === 1);
    expect(temporal.started[0]?.subjectId).toBe(other);
    await until(allStarted);
    expect(temporal.started.map((job) => job.subjectId)).toEqual([other, odd]);
  });

  it('takes over the rows of a dead relay', async () => {
    const thingId = await enqueue();
    const claimed = await new OutboxRepository(app.container.platform.db).claim(10, 1);
    expect(claimed).toHaveLength(1);
    const temporal = new FakeTemporal();
    await relayTo(temporal).start();
    await until(allStarted);
    expect(temporal.started.map((job) => job.subjectId)).toEqual([thingId]);
    expect((await rows())[0]?.attempts).toBe(2);
  });

  it('cancels only after the start of the same workflow is settled', async () => {
    const temporal = new FakeTemporal();
    temporal.onStart = () => Promise.reject(UNAVAILABLE);
    const thingId = await enqueue();
    await enqueue(thingId, 'cancel');
    await relayTo(temporal, { logger: new RecordingLogger() }).start();
    await sleep(1_200);
    expect(temporal.cancelled).toEqual([]);
    temporal.onStart = () => {};
    await until(allStarted);
    expect(temporal.cancelled).toEqual([`thing/${thingId}`]);
  });

  it('writes nothing for a transaction that is rolled back', async () => {
    await expect(
      app.container.platform.db.transaction(async () => {
        await enqueue();
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await rows()).toEqual([]);
  });
});

describe('the outbox relay with a real Temporal', () => {
  let namespace: TestNamespace;
  let temporal: TemporalClient;
  const logger = new RecordingLogger();

  beforeAll(async () => {
    namespace = await createTestNamespace();
    temporal = new TemporalClient(loadConfig(testEnv(app.databaseUrl, namespace.env)), logger);
  });
  afterAll(async () => {
    await temporal.close();
    await namespace.close();
  });

  it('starts workflows without search attributes that the cluster lacks, and with them once registered', async () => {
    const first = await enqueue();
    const relay = relayTo(temporal);
    await relay.start();
    await until(allStarted);
    await relay.stop();
    expect(
      (await namespace.client.workflow.getHandle(`thing/${first}`).describe()).typedSearchAttributes.getAll(),
    ).toEqual([]);
    expect(logger.lines.map((line) => line.message)).toEqual([
      expect.stringContaining('search attributes are missing'),
    ]);

    expect(await temporal.registerSearchAttributes()).toEqual(['RaptTenantId', 'RaptKind', 'RaptSubjectId']);
    expect(await temporal.registerSearchAttributes()).toEqual([]);
    const fresh = new TemporalClient(loadConfig(testEnv(app.databaseUrl, namespace.env)), logger);
    const second = await enqueue();
    await relayTo(fresh).start();
    await until(allStarted);
    const description = await namespace.client.workflow.getHandle(`thing/${second}`).describe();
    const attributes = Object.fromEntries(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(attributes).toEqual({ RaptKind: 'doThing', RaptTenantId: tenantId, RaptSubjectId: second });
    expect(description.type).toBe('doThing');
    expect(await description.staticSummary()).toBe('Does a thing');
    expect(description.memo).toEqual({});
    await Promise.all(relays.splice(0).map((each) => each.stop()));
    await fresh.close();
  });

  it('counts a workflow that was started before as started, even after it has ended', async () => {
    const thingId = await enqueue();
    const relay = relayTo(temporal);
    await relay.start();
    await until(allStarted);
    const handle = namespace.client.workflow.getHandle(`thing/${thingId}`);
    const runId = (await handle.describe()).runId;
    await handle.terminate();
    await app.container.platform.db.execute(
      sql`UPDATE outbox SET state = 'pending', started_at = NULL, available_at = now()`,
    );
    await until(allStarted);
    expect((await handle.describe()).runId).toBe(runId);
    expect((await handle.describe()).status.name).toBe('TERMINATED');
  });

  it('cancels a workflow, and treats an unknown one as cancelled', async () => {
    const thingId = await enqueue();
    await enqueue(thingId, 'cancel');
    await enqueue(newId(), 'cancel');
    await relayTo(temporal).start();
    await until(allStarted);
    const { raw } = await namespace.client.workflow.getHandle(`thing/${thingId}`).describe();
    const history = await namespace.client.workflow.getHandle(`thing/${thingId}`).fetchHistory();
    expect(raw.workflowExecutionInfo?.historyLength?.toString()).toBe(String(history.events?.length));
    expect(
      history.events?.some((event) => Boolean(event.workflowExecutionCancelRequestedEventAttributes)),
    ).toBe(true);
  });

  it('ends each call within its time limit if Temporal does not answer', async () => {
    const away = new TemporalClient(
      loadConfig(testEnv(app.databaseUrl, { TEMPORAL_ADDRESS: '127.0.0.1:1' })),
      logger,
    );
    const watch = new Stopwatch();
    await expect(away.ping()).rejects.toThrow(/UNAVAILABLE|DEADLINE|Deadline/);
    expect(watch.stop()).toBeLessThan(7_000);
    await away.close();
  });
});
