import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { applySchedules } from '../../../workflows/apply-schedules';
import { installTemporalRuntime } from '../../../workflows/runtime/temporal-runtime';
import { SCHEDULES } from '../../../workflows/schedules';
import { testWorkflowBundle } from '../../../workflows/testing/bundle';
import { ensureTemporalCli } from '../../local-servers/temporal-cli';
import { startTemporal, type TemporalServer } from '../../local-servers/temporal-server';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { RecordingLogger } from '../../testing/recording-logger';
import { Stopwatch } from '../../testing/stopwatch';
import { createTestNamespace, type TestNamespace } from '../../testing/temporal';
import { World } from '../../testing/world';
import { createJobsModule } from './jobs.module';

const QUEUE = 'stub';

let namespace: TestNamespace;
let app: TestApp;
let world: World;
let district: { id: string; tenantId: string };
let stranger: { id: string; tenantId: string };
const clients: Record<'platformAdmin' | 'tenantAdmin' | 'strangeAdmin' | 'teacher', Client> = {} as never;
/** What the stubbed run does. */
let execute: () => Promise<unknown> = () => Promise.resolve({ state: 'succeeded', code: null });
let connection: NativeConnection;
let worker: Worker;
let working: Promise<void>;

beforeAll(async () => {
  installTemporalRuntime(new RecordingLogger());
  namespace = await createTestNamespace();
  app = await createTestApp({ env: { ...namespace.env, TEMPORAL_UI_URL: 'http://temporal.example/' } });
  world = new World(app.container);
  [district, stranger] = [await world.group(), await world.group()];
  clients.platformAdmin = await app.as((await world.user({ isPlatformAdmin: true })).id);
  clients.tenantAdmin = await app.as((await world.member(district, 'admin')).id);
  clients.strangeAdmin = await app.as((await world.member(stranger, 'admin')).id);
  clients.teacher = await app.as((await world.member(district, 'teacher')).id);
  await temporal().registerSearchAttributes();
  connection = await NativeConnection.connect({ address: namespace.address });
  worker = await Worker.create({
    connection,
    namespace: namespace.name,
    taskQueue: QUEUE,
    workflowBundle: await testWorkflowBundle(),
    activities: {
      beginRun: () => Promise.resolve({ state: 'running', code: null }),
      executeRun: () => execute(),
      failRun: (_runId: string, code: string) => Promise.resolve({ state: 'failed', code }),
      cancelRun: () => Promise.resolve({ state: 'cancelled', code: null }),
    },
  });
  working = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await working;
  await connection.close();
  await app.close();
  await namespace.close();
});

const temporal = () => app.container.platform.temporal.get();
const idOf = (workflowId: string) => Buffer.from(workflowId).toString('base64url');
const pathOf = (workflowId: string, then = '') => `/admin/jobs/workflows/${idOf(workflowId)}${then}`;

/** Starts a run of the stub. @returns its workflow's id */
async function start(
  tenantId: string | null = district.tenantId,
): Promise<{ workflowId: string; subjectId: string }> {
  const subjectId = newId();
  const workflowId = `run/${subjectId}`;
  const input = { runId: subjectId };
  const names = { workflow: 'runTool', workflowId, taskQueue: QUEUE, summary: 'Runs a product tool' };
  await temporal().start({ ...names, input, tenantId, subjectId });
  return { workflowId, subjectId };
}

