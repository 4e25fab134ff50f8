import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../src/platform/db/database';
import { sql } from '../src/platform/db/sql';
import { createTestDatabase, type TestDatabase } from '../src/testing/database';
import { FakeMailServer } from '../src/testing/mail-server';
import { RecordingLogger } from '../src/testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { findRedisUrl } from '../src/testing/test-environment';
import type { WorkerProcess } from '../workflows/runtime/worker-process';
import { testWorkflowBundle } from '../workflows/testing/bundle';
import { startTestWorker } from '../workflows/testing/test-worker';
import { examineSystem } from './doctor/examination';
import { type CheckResult, examine, exitCodeOf, ok, textOf } from './doctor/report';

/** The documented maximum, on a machine that does nothing else. */
const WORST_MS = 15_000;
const SECRET = randomBytes(36).toString('base64');

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

describe('the doctor', () => {
  let database: TestDatabase;
  let namespace: TestNamespace;
  let worker: WorkerProcess;
  let mail: FakeMailServer;
  let gateway: Server;
  let bundle: string;
  let storage: string;
  let gatewayAnswer = { status: 200, date: () => new Date() };

  beforeAll(async () => {
    [database, namespace, mail] = await Promise.all([
      createTestDatabase(),
      createTestNamespace(),
      FakeMailServer.start(),
    ]);
    bundle = (await testWorkflowBundle()).codePath;
    worker = await startTestWorker({ databaseUrl: database.url, namespace });
    storage = mkdtempSync(join(tmpdir(), 'doctor-'));
    gateway = createServer((request, response) => {
      const allowed = request.headers.authorization === 'Bearer right';
      response
        .writeHead(allowed ? gatewayAnswer.status : 401, { Date: gatewayAnswer.date().toUTCString() })
        .end('{"data":[]}');
    });
    await listen(gateway);
  });
  afterAll(async () => {
    await worker?.stop();
    gateway?.close();
    await mail?.stop();
    await namespace?.close();
    await database?.drop();
    if (storage !== undefined) rmSync(storage, { recursive: true });
  });
  beforeEach(() => {
    gatewayAnswer = { status: 200, date: () => new Date() };
  });

  const healthy = () => ({
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://school.example',
    TRUST_PROXY: '1',
    SESSION_SECRET: SECRET,
    TEMPORAL_CODEC_KEYS: `a:${randomBytes(32).toString('base64')}`,
    DATABASE_URL: database.url,
    ...namespace.env,
    WORKFLOW_BUNDLE: bundle,
    AI_GATEWAY_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    AI_API_KEY: 'right',
    SMTP_URL: mail.url.replace('://', '://school:p%40ss@'),
    MAIL_FROM: 'school@example.org',
    STORAGE_DIR: storage,
    ...(findRedisUrl() === undefined ? {} : { REDIS_URL: findRedisUrl() }),
  });
  const look = async (changes: Record<string, string | undefined> = {}) => {
    const results = await examineSystem({ ...healthy(), ...changes });
    const byName = new Map(results.map((result) => [result.check, result]));
    return { results, of: (check: string) => byName.get(check) as CheckResult };
  };
  const asOwner = async (statement: ReturnType<typeof sql>) => {
    const db = new Database({
      url: database.url,
      poolMax: 1,
      acquireTimeoutMs: 20_000,
      statementTimeoutMs: 20_000,
      applicationName: 'doctor-test',
      checkRows: false,
      logger: new RecordingLogger(),
    });
    await db.execute(statement);
    await db.close();
  };

  it('finds nothing wrong in a healthy system', async () => {
    // The worker creates schedules and attributes shortly after it starts.
    const end = Date.now() + 30_000;
    let seen = await look();
    while (exitCodeOf(seen.results) !== 0 && Date.now() < end) seen = await look();
    const states = Object.fromEntries(seen.results.map(({ check, state }) => [check, state]));
    const skips = Object.fromEntries(
      ['pooler', 'read replica', ...(findRedisUrl() === undefined ? ['redis'] : [])].map((name) => [
        name,
        'skipped',
      ]),
    );
    expect(states).toEqual({
      ...Object.fromEntries(seen.results.map(({ check }) => [check, 'ok'])),
      ...skips,
    });
    expect(seen.results).toHaveLength(20);
    expect(textOf(seen.results)).toMatch(/\d+ ok, 0 warnings, 0 failed, \d skipped\n$/);
  });

  it('if nothing is reachable, each check says so and what to do, and no check waits for another', async () => {
    // Accepts connections and never answers, which is worse than a closed port.
    const held = new Set<Socket>();
    const mute = createTcpServer((socket) => void held.add(socket.on('error', () => {})));
    const port = await listen(mute);
    const startedAt = performance.now();
    const { results, of } = await look({
      DATABASE_URL: `postgresql://a:hidden-word@127.0.0.1:${port}/c`,
      DATABASE_DIRECT_URL: `postgresql://a:hidden-word@127.0.0.1:${port}/c`,
      DATABASE_POOLER: 'transaction',
      DATABASE_REPLICA_URL: `postgresql://a:hidden-word@127.0.0.1:${port}/c`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      AI_GATEWAY_URL: `http://127.0.0.1:${port}`,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      // A file where a folder must be.
      STORAGE_DIR: join(__filename, 'inside'),
    });
    expect(performance.now() - startedAt).toBeLessThan(WORST_MS);
    mute.close();
    for (const socket of held) socket.destroy();
    for (const check of [
      'postgresql',
      'pooler',
      'read replica',
      'redis',
      'temporal',
      'ai gateway',
      'mail',
      'storage',
    ]) {
      expect([check, of(check).state]).toEqual([check, 'failed']);
      expect(of(check).fix).toBeTruthy();
    }
    for (const check of ['migrations', 'schedules', 'queues', 'clock'])
      expect(of(check).state).toBe('skipped');
    expect(exitCodeOf(results)).toBe(1);
    expect(JSON.stringify(results)).not.toContain('hidden-word');
  });

  it('sees a namespace that is not there, and refused keys and passwords', async () => {
    const { of } = await look({
      TEMPORAL_NAMESPACE: 'nowhere-at-all',
      AI_API_KEY: 'wrong-key-of-ours',
      SMTP_URL: mail.url.replace('://', '://school:wrong@'),
      DATABASE_URL: database.url.replace(/:[^:@/]+@/, ':wrong@'),
    });
    expect(of('temporal')).toMatchObject({ state: 'failed', seen: expect.stringContaining('no namespace') });
    expect(of('ai gateway')).toMatchObject({
      state: 'failed',
      seen: expect.stringContaining('rejects the key'),
    });
    expect(of('mail')).toMatchObject({
      state: 'failed',
      seen: expect.stringContaining('rejects the user or the password'),
    });
    expect(of('postgresql')).toMatchObject({
      state: 'failed',
      seen: expect.stringContaining('password authentication'),
    });
  });

  it('sees migrations that are pending or were changed, and a trail that can be changed', async () => {
    await asOwner(sql`ALTER TABLE audit_events DISABLE TRIGGER audit_events_immutable`);
    await asOwner(sql`DELETE FROM _prisma_migrations WHERE migration_name LIKE '0012%'`);
    const pending = await look();
    expect(pending.of('migrations')).toMatchObject({
      state: 'failed',
      seen: expect.stringContaining('pending: 0012'),
    });
    expect(pending.of('audit trail')).toMatchObject({
      state: 'failed',
      fix: expect.stringContaining('audit:verify'),
    });
    await asOwner(sql`ALTER TABLE audit_events ENABLE TRIGGER audit_events_immutable`);
    await asOwner(sql`UPDATE _prisma_migrations SET checksum = 'other' WHERE migration_name LIKE '0011%'`);
    expect((await look()).of('migrations').seen).toMatch(/changed after they were applied: 0011/);
  });

  it('sees an empty database, a worker that is missing, another build, and clocks that differ', async () => {
    const empty = await createTestNamespace();
    await empty.client.connection.workflowService.describeNamespace({ namespace: empty.name });
    gatewayAnswer = { status: 404, date: () => new Date(Date.now() + 3_600_000) };
    const { of } = await look({
      ...empty.env,
      DATABASE_URL: database.adminUrl.replace(/\/[^/]+$/, '/template1'),
    });
    await empty.close();
    expect(of('extensions').seen).toBe('missing: ltree, pg_trgm');
    expect(of('migrations')).toMatchObject({ state: 'failed', seen: 'there are none' });
    expect(of('queues')).toMatchObject({ state: 'failed', seen: 'no worker is running' });
    expect(of('schedules')).toMatchObject({ state: 'failed', seen: expect.stringContaining('missing: ') });
    expect(of('ai gateway').state).toBe('warning');
    expect(of('clock of the gateway').state).toBe('failed');
    const other = await look({ WORKFLOW_BUNDLE: __filename });
    expect(other.of('worker build')).toMatchObject({ state: 'warning' });
    expect((await look({ WORKFLOW_BUNDLE: '/nowhere' })).of('worker build').state).toBe('failed');
  });

  it('sees secrets that can be guessed, and settings that do not suit production', async () => {
    const weak = await look({
      SESSION_SECRET: 'change-me-change-me-change-me-change-me',
      TEMPORAL_CODEC_KEYS: '',
    });
    expect(weak.of('secrets').state).toBe('failed');
    expect(weak.of('production').seen).toContain('TEMPORAL_CODEC_KEYS');
    const wrong = await examineSystem({ ...healthy(), SESSION_SECRET: 'short', PORT: 'x' });
    expect(wrong).toMatchObject([{ check: 'settings', state: 'failed' }]);
    expect(wrong[0]?.seen).toMatch(/PORT.*SESSION_SECRET/);
  });

  it('gives up only the check that never ends', async () => {
    const endless = {
      checks: ['endless', 'after it'] as const,
      fix: 'do it',
      run: () => new Promise<never>(() => {}),
    };
    const quick = { checks: ['quick'] as const, fix: '', run: async () => ({ quick: ok('well') }) };
    const results = await examine([endless, quick], 50);
    expect(results.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'endless failed',
      'after it skipped',
      'quick ok',
    ]);
  });
});
