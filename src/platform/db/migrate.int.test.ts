import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

  const file = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  const run = () => migrate({ databaseUrl: url, folder });
  const applied = async () =>
    (await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name')).rows.map(
      ({ name }) => name,
    );
  const tables = async () =>
    (
      await client.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1`,
      )
    ).rows.map(({ name }) => name);

  it('applies each file once, in the order of their numbers', async () => {
    file('0002_second.sql', 'ALTER TABLE one ADD COLUMN two int;');
    file('0001_first.sql', 'CREATE TABLE one ();');
    file('README.md', 'not a migration');
    expect(await run()).toBe(2);
    expect(await run()).toBe(0);
    file('0003_third.sql', 'CREATE TABLE three ();');
    expect(await run()).toBe(1);
    expect(await applied()).toEqual(['0001_first.sql', '0002_second.sql', '0003_third.sql']);
  });

  it('applies each file once when several processes migrate at the same moment', async () => {
    for (let i = 1; i <= 5; i += 1)
      file(`000${i}_table.sql`, `CREATE TABLE t${i} (); SELECT pg_sleep(0.05);`);
    const counts = await Promise.all(Array.from({ length: 6 }, run));
    expect(counts.toSorted((one, other) => one - other)).toEqual([0, 0, 0, 0, 0, 5]);
    expect(await tables()).toEqual(['t1', 't2', 't3', 't4', 't5']);
  });

  it('refuses a file that was changed after it was applied', async () => {
    file('0001_first.sql', 'CREATE TABLE one ();');
    await run();
    file('0001_first.sql', 'CREATE TABLE one (); -- better');
    file('0002_second.sql', 'CREATE TABLE two ();');
    await expect(run()).rejects.toThrow('0001_first.sql was changed after it was applied');
    expect(await tables()).toEqual(['one']);
  });

  it('refuses when a file that was applied is missing', async () => {
    file('0001_first.sql', 'CREATE TABLE one ();');
    await run();
    rmSync(path.join(folder, '0001_first.sql'));
    await expect(run()).rejects.toThrow('its file is missing');
  });

  it('refuses names that have no order', async () => {
    file('0001_first.sql', '');
    file('0001_other.sql', '');
    await expect(run()).rejects.toThrow('another migration has the number 0001');
    rmSync(path.join(folder, '0001_other.sql'));
    file('add-table.sql', '');
    await expect(run()).rejects.toThrow('NNNN_description.sql');
  });

  it('leaves nothing of a file that fails, and keeps the files before it', async () => {
    file('0001_first.sql', 'CREATE TABLE one ();');
    file('0002_second.sql', 'CREATE TABLE two (); SELECT 1 / 0;');
    file('0003_third.sql', 'CREATE TABLE three ();');
    await expect(run()).rejects.toThrow('0002_second.sql failed: division by zero');
    expect([await tables(), await applied()]).toEqual([['one'], ['0001_first.sql']]);
    file('0002_second.sql', 'CREATE TABLE two ();');
    expect(await run()).toBe(2);
  });

  it('runs a file that asks for it outside of any transaction', async () => {
    file('0001_first.sql', 'CREATE TABLE one (a int);');
    file('0002_index.sql', '-- no-transaction\nCREATE INDEX CONCURRENTLY one_a_idx ON one (a);');
    expect(await run()).toBe(2);
    expect((await client.query(`SELECT FROM pg_indexes WHERE indexname = 'one_a_idx'`)).rowCount).toBe(1);
  });

  it('gives up waiting for a table that requests are using, and lets them on', async () => {
    file('0001_first.sql', 'CREATE TABLE busy (a int);');
    await run();
    file('0002_second.sql', 'ALTER TABLE busy ADD COLUMN b int;');
    await client.query('BEGIN');
    await client.query('SELECT * FROM busy');
    const begun = Date.now();
    await expect(run()).rejects.toThrow('lock timeout');
    expect(Date.now() - begun).toBeLessThan(9_000);
    await client.query('COMMIT');
    expect(await run()).toBe(1);
  });

  it('makes the whole schema from nothing', async () => {
    const files = readdirSync(path.resolve(__dirname, '../../../prisma/migrations')).filter((name) =>
      name.endsWith('.sql'),
    );
    expect(await migrate({ databaseUrl: url })).toBe(files.length);
    expect(await tables()).toEqual(expect.arrayContaining(['users', 'groups', 'audit_events']));
  });

  describe('by its script', () => {
    const script = (env: Record<string, string>) => TestProcess.start('scripts/migrate.ts', env);

    it('tells what it does, and does nothing the second time', async () => {
      const first = script({ DATABASE_URL: url });
      expect(await first.exit()).toBe(0);
      expect(first.output).toMatch(/applied 0001_\w+\.sql in \d+ ms\n/);
      expect(first.output).toMatch(/\d+ migrations applied\n$/);
      const second = script({
        DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
        DATABASE_DIRECT_URL: url,
      });
      expect(await second.exit()).toBe(0);
      expect(second.output).toBe('the database is up to date\n');
    });

    it('fails with 1 where it is not told which database', async () => {
      const process = script({});
      expect(await process.exit()).toBe(1);
      expect(process.output).toContain('DATABASE_URL is missing');
    });

    it('fails with 1 and the file when a migration fails', async () => {
      await client.query('CREATE TABLE users ()');
      const process = script({ DATABASE_URL: url });
      expect(await process.exit()).toBe(1);
      expect(process.output).toMatch(/_identity\.sql failed: relation "users" already exists/);
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
