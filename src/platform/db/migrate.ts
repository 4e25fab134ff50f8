import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { applyPoolerSettings } from './pooler-settings';

/** The advisory lock of Prisma's own migrator, so that the two never work at the same time. */
const MIGRATION_LOCK = 72_707_369;
/**
 * How long a migration waits for a table that requests are using, before it gives up and lets them
 * continue.
 */
const LOCK_TIMEOUT_MS = 5_000;
/** How long to wait for another migrator: enough for one big migration, but not forever. */
const OTHER_MIGRATOR_TIMEOUT_MS = 600_000;
/** The first line of a file that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY. */
const NO_TRANSACTION = '-- no-transaction';
/**
 * The table as Prisma creates it, so that `prisma migrate deploy` and `status` continue from here, and this
 * code continues from there.
 */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  varchar(36) PRIMARY KEY NOT NULL,
  checksum            varchar(64) NOT NULL,
  finished_at         timestamptz,
  migration_name      varchar(255) NOT NULL,
  logs                text,
  rolled_back_at      timestamptz,
  started_at          timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;
/**
 * The migrations that Prisma's migrator considers applied. A started and unfinished one blocks all others.
 */
export const APPLIED_MIGRATIONS = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
  FROM _prisma_migrations
  WHERE rolled_back_at IS NULL
  ORDER BY migration_name`;

interface MigrationFile {
  name: string;
  text: string;
  checksum: string;
}

export interface MigrateOptions {
  databaseUrl: string;
  /** The folder of the migrations: each is `NNNN_description/migration.sql`, as Prisma lays them out. */
  folder?: string;
  log?: (line: string) => void;
  /** Whether the processes connect through a transaction pooler: the database then keeps their settings. */
  forPooler?: boolean;
}

/** An applied migration has changed or vanished since, or two migrations share a number. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** SHA-256 of the text, in hex: the checksum that Prisma's migrator records. */
const checksumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const numbers = new Set<string>();
  return Promise.all(
    names.sort().map(async (name) => {
      const number = /^(\d{4})_[a-z0-9_]+$/.exec(name)?.[1];
      if (number === undefined)
        throw new MigrationError(`${name}: a migration is a folder called NNNN_description`);
      if (numbers.has(number))
        throw new MigrationError(`${name}: another migration has the number ${number}`);
      numbers.add(number);
      const text = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, text, checksum: checksumOf(text) };
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
  const record = `INSERT INTO _prisma_migrations (
      id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES ($1, $2, $3, $4, now(), 1)`;
  const startedAt = new Date();
  try {
    if (inTransaction) await client.query('BEGIN');
    await client.query(file.text);
    await client.query(record, [randomUUID(), file.checksum, file.name, startedAt]);
    if (inTransaction) await client.query('COMMIT');
  } catch (error) {
    // If the connection is lost, the server has already rolled back, and the first error is the one to
    // report.
    if (inTransaction) await client.query('ROLLBACK').catch(() => {});
    throw new MigrationError(`${file.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

async function applyPending(
  client: pg.Client,
  files: MigrationFile[],
  log: (line: string) => void,
): Promise<number> {
  await client.query(CREATE_TABLE);
  const { rows } = await client.query<{ name: string; checksum: string; isFinished: boolean }>(
    APPLIED_MIGRATIONS,
  );
  const unfinished = rows.find(({ isFinished }) => !isFinished);
  if (unfinished !== undefined)
    throw new MigrationError(
      `${unfinished.name} was begun and did not finish; repair it, then run: prisma migrate resolve`,
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

/** Compares the migration files with those that a database records as applied, by name only. */
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
 * Applies the migrations that this database lacks, each once, in the order of their numbers. If two
 * processes do so at once, the second waits for the first.
 * @returns how many were applied
 * @throws MigrationError if a file fails, or if an applied one has changed
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
