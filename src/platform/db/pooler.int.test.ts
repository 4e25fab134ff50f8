import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { playMainJob } from '../../../scripts/docker/main-job';
import type { WorkerProcess } from '../../../workflows/runtime/worker-process';
import { startTestWorker } from '../../../workflows/testing/test-worker';
import { type PgBouncerServer, startPgBouncer } from '../../local-servers/pgbouncer';
import { createTestApp, type TestApp } from '../../testing/app';
import { createTestDatabase, type TestDatabase } from '../../testing/database';
import { describeWithPgBouncer } from '../../testing/describe-with-pgbouncer';
import { RecordingLogger } from '../../testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../../testing/temporal';
import { World } from '../../testing/world';
import { Database } from './database';
import { isDatabaseUnavailable } from './errors';
import { migrate } from './migrate';
import { sql } from './sql';

/** Fewer connections than callers, so that connections change hands all the time. */
const POOL_SIZE = 4;
const CALLERS = 12;
/** Long enough for a machine that is busy with other tests. */
const WAIT_LIMIT_MS = 30_000;
const OPERATOR = { email: 'operator@pooler.example', password: 'seven wet otters on a raft' };

const TextRow = z.object({ text: z.string() });
const CountRow = z.object({ count: z.number() });

/** Polls until the condition holds. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await sleep(50);
  }
}

describeWithPgBouncer('through PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: PgBouncerServer;
  let direct: Database;

  const open = (url: string, more: Partial<ConstructorParameters<typeof Database>[0]> = {}) =>
    new Database({
      url,
      pooler: 'transaction',
      poolMax: CALLERS,
      acquireTimeoutMs: 20_000,
      statementTimeoutMs: 20_000,
      applicationName: 'pooler-test',
      checkRows: true,
      logger: new RecordingLogger(),
      ...more,
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate({ databaseUrl: database.url, forPooler: true });
    pooler = await startPgBouncer({ databaseUrl: database.url, poolSize: POOL_SIZE });
    direct = open(database.url, { pooler: 'none' });
  });
  afterAll(async () => {
    await direct?.close();
    await pooler?.remove();
    await database?.drop();
  });

  describe('the whole product', () => {
    let namespace: TestNamespace;
    let app: TestApp;
    let worker: WorkerProcess;

    beforeAll(async () => {
      namespace = await createTestNamespace();
      const env = {
        ...namespace.env,
        DATABASE_POOLER: 'transaction',
        DATABASE_DIRECT_URL: database.url,
      };
      app = await createTestApp({ database: { ...database, url: pooler.url }, env });
      worker = await startTestWorker({ databaseUrl: pooler.url, namespace, env });
    });
    afterAll(async () => {
      await worker?.stop();
      await app?.close();
      await namespace?.close();
    });

    it('plays the main job: signing in, chat, a run, grades, an export', async () => {
      const { accounts } = app.container.auth;
      await accounts.create({ ...OPERATOR, name: 'Operator', isPlatformAdmin: true });
      await playMainJob({ url: app.url, admin: OPERATOR, tell: () => {} });
      // Notices between processes bypass the pooler.
      expect(app.container.platform.bus.connected).toBe(true);
      // Only listeners connected directly, and the pooler kept to its few connections.
      const row = await direct.row(
        sql`SELECT count(*) AS count FROM pg_stat_activity
            WHERE datname = current_database() AND application_name IN ('raptscallions-api', 'raptscallions-worker')`,
        CountRow,
      );
      expect(row?.count).toBeLessThanOrEqual(POOL_SIZE);
    });

    it('creates once under an Idempotency-Key, however often and by how many it is asked', async () => {
      const world = new World(app.container);
      const group = await world.group();
      const admin = await app.as((await world.member(group, 'admin')).id);
      const key = randomUUID();
      const body = { name: 'Only once', parentId: group.id };
      const create = () => admin.post('/groups').set('Idempotency-Key', key).send(body);
      const answers = await Promise.all(Array.from({ length: CALLERS }, create));
      expect(new Set(answers.map(({ status }) => status))).toEqual(
        new Set(answers.some(({ status }) => status === 409) ? [201, 409] : [201]),
      );
      const last = await create();
      expect(last.status).toBe(201);
      const children = await admin.get(`/groups/${group.id}/children`);
      expect(children.body.data.map(({ id }: { id: string }) => id)).toEqual([last.body.data.id]);
    });

    it('answers 503 immediately when the pooler is killed, and recovers by itself', async () => {
      const world = new World(app.container);
      const group = await world.group();
      const admin = await app.as((await world.member(group, 'admin')).id);
      const ask = () => admin.get(`/groups/${group.id}`);
      expect((await ask()).status).toBe(200);
      await pooler.kill();
      const during = await ask();
      expect(during.status).toBe(503);
      expect(during.body.error.code).toBe('DEPENDENCY_UNAVAILABLE');
      expect(during.headers['retry-after']).toBeDefined();
      expect((await fetch(`${app.url}/ready`)).status).toBe(503);
      await pooler.restart();
      await until(async () => (await ask()).status === 200);
      await until(
        async () => (await admin.post('/groups').send({ name: 'After', parentId: group.id })).status === 201,
      );
    });
  });

  it('mixes up no statements, transactions or parameters on shared connections', async () => {
    const db = open(pooler.url);
    const work = async (caller: number): Promise<void> => {
      for (let n = 0; n < 10; n += 1) {
        const text = `${caller}/${n}`;
        // All send the same statement: prepared by name, it would be unknown on another connection.
        expect(await db.row(sql`SELECT ${text}::text AS text`, TextRow)).toEqual({ text });
        const nested = await db.transaction(async () => {
          await db.execute(sql`SELECT set_config('rapt.caller', ${text}, TRUE)`);
          await db.prisma.user.findFirst({ where: { email: text } });
          return db.transaction(() => db.row(sql`SELECT current_setting('rapt.caller') AS text`, TextRow));
        });
        expect(nested).toEqual({ text });
        expect(await db.prisma.group.count({ where: { name: text } })).toBe(0);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, caller) => work(caller)));
    await db.close();
  });

  it('rolls back a failed transaction, the inner one with the outer one', async () => {
    const db = open(pooler.url);
    const email = `${randomUUID()}@pooler.example`;
    const failing = db.transaction(async () => {
      await db.execute(
        sql`INSERT INTO users (id, email, name) VALUES (${randomUUID()}::uuid, ${email}, 'Nobody')`,
      );
      await db.transaction(async () => {
        throw new Error('no');
      });
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.row(sql`SELECT email AS text FROM users WHERE email = ${email}`, TextRow)).toBeNull();
    await db.close();
  });

  it('cuts a statement that takes too long, for the client and on the server', async () => {
    const db = open(pooler.url, { statementTimeoutMs: 300 });
    const mark = randomUUID();
    const startedAt = Date.now();
    const slow = db.execute(sql`SELECT pg_sleep(60), ${mark}::text`);
    const error = await slow.catch((reason: unknown) => reason);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    const running = sql`SELECT count(*) AS count FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep(60)%'`;
    // The client has given up, and the server has noticed.
    await until(async () => (await direct.row(running, CountRow))?.count === 0);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect(await db.row(sql`SELECT 'on' AS text`, TextRow)).toEqual({ text: 'on' });
    await db.close();
  });

  it('finds the settings that connections cannot ask for in the database', async () => {
    const db = open(pooler.url);
    const row = await db.row(
      sql`SELECT concat_ws(' ', current_setting('TimeZone'), current_setting('jit'), current_setting('client_connection_check_interval')) AS text`,
      TextRow,
    );
    expect(row).toEqual({ text: 'UTC off 1s' });
    await db.close();
  });

  it('names statements if the pooler tracks them', async () => {
    // A setting for PgBouncer 1.21 or later; the server itself works with it, too.
    const db = open(database.url, { pooler: 'transaction-prepared', poolMax: 1 });
    await db.row(sql`SELECT 'named' AS text`, TextRow);
    const row = await db.row(
      sql`SELECT count(*) AS count FROM pg_prepared_statements WHERE statement = 'SELECT ''named'' AS text'`,
      CountRow,
    );
    expect(row).toEqual({ count: 1 });
    const plain = open(database.url, { poolMax: 1 });
    await plain.row(sql`SELECT 'unnamed' AS text`, TextRow);
    expect(await plain.row(sql`SELECT count(*) AS count FROM pg_prepared_statements`, CountRow)).toEqual({
      count: 0,
    });
    await Promise.all([db.close(), plain.close()]);
  });
});