async function until<T>(look: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await look();
    if (isThere(value)) return value;
    if (tries > 400) throw new Error(`did not come: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}

const job = async (workflowId: string, client = clients.platformAdmin) =>
  (await client.get(pathOf(workflowId)).expect(200)).body.data;
const untilState = (workflowId: string, state: string) =>
  until(
    () => job(workflowId),
    (found) => found.state === state,
  );
const listed = async (query: string, client = clients.platformAdmin) =>
  (await client.get(`/admin/jobs/workflows?${query}`).expect(200)).body.data as { workflowId: string }[];

const fails = () => Promise.reject(ApplicationFailure.nonRetryable('the name of Ada', 'ai.timeout'));
const releases: (() => void)[] = [];
/** Runs until it is released, at the latest by the end of the test. */
function held(): () => void {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  releases.push(release);
  execute = async () => {
    await released;
    return { state: 'succeeded', code: null };
  };
  return release;
}
afterEach(() => {
  for (const release of releases.splice(0)) release();
  execute = () => Promise.resolve({ state: 'succeeded', code: null });
});

async function audited(action: string, workflowId: string) {
  const row = z.object({
    tenantId: z.string().nullable(),
    subjectId: z.string().nullable(),
    details: z.unknown(),
  });
  return app.container.platform.db.rows(
    sql`SELECT tenant_id AS "tenantId", subject_id AS "subjectId", details FROM audit_events
        WHERE action = ${action} AND details ->> 'workflowId' = ${workflowId}`,
    row,
  );
}

describe('the overview', () => {
  it('counts by state what the caller may see', async () => {
    const overview = async (client: Client) => (await client.get('/admin/jobs').expect(200)).body.data;
    const before = await overview(clients.strangeAdmin);
    const { workflowId } = await start(stranger.tenantId);
    await untilState(workflowId, 'completed');
    const after = await until(
      () => overview(clients.strangeAdmin),
      ({ counts }) => counts.completed > before.counts.completed,
    );
    expect(after.counts).toEqual({ ...before.counts, completed: before.counts.completed + 1 });
    expect(after.can).toEqual({ readSchedules: false });
    expect((await overview(clients.platformAdmin)).can).toEqual({ readSchedules: true });
    expect(after.links.ui).toBe(`http://temporal.example/namespaces/${namespace.name}/workflows`);
    await clients.teacher.get('/admin/jobs').expect(403);
    await app.anonymous.get('/admin/jobs').expect(401);
  });
});

