import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { applyPoolerSettings } from './pooler-settings';

/** Any constant will do; all our migrators must share it. */
const MIGRATION_LOCK = 7_265_001;
/** How long one migration may wait for a table that requests are using, before it gives up and lets them on. */
const LOCK_TIMEOUT_MS = 5_000;
/** How long to wait for another migrator: one big file of it, not forever. */
const OTHER_MIGRATOR_TIMEOUT_MS = 600_000;
/** First line of a file that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY. */
const NO_TRANSACTION = '-- no-transaction';

interface MigrationFile {
  name: string;
  text: string;
  checksum: string;
}

export interface MigrateOptions {
  databaseUrl: string;
  /** The folder of the `NNNN_description.sql` files. */
  folder?: string;
  log?: (line: string) => void;
  /** Whether the processes come through a transaction pooler: the database then keeps their settings. */
  forPooler?: boolean;
}

/** A migration that was applied has changed or vanished since, or two share a number. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const numbers = new Set<string>();
  return Promise.all(
    names.map(async (name) => {
      const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
      if (number === undefined)
        throw new MigrationError(`${name}: a migration is called NNNN_description.sql`);
      if (numbers.has(number))
        throw new MigrationError(`${name}: another migration has the number ${number}`);
      numbers.add(number);
      const text = await readFile(path.join(folder, name), 'utf8');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

function assertUnchanged(files: MigrationFile[], applied: Map<string, string>): void {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const [name, checksum] of applied) {
    const file = known.get(name);
    if (file === undefined)
      throw new MigrationError(`${name} has been applied to this database but its file is missing`);
    if (file.checksum !== checksum)
      throw new MigrationError(`${name} was changed after it was applied; write a new migration instead`);
  }
}

async function apply(client: pg.Client, file: MigrationFile): Promise<void> {
  const inTransaction = !file.text.startsWith(NO_TRANSACTION);
  const record = 'INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)';
  try {
    if (inTransaction) await client.query('BEGIN');
    await client.query(file.text);
    await client.query(record, [file.name, file.checksum]);
    if (inTransaction) await client.query('COMMIT');
  } catch (error) {
    // Where the connection is lost the server has rolled back already, and the first error is the one to tell.
    if (inTransaction) await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(`${file.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

async function applyPending(
  client: pg.Client,
  files: MigrationFile[],
  log: (line: string) => void,
): Promise<number> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM schema_migrations',
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  assertUnchanged(files, applied);
  const pending = files.filter((file) => !applied.has(file.name));
  for (const file of pending) {
    const started = Date.now();
    await apply(client, file);
    log(`applied ${file.name} in ${Date.now() - started} ms`);
  }
  return pending.length;
}

/** The files as they stand to what a database says was applied to it; names alone. */
export async function compareMigrations(
  rows: readonly { name: string; checksum: string }[],
  folder = path.resolve(__dirname, '../../../prisma/migrations'),
): Promise<{ applied: string[]; pending: string[]; changed: string[]; unknown: string[] }> {
  const files = new Map((await readMigrations(folder)).map(({ name, checksum }) => [name, checksum]));
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const known = [...applied.keys()].filter((name) => files.has(name));
  return {
    applied: known,
    pending: [...files.keys()].filter((name) => !applied.has(name)),
    changed: known.filter((name) => files.get(name) !== applied.get(name)),
    unknown: [...applied.keys()].filter((name) => !files.has(name)),
  };
}

/**
 * Applies the migrations that this database lacks, each once, in the order of their numbers. Two processes may do
 * it at once: the second waits for the first.
 * @returns how many were applied.
 * @throws MigrationError when a file fails, or when one that was applied has changed.
 */
export async function migrate({
  databaseUrl,
  folder = path.resolve(__dirname, '../../../prisma/migrations'),
  log = () => {},
  forPooler = false,
}: MigrateOptions): Promise<number> {
  const files = await readMigrations(folder);
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    application_name: 'raptscallions-migrate',
  });
  await client.connect();
  try {
    await client.query(`SET lock_timeout = ${OTHER_MIGRATOR_TIMEOUT_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    if (forPooler) await applyPoolerSettings(client, log);
    return await applyPending(client, files, log);
  } finally {
    await client.end();
  }
}
