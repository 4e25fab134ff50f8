import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { TestProcess } from '../../testing/child-process';
import { startTestPostgres, type TestPostgres } from '../../testing/database';
import { migrate } from './migrate';

describe('migrating', () => {
  let postgres: TestPostgres;
  let url: string;
  let folder: string;
  let client: Client;
  let databases = 0;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.remove());
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'migrations-'));
    const admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    const name = `empty_${(databases += 1)}`;
    await admin.query(`CREATE DATABASE ${name} OWNER raptscallions`);
    await admin.end();
    url = Object.assign(new URL(postgres.databaseUrl), { pathname: name }).toString();
    client = new Client({ connectionString: url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, text: string) => {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'migration.sql'), text);
  };
  const run = () => migrate({ databaseUrl: url, folder });
  const applied = async () =>
    (
      await client.query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1')
    ).rows.map(({ name }) => name);
  const tables = async () =>
    (
      await client.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
      )
    ).rows.map(({ name }) => name);

  it('applies each file once, in the order of their numbers', async () => {
    file('0002_second', 'ALTER TABLE one ADD COLUMN two int;');
    file('0001_first', 'CREATE TABLE one ();');
    writeFileSync(path.join(folder, 'migration_lock.toml'), 'provider = "postgresql"');
    expect(await run()).toBe(2);
    expect(await run()).toBe(0);
    file('0003_third', 'CREATE TABLE three ();');
    expect(await run()).toBe(1);
    expect(await applied()).toEqual(['0001_first', '0002_second', '0003_third']);
  });

  it('applies each file once when several processes migrate at the same moment', async () => {
    for (let i = 1; i <= 5; i += 1) file(`000${i}_table`, `CREATE TABLE t${i} (); SELECT pg_sleep(0.05);`);
    const counts = await Promise.all(Array.from({ length: 6 }, run));
    expect(counts.toSorted((one, other) => one - other)).toEqual([0, 0, 0, 0, 0, 5]);
    expect(await tables()).toEqual(['t1', 't2', 't3', 't4', 't5']);
  });

  it('refuses a file that was changed after it was applied', async () => {
    file('0001_first', 'CREATE TABLE one ();');
    await run();
    file('0001_first', 'CREATE TABLE one (); -- better');
    file('0002_second', 'CREATE TABLE two ();');
    await expect(run()).rejects.toThrow('0001_first was changed after it was applied');
    expect(await tables()).toEqual(['one']);
  });

  it('refuses when a file that was applied is missing', async () => {
    file('0001_first', 'CREATE TABLE one ();');
    await run();
    rmSync(path.join(folder, '0001_first'), { recursive: true });
    await expect(run()).rejects.toThrow('its file is missing');
  });

  it('refuses names that have no order', async () => {
    file('0001_first', '');
    file('0001_other', '');
    await expect(run()).rejects.toThrow('another migration has the number 0001');
    rmSync(path.join(folder, '0001_other'), { recursive: true });
    file('add-table', '');
    await expect(run()).rejects.toThrow('NNNN_description');
  });

  it('leaves nothing of a file that fails, and keeps the files before it', async () => {
    file('0001_first', 'CREATE TABLE one ();');
    file('0002_second', 'CREATE TABLE two (); SELECT 1 / 0;');
    file('0003_third', 'CREATE TABLE three ();');
    await expect(run()).rejects.toThrow('0002_second failed: division by zero');
    expect([await tables(), await applied()]).toEqual([['one'], ['0001_first']]);
    file('0002_second', 'CREATE TABLE two ();');
    expect(await run()).toBe(2);
  });

  it('runs a file that asks for it outside of any transaction', async () => {
    file('0001_first', 'CREATE TABLE one (a int);');
    file('0002_index', '-- no-transaction\nCREATE INDEX CONCURRENTLY one_a_idx ON one (a);');
    expect(await run()).toBe(2);
    expect((await client.query(`SELECT FROM pg_indexes WHERE indexname = 'one_a_idx'`)).rowCount).toBe(1);
  });

  it('gives up waiting for a table that requests are using, and lets them on', async () => {
    file('0001_first', 'CREATE TABLE busy (a int);');
    await run();
    file('0002_second', 'ALTER TABLE busy ADD COLUMN b int;');
    await client.query('BEGIN');
    await client.query('SELECT * FROM busy');
    const begun = Date.now();
    await expect(run()).rejects.toThrow('lock timeout');
    expect(Date.now() - begun).toBeLessThan(9_000);
    await client.query('COMMIT');
    expect(await run()).toBe(1);
  });

  it("records each migration in Prisma's table, with Prisma's checksum", async () => {
    // The SHA-256 of exactly this text, as sha256sum prints it.
    file('0001_first', 'CREATE TABLE one ();\n');
    await run();
    const { rows } = await client.query('SELECT * FROM _prisma_migrations');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: '7ce5e93a16105bd12f196d7e73acdb89ee15543a70c88e5e7039a3a3b2afefdc',
        finished_at: expect.any(Date),
        migration_name: '0001_first',
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      },
    ]);
    const columns = await client.query(
      `SELECT column_name AS name, data_type AS type, character_maximum_length AS length, is_nullable AS nullable
       FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    );
    expect(columns.rows.map((row) => Object.values(row))).toEqual([
      ['id', 'character varying', 36, 'NO'],
      ['checksum', 'character varying', 64, 'NO'],
      ['finished_at', 'timestamp with time zone', null, 'YES'],
      ['migration_name', 'character varying', 255, 'NO'],
      ['logs', 'text', null, 'YES'],
      ['rolled_back_at', 'timestamp with time zone', null, 'YES'],
      ['started_at', 'timestamp with time zone', null, 'NO'],
      ['applied_steps_count', 'integer', null, 'NO'],
    ]);
  });

  it("continues after Prisma's migrator, but not past its unfinished migration", async () => {
    file('0001_first', 'CREATE TABLE one ();');
    file('0002_second', 'CREATE TABLE two ();');
    await run();
    // As Prisma records them: one that was rolled back, and one that failed in the middle.
    const left = (name: string, rolledBack: boolean) =>
      client.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at)
         VALUES (gen_random_uuid()::text, 'x', $1, CASE WHEN $2 THEN now() END)`,
        [name, rolledBack],
      );
    file('0003_third', 'CREATE TABLE three ();');
    await left('0003_third', true);
    expect(await run()).toBe(1);
    file('0004_fourth', 'CREATE TABLE four ();');
    await left('0004_fourth', false);
    await expect(run()).rejects.toThrow('0004_fourth was begun and did not finish');
  });

  it('makes the whole schema from nothing', async () => {
    const names = readdirSync(path.resolve(__dirname, '../../../prisma/migrations')).filter((name) =>
      /^\d{4}_/.test(name),
    );
    expect(await migrate({ databaseUrl: url })).toBe(names.length);
    expect(await tables()).toEqual(expect.arrayContaining(['users', 'groups', 'audit_events']));
  });

  describe('by its script', () => {
    const script = (env: Record<string, string>) => TestProcess.start('scripts/cli.ts', env, ['migrate']);

    it('reports what it does, and does nothing the second time', async () => {
      const first = script({ DATABASE_URL: url });
      expect(await first.exit()).toBe(0);
      expect(first.output).toMatch(/applied 0001_\w+ in \d+ ms\n/);
      expect(first.output).toMatch(/\d+ migrations applied\n$/);
      const second = script({
        DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
        DATABASE_DIRECT_URL: url,
      });
      expect(await second.exit()).toBe(0);
      expect(second.output).toBe('the database is up to date\n');
    });

    it('fails with 1 without a database', async () => {
      const process = script({});
      expect(await process.exit()).toBe(1);
      expect(process.output).toContain('DATABASE_URL is missing');
    });

    it('fails with 1 and the file when a migration fails', async () => {
      await client.query('CREATE TABLE users ()');
      const process = script({ DATABASE_URL: url });
      expect(await process.exit()).toBe(1);
      expect(process.output).toMatch(/_identity failed: relation "users" already exists/);
    });

    it('waits for a database that is still starting', async () => {
      const own = await startTestPostgres();
      await own.stop('fast');
      const process = script({ DATABASE_URL: own.databaseUrl });
      await process.untilPrinted(/waiting for the database/);
      await own.restart();
      expect(await process.exit()).toBe(0);
      expect(process.output).toContain('migrations applied');
      await own.remove();
    });
  });
});