describe('the workflows', () => {
  it('are followed while they run, and after', async () => {
    const release = held();
    const { workflowId, subjectId } = await start();
    const running = await until(
      () => job(workflowId),
      // The workflow answers before Temporal has recorded its pending activity.
      (found) => found.progress === 'running' && found.pendingActivities.length > 0,
    );
    expect(running).toMatchObject({
      id: idOf(workflowId),
      ...{ workflowId, subjectId, kind: 'runTool', state: 'running', taskQueue: QUEUE, schedule: null },
      ...{ tenantId: district.tenantId, summary: 'Runs a product tool', ending: null, closedAt: null },
      pendingActivities: [{ activity: 'executeRun', attempt: 1, lastFailure: null }],
      can: { cancel: true, retry: false },
    });
    expect(running.links).toEqual({
      self: `/api/v1${pathOf(workflowId)}`,
      cancel: `/api/v1${pathOf(workflowId, '/cancel')}`,
      retry: `/api/v1${pathOf(workflowId, '/retry')}`,
      ui: `http://temporal.example/namespaces/${namespace.name}/workflows/${encodeURIComponent(workflowId)}/${running.runId}/history`,
    });
    release();
    expect(await untilState(workflowId, 'completed')).toMatchObject({
      ending: { code: null, result: { state: 'succeeded', code: null } },
      pendingActivities: [],
      can: { cancel: false, retry: false },
    });
  });

  it('show why they failed, and why an attempt did, by code and never by text', async () => {
    let attempts = 0;
    execute = () => {
      attempts += 1;
      return Promise.reject(ApplicationFailure.retryable('the name of Ada', 'database.unavailable'));
    };
    const { workflowId } = await start();
    const trying = await until(
      () => job(workflowId),
      (found) => found.pendingActivities[0]?.lastFailure != null,
    );
    expect(trying.pendingActivities[0]).toMatchObject({ lastFailure: 'database.unavailable' });
    expect(attempts).toBeGreaterThan(0);
    execute = fails;
    const failed = await untilState(workflowId, 'failed');
    expect(failed.ending).toEqual({ code: 'ai.timeout', result: null });
    expect(JSON.stringify([trying, failed])).not.toContain('Ada');
  });

  it('are listed by kind, state, subject and tenant, page by page', async () => {
    execute = fails;
    const started = [await start(), await start(), await start()];
    for (const { workflowId } of started) await untilState(workflowId, 'failed');
    const { workflowId, subjectId } = started[0]!;
    await until(
      () => listed(`subjectId=${subjectId}&state=failed`),
      (found) => found.length === 1,
    );
    expect(await listed(`subjectId=${subjectId}&kind=runTool`)).toMatchObject([
      { workflowId, state: 'failed' },
    ]);
    expect(await listed(`subjectId=${subjectId}&kind=exportData`)).toEqual([]);
    expect(await listed(`subjectId=${subjectId}&state=running`)).toEqual([]);
    expect(await listed(`subjectId=${subjectId}&tenantId=${stranger.tenantId}`)).toEqual([]);
    const { tenantId } = district;
    await until(
      () => listed(`tenantId=${tenantId}&state=failed&limit=100`),
      (found) => found.length >= 3,
    );
    const seen = new Set<string>();
    for (let cursor = ''; ; ) {
      const { body } = await clients.platformAdmin
        .get(`/admin/jobs/workflows?tenantId=${tenantId}&state=failed&limit=2&cursor=${cursor}`)
        .expect(200);
      expect(body.data.length).toBeLessThanOrEqual(2);
      for (const each of body.data) seen.add(each.workflowId);
      cursor = body.meta.pagination.nextCursor;
      if (cursor === null) break;
    }
    expect([...seen]).toEqual(expect.arrayContaining(started.map((each) => each.workflowId)));
  });

  it('are cancelled, which is on record', async () => {
    const release = held();
    const { workflowId, subjectId } = await start();
    const { body, headers } = await clients.tenantAdmin.post(pathOf(workflowId, '/cancel')).expect(202);
    expect(headers.location).toBe(`/api/v1${pathOf(workflowId)}`);
    expect(body.data.workflowId).toBe(workflowId);
    expect(await audited('job.cancel_requested', workflowId)).toEqual([
      { tenantId: district.tenantId, subjectId, details: { workflowId, kind: 'runTool' } },
    ]);
    release();
    const { state } = await until(
      () => job(workflowId),
      (found) => found.state !== 'running',
    );
    const again = await clients.tenantAdmin.post(pathOf(workflowId, '/cancel')).expect(409);
    expect(again.body.error.details).toMatchObject({ reason: 'job.not_running', state });
  });

  it('are restarted only if that is safe', async () => {
    const { workflowId } = await start();
    await untilState(workflowId, 'completed');
    const completed = await clients.tenantAdmin.post(pathOf(workflowId, '/retry')).expect(409);
    expect(completed.body.error.details.reason).toBe('job.not_failed');
    execute = fails;
    const failed = await start();
    await untilState(failed.workflowId, 'failed');
    const refused = await clients.tenantAdmin.post(pathOf(failed.workflowId, '/retry')).expect(409);
    expect(refused.body.error.details).toMatchObject({ reason: 'job.not_restartable', kind: 'runTool' });
  });

  it('restart with the same input, summary and attributes, once for any number of requests', async () => {
    const database = { url: app.databaseUrl, adminUrl: '', drop: () => Promise.resolve() };
    const safe = await createTestApp({
      env: { ...namespace.env },
      database,
      routes: ({ platform, audit }) =>
        createJobsModule(platform, { audit, contracts: [{ name: 'runTool', restartable: true }] }).routes,
    });
    const admin = safe.withToken(clients.tenantAdmin.token as string);
    execute = fails;
    const { workflowId, subjectId } = await start();
    const before = await untilState(workflowId, 'failed');
    held();
    const answers = await Promise.all([1, 2, 3].map(() => admin.post(pathOf(workflowId, '/retry'))));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409, 409]);
    const after = await until(
      () => job(workflowId),
      (found) => found.progress === 'running',
    );
    expect(after).toMatchObject({
      ...{ state: 'running', summary: before.summary, tenantId: before.tenantId, subjectId },
    });
    expect(after.runId).not.toBe(before.runId);
    const history = await namespace.client.workflow.getHandle(workflowId).fetchHistory();
    const [input] = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(Buffer.from(input?.data ?? []).toString()).toBe(JSON.stringify({ runId: subjectId }));
    expect((await audited('job.retry_requested', workflowId)).length).toBeGreaterThan(0);
    await namespace.client.workflow.getHandle(workflowId).terminate();
    await safe.close();
  });

  it('are only those of their own tenant for its admins', async () => {
    const own = await start();
    const platforms = await start(null);
    for (const { workflowId } of [own, platforms]) {
      await clients.strangeAdmin.get(pathOf(workflowId)).expect(404);
      await clients.strangeAdmin.post(pathOf(workflowId, '/cancel')).expect(404);
      await clients.strangeAdmin.post(pathOf(workflowId, '/retry')).expect(404);
    }
    await clients.tenantAdmin.get(pathOf(platforms.workflowId)).expect(404);
    await until(
      () => listed(`subjectId=${own.subjectId}`, clients.tenantAdmin),
      (found) => found.length === 1,
    );
    expect(await listed(`subjectId=${own.subjectId}`, clients.strangeAdmin)).toEqual([]);
    expect(
      await listed(`subjectId=${own.subjectId}&tenantId=${district.tenantId}`, clients.strangeAdmin),
    ).toEqual([]);
    expect(await listed(`subjectId=${platforms.subjectId}`, clients.tenantAdmin)).toEqual([]);
  });

  it('are hidden from everybody else', async () => {
    const { workflowId } = await start();
    for (const [method, path] of [
      ['get', '/admin/jobs/workflows'],
      ['get', pathOf(workflowId)],
      ['post', pathOf(workflowId, '/cancel')],
      ['post', pathOf(workflowId, '/retry')],
    ] as const) {
      await app.anonymous[method](path).expect(401);
      await clients.teacher[method](path).expect(403);
    }
  });

  it.each([
    '?kind=it%27s',
    '?state=odd',
    '?tenantId=nobody',
    '?subjectId=1',
    '?page=1',
    '?sort=kind',
    '?limit=101',
    '?cursor=nonsense',
    '/***',
    `/${Buffer.from('with a space').toString('base64url')}`,
  ])('refuse %s', async (rest) => {
    await clients.platformAdmin.get(`/admin/jobs/workflows${rest}`).expect(400);
  });

  it('are not found if there are none', async () => {
    const { body } = await clients.platformAdmin.get(pathOf('run/none')).expect(404);
    expect(body.error.details.reason).toBe('job.not_found');
  });
});

