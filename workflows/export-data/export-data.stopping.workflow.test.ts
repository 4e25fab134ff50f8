import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ExportScene } from '../../src/features/exports/exports.builder';
import { exportDataContract } from '../../src/features/exports/exports.contract';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { ChildWorker, startTestWorker } from '../testing/test-worker';
import { untilWorkerWaits } from '../testing/waiting-worker';

/** Several parts. */
const ROWS = 12_000;
/** An arbitrary number that no other code uses for a lock. */
const LOCK = 4_711;

let app: TestApp;
let scene: ExportScene;
let namespace: TestNamespace;

beforeAll(async () => {
  namespace = await createTestNamespace();
  app = await createTestApp({ env: namespace.env });
  scene = await ExportScene.create(app);
  await scene.addStudents(ROWS - 4);
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

const handleOf = (exportId: string) =>
  namespace.client.workflow.getHandle(exportDataContract.workflowId({ exportId }));

const storedOf = (id: string) =>
  app.container.platform.db.prisma.export.findUniqueOrThrow({
    where: { id },
    select: { state: true, partsDone: true },
  });

/** The kinds of the events of activities that did not end as they should. */
async function mishapsOf(exportId: string): Promise<string[]> {
  const { events } = await handleOf(exportId).fetchHistory();
  return (events ?? []).flatMap((event) => [
    ...(event.activityTaskFailedEventAttributes == null ? [] : ['failed']),
    ...(event.activityTaskTimedOutEventAttributes == null ? [] : ['timed out']),
    ...((event.activityTaskStartedEventAttributes?.attempt ?? 1) > 1 ? ['repeated'] : []),
  ]);
}

/** Blocks the storing of the first part until this connection releases its lock. */
async function holdFirstPart(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: app.databaseUrl });
  await client.connect();
  await client.query(`
    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(${LOCK});
      RETURN NEW;
    END $$;
    CREATE TRIGGER exports_wait_for_test BEFORE UPDATE ON exports FOR EACH ROW
      WHEN (OLD.parts_done = 0 AND NEW.parts_done = 1) EXECUTE FUNCTION wait_for_test()`);
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  return client;
}

/** The operator's view of the export, which must be the same with and without a worker. */
async function jobOf(exportId: string) {
  const operator = await app.as((await scene.world.user({ isPlatformAdmin: true })).id);
  const id = Buffer.from(exportDataContract.workflowId({ exportId })).toString('base64url');
  return (await operator.get(`/admin/jobs/workflows/${id}`).expect(200)).body.data;
}

describe('a worker that is stopped in the middle of an export', () => {
  it('ends after the current part, and another worker writes the rest, each row once', async () => {
    const blocker = await holdFirstPart();
    // Long enough for all parts, so that a worker that ignores the stop signal would write them.
    const env = { SHUTDOWN_GRACE_MS: '120000', LOG_LEVEL: 'info' };
    const options = { databaseUrl: app.databaseUrl, namespace };
    const first = await (await ChildWorker.start({ ...options, env })).ready();
    const id = await scene.ask('roster', 'ndjson');
    await untilWorkerWaits(blocker);
    const stopped = first.stop();
    while (!first.output.join('').includes('stopping')) await sleep(20);
    await blocker.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await blocker.end();
    expect(await stopped).toBe(0);
    expect(first.output.join('')).not.toMatch(/\berror\b/i);
    expect(await storedOf(id)).toEqual({ state: 'running', partsDone: 1 });

    const second = await startTestWorker(options);
    expect(await handleOf(id).result()).toMatchObject({ state: 'succeeded', rows: ROWS });
    expect(await mishapsOf(id)).toEqual([]);
    const rows = (await scene.fileOf(id)).toString('utf8').trimEnd().split('\n');
    const people = new Set(rows.map((row) => JSON.parse(row).user_id as string));
    expect([rows.length, people.size]).toEqual([ROWS, ROWS]);

    const progress = { state: 'succeeded', rows: ROWS, total: ROWS, percent: 100, rowsComplete: true };
    const seen = { state: 'completed', summary: 'Creates an export: roster as ndjson', progress };
    expect(await jobOf(id)).toMatchObject(seen);
    await second.stop();
    expect(await jobOf(id)).toMatchObject(seen);
  }, 180_000);
});
