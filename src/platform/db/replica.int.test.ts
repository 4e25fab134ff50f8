import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { ExportScene } from '../../features/exports/exports.builder';
import { UsageScene } from '../../features/usage/usage.builder';
import { createTestApp, type TestApp } from '../../testing/app';
import { startTestPostgres, type TestPostgres } from '../../testing/database';
import { RecordingLogger } from '../../testing/recording-logger';
import { startReplica, type TestReplica } from '../../testing/replica';
import { Database } from './database';
import { migrate } from './migrate';
import { RowLoader } from './row-loader';
import { sql } from './sql';

/** A replica on the same machine needs milliseconds, unless the machine is busy with other tests. */
const PATIENT_MS = 20_000;
const IMPATIENT_MS = 200;

const WhereRow = z.object({ isReplica: z.boolean(), count: z.number() });

describe('a read replica', () => {
  let postgres: TestPostgres;
  let replica: TestReplica;
  const databases: Database[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await migrate({ databaseUrl: postgres.databaseUrl });
    replica = await startReplica(postgres);
  });
  afterEach(async () => {
    replica.thaw();
    await asAdmin('SELECT pg_wal_replay_resume()').catch(() => {});
    await Promise.all(databases.splice(0).map((db) => db.close()));
  });
  afterAll(async () => {
    await replica?.remove();
    await postgres?.remove();
  });

  /**
   * Returns the number in the first column, if there is one. Uses a new connection, because the server
   * stops and starts.
   */
  async function asAdmin(statement: string): Promise<number> {
    const client = new Client({ connectionString: replica.url });
    await client.connect();
    const { rows } = await client.query(statement);
    await client.end();
    return Number(rows[0]?.n ?? 0);
  }

  function open(catchUpMs: number, statementTimeoutMs = 20_000) {
    const logger = new RecordingLogger();
    const db = new Database({
      url: postgres.databaseUrl,
      poolMax: 5,
      acquireTimeoutMs: 20_000,
      statementTimeoutMs,
      applicationName: 'replica-test',
      checkRows: true,
      logger,
      replica: { url: replica.databaseUrl, acquireTimeoutMs: 5_000, catchUpMs },
    });
    databases.push(db);
    const warnings = () => logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    return { db, logger, warnings };
  }

  const add = (db: Database, email: string) =>
    db.execute(sql`INSERT INTO users (id, email, name) VALUES (${randomUUID()}::uuid, ${email}, 'Reader')`);
  const look = (db: Database, email: string) =>
    db.row(
      sql`SELECT pg_is_in_recovery() AS "isReplica", (SELECT count(*) FROM users WHERE email = ${email}) AS count`,
      WhereRow,
    );

  it('shows a reader all that was committed before, each time', async () => {
    const { db, warnings } = open(PATIENT_MS);
    for (let n = 0; n < 30; n += 1) {
      const email = `${randomUUID()}@replica.example`;
      await add(db, email);
      expect(await db.onReplica(() => look(db, email))).toEqual({ isReplica: true, count: 1 });
    }
    expect(warnings()).toEqual([]);
  });

  it('is not read while it lags; the log says so once, and again when it has caught up', async () => {
    const { db, logger, warnings } = open(IMPATIENT_MS);
    await asAdmin('SELECT pg_wal_replay_pause()');
    for (let n = 0; n < 5; n += 1) {
      const email = `${randomUUID()}@replica.example`;
      await add(db, email);
      expect(await db.onReplica(() => look(db, email))).toEqual({ isReplica: false, count: 1 });
    }
    expect(warnings()).toHaveLength(1);
    await asAdmin('SELECT pg_wal_replay_resume()');
    const end = Date.now() + 30_000;
    let seen = await db.onReplica(() => look(db, ''));
    while (seen?.isReplica !== true && Date.now() < end) {
      await sleep(100);
      seen = await db.onReplica(() => look(db, ''));
    }
    expect(seen?.isReplica).toBe(true);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('is read for old enough data, however far it lags', async () => {
    const { db } = open(PATIENT_MS);
    const email = `${randomUUID()}@replica.example`;
    await add(db, email);
    const before = await db.row(sql`SELECT clock_timestamp() AS at`, z.object({ at: z.date() }));
    // The log has to show that the moment has passed.
    await add(db, `later-${email}`);
    expect(await db.onReplica(() => look(db, `later-${email}`))).toMatchObject({ isReplica: true });
    await asAdmin('SELECT pg_wal_replay_pause()');
    await add(db, `unseen-${email}`);
    const asOf = before?.at as Date;
    expect(await db.onReplica(() => look(db, email), { asOf })).toEqual({ isReplica: true, count: 1 });
    expect(await db.onReplica(() => look(db, `unseen-${email}`), { asOf })).toEqual({
      isReplica: true,
      count: 0,
    });
  });

  it('is not read in a transaction, whose own rows are on the primary, unless the caller asks for it', async () => {
    const { db } = open(PATIENT_MS);
    const email = `${randomUUID()}@replica.example`;
    const work = async () => {
      await add(db, email);
      expect(await db.onReplica(() => look(db, email))).toEqual({ isReplica: false, count: 1 });
      expect(await db.onReplica(() => look(db, email), { inTransaction: true })).toEqual({
        isReplica: true,
        count: 0,
      });
      expect(await look(db, email)).toEqual({ isReplica: false, count: 1 });
    };
    await db.transaction(work, { timeoutMs: 60_000 });
  });

  it('loads rows for its own readers only, separately from readers of the primary', async () => {
    const { db } = open(PATIENT_MS);
    const [old, fresh] = [randomUUID(), randomUUID()];
    const insert = (id: string) =>
      db.execute(
        sql`INSERT INTO users (id, email, name) VALUES (${id}::uuid, ${`${id}@replica.example`}, 'Reader')`,
      );
    await insert(old);
    const { at } = (await db.row(sql`SELECT clock_timestamp() AS at`, z.object({ at: z.date() }))) as {
      at: Date;
    };
    await add(db, `${randomUUID()}@replica.example`);
    expect(await db.onReplica(() => look(db, ''))).toMatchObject({ isReplica: true });
    await asAdmin('SELECT pg_wal_replay_pause()');
    await insert(fresh);
    const loader = new RowLoader(
      db,
      z.object({ id: z.string(), isReplica: z.boolean() }),
      (ids) => sql`SELECT id, pg_is_in_recovery() AS "isReplica" FROM users WHERE id = ANY (${ids}::uuid[])`,
    );
    const there = db.onReplica(async () => [await loader.find(old), await loader.find(fresh)], { asOf: at });
    const here = loader.find(fresh);
    expect(await there).toEqual([{ id: old, isReplica: true }, null]);
    expect(await here).toEqual({ id: fresh, isReplica: false });
  });

  it('refuses writes in both ways, and says so', async () => {
    const { db } = open(PATIENT_MS);
    await expect(db.onReplica(() => add(db, 'no@replica.example'))).rejects.toThrow(/read-only/);
    await expect(db.onReplica(() => db.transaction(async () => 1))).rejects.toThrow('only reads');
    expect(await db.onReplica(() => db.prisma.user.count({ where: { email: 'no@replica.example' } }))).toBe(
      0,
    );
  });

  it('passes an error of the work itself to its caller', async () => {
    const { db, warnings } = open(PATIENT_MS);
    let runs = 0;
    const work = async () => {
      runs += 1;
      throw new Error('not found');
    };
    await expect(db.onReplica(work)).rejects.toThrow('not found');
    expect([runs, warnings()]).toEqual([1, []]);
  });

  it.each(['frozen', 'killed', 'stopped'] as const)('%s: nothing fails, one line', async (how) => {
    const { db, warnings } = open(PATIENT_MS, 1_000);
    const email = `${randomUUID()}@replica.example`;
    await add(db, email);
    expect(await db.onReplica(() => look(db, email))).toEqual({ isReplica: true, count: 1 });
    if (how === 'frozen') replica.freeze();
    else if (how === 'killed') await replica.kill();
    else await replica.stop('fast');
    const during = await Promise.all(Array.from({ length: 8 }, () => db.onReplica(() => look(db, email))));
    expect(during).toEqual(during.map(() => ({ isReplica: false, count: 1 })));
    expect(warnings().filter((message) => message.includes('replica'))).toHaveLength(1);
    if (how === 'frozen') replica.thaw();
    else await replica.restart();
    const end = Date.now() + 30_000;
    let seen = await db.onReplica(() => look(db, email));
    while (seen?.isReplica !== true && Date.now() < end) {
      await sleep(100);
      seen = await db.onReplica(() => look(db, email));
    }
    expect(seen).toEqual({ isReplica: true, count: 1 });
  });

  describe('for exports, aggregation and usage', () => {
    let app: TestApp;

    beforeAll(async () => {
      const database = { url: postgres.databaseUrl, adminUrl: postgres.url, drop: async () => {} };
      app = await createTestApp({ database, env: { DATABASE_REPLICA_URL: replica.databaseUrl } });
    });
    afterAll(() => app?.close());

    const readers = () =>
      asAdmin("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'raptscallions-api'");

    it.each(['follows', 'is behind'])('each says the same as the primary while it %s', async (how) => {
      if (how === 'is behind') await asAdmin('SELECT pg_wal_replay_pause()');
      const usage = await UsageScene.create(app.container, 'Europe/Berlin');
      for (let day = 1; day <= 9; day += 1) await usage.call({ at: `2026-04-0${day}T12:00:00Z` });
      const late = await usage.call({ at: '2026-04-03T12:00:00Z', state: 'pending' });
      const { aggregation, reader } = app.container.usage;
      const input = { tenantId: usage.tenantId, until: new Date('2026-04-11T00:00:00Z'), limit: 100 };
      expect(await aggregation.aggregateDays(input)).toEqual({ days: 10, rows: 9, hasMore: false });
      await usage.settle(late);
      const filter = { tenantIds: [usage.tenantId], groupPaths: null, from: '2026-04-01', to: '2026-04-30' };
      expect((await reader.totals(filter)).calls).toBe(10);
      expect(await aggregation.aggregateDays(input)).toMatchObject({ days: 1, rows: 1 });
      expect(await aggregation.aggregateDays(input)).toMatchObject({ rows: 0 });
      const [from, to] = [new Date('2026-04-01T00:00:00Z'), new Date('2026-04-11T00:00:00Z')];
      expect(await usage.sumsOfDays('2026-04-01', '2026-04-10')).toBe(await usage.sumsOfCalls(from, to));

      const scene = await ExportScene.create(app);
      await scene.addStudents(700);
      const id = await scene.ask('roster', 'csv');
      expect(await scene.make(id)).toMatchObject({ state: 'succeeded', rows: 704 });
      expect(await readers()).toBeGreaterThan(0);
    });
  });
});