describe('the schedules', () => {
  const path = '/admin/jobs/schedules';
  beforeAll(() => applySchedules(temporal(), SCHEDULES, new RecordingLogger()));
  const one = async () => (await clients.platformAdmin.get(`${path}/cleanup-old-runs`).expect(200)).body.data;

  it('are listed with when they run next', async () => {
    const all = await until(
      // A busy Temporal may not answer in time; the next attempt succeeds.
      async () => ((await clients.platformAdmin.get(path)).body.data ?? []) as { id: string }[],
      (found) => found.length === SCHEDULES.length,
    );
    expect(all.map(({ id }) => id).sort()).toEqual(SCHEDULES.map(({ id }) => id).sort());
    const schedule = await one();
    expect(schedule).toMatchObject({
      id: 'cleanup-old-runs',
      ...{
        kind: 'cleanupOldRuns',
        timeZone: 'UTC',
        overlap: 'skip',
        isPaused: false,
        lastRuns: [],
        running: [],
      },
      catchupWindowSeconds: expect.any(Number),
      note: expect.stringMatching(/.+/),
      can: { manage: true },
    });
    expect(new Date(schedule.nextRuns[0]).getTime()).toBeGreaterThan(Date.now());
    expect(schedule.links.ui).toBe(
      `http://temporal.example/namespaces/${namespace.name}/schedules/rapt%2Fcleanup-old-runs`,
    );
  });

  it('are triggered, and a failed run of theirs is started once more by them', async () => {
    await clients.platformAdmin.post(`${path}/cleanup-old-runs/trigger`).expect(202);
    const { lastRuns, running } = await until(one, (found) => found.running.length === 1);
    expect(running).toEqual([lastRuns[0].workflowId]);
    expect((await job(lastRuns[0].workflowId)).schedule).toBe('cleanup-old-runs');
    // No worker serves its queue here.
    await namespace.client.workflow.getHandle(lastRuns[0].workflowId).terminate();
    await until(one, (found) => found.running.length === 0);
    const { body } = await clients.platformAdmin.post(pathOf(lastRuns[0].workflowId, '/retry')).expect(202);
    expect(body.data.kind).toBe('cleanupOldRuns');
    expect((await until(one, (found) => found.lastRuns.length === 2)).counts.started).toBe(2);
  });

  it('are paused and resumed, and keep their notes', async () => {
    const { note } = await one();
    const { body } = await clients.platformAdmin.post(`${path}/cleanup-old-runs/pause`).expect(200);
    expect(body.data).toMatchObject({ isPaused: true, note: `Paused through /admin/jobs. ${note}` });
    await clients.platformAdmin.post(`${path}/cleanup-old-runs/pause`).expect(200);
    const after = await clients.platformAdmin.post(`${path}/cleanup-old-runs/unpause`).expect(200);
    expect(after.body.data).toMatchObject({ isPaused: false, note });
  });

  it('belong to the platform', async () => {
    for (const then of ['', '/trigger', '/pause', '/unpause']) {
      const method = then === '' ? 'get' : 'post';
      await clients.platformAdmin[method](`${path}/nothing${then}`).expect(404);
      await clients.platformAdmin[method](`${path}/No!${then}`).expect(400);
      await clients.tenantAdmin[method](`${path}/cleanup-old-runs${then}`).expect(403);
      await app.anonymous[method](`${path}/cleanup-old-runs${then}`).expect(401);
    }
    await clients.tenantAdmin.get(path).expect(403);
  });
});

describe('while Temporal is away', () => {
  let server: TemporalServer;
  let alone: TestApp;
  let admin: Client;
  beforeAll(async () => {
    server = await startTemporal({ cli: (await ensureTemporalCli()).path });
    alone = await createTestApp({ env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' } });
    admin = await alone.as((await new World(alone.container).user({ isPlatformAdmin: true })).id);
    await admin.get('/admin/jobs/workflows').expect(200);
  });
  afterAll(async () => {
    await alone.close();
    await server.kill();
  });

  async function isAway(): Promise<void> {
    const asked = [
      ['get', '/admin/jobs/workflows'],
      ['get', pathOf('run/any')],
      ['post', pathOf('run/any', '/cancel')],
      ['get', '/admin/jobs/schedules'],
      ['post', '/admin/jobs/schedules/seal-audit/trigger'],
    ] as const;
    const watch = new Stopwatch();
    const answers = await Promise.all(asked.map(([method, path]) => admin[method](path)));
    expect(watch.stop()).toBeLessThan(3_000);
    for (const { status, headers, body } of answers) {
      expect([status, headers['retry-after'], body.error.code, body.error.details.reason]).toEqual([
        503,
        '2',
        'DEPENDENCY_UNAVAILABLE',
        'temporal.unavailable',
      ]);
    }
    await admin.get('/groups').expect(200);
    await admin.post('/groups').send({ name: 'Meanwhile' }).expect(201);
  }

  it('answers 503 for jobs within three seconds, and everything else continues', async () => {
    server.freeze();
    await isAway();
    server.thaw();
    await server.kill();
    await isAway();
  });

  it('answers for jobs again when it is back', async () => {
    await server.restart();
    await until(
      () => admin.get('/admin/jobs/workflows'),
      ({ status }) => status === 200,
    );
  });
});
