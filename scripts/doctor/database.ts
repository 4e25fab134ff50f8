import { z } from 'zod';
import type { Config } from '../../src/config/config';
import { Database } from '../../src/platform/db/database';
import { APPLIED_MIGRATIONS, compareMigrations } from '../../src/platform/db/migrate';
import { POOLER_SETTINGS } from '../../src/platform/db/pooler-settings';
import { raw, sql } from '../../src/platform/db/sql';
import { createLogger } from '../../src/platform/logging/logger';
import { clockFinding } from './clock';
import { CONNECT_LIMIT_MS, type Finding, failed, ok, type Probe, reasonOf, skipped, warning } from './report';

const LEAST_VERSION = 160_000;
const EXTENSIONS = ['ltree', 'pg_trgm'];
const TRIGGERS = ['audit_events_immutable', 'audit_events_no_truncate'];
const MIGRATE = 'run the migrations: `node dist/scripts/cli.js migrate`, or the migrate container';

const ServerRow = z.object({
  version: z.number(),
  text: z.string(),
  now: z.date(),
  extensions: z.array(z.string()),
  hasMigrations: z.boolean(),
});
const MigrationRow = z.object({ name: z.string(), checksum: z.string() });
const TrailRow = z.object({ isSuperuser: z.boolean(), triggers: z.array(z.string()) });
const SettingRow = z.object({ name: z.string(), value: z.string() });

/** Opens one connection with a time limit for everything it does. */
export async function withDatabase<T>(
  url: string,
  pooler: Config['DATABASE_POOLER'],
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = new Database({
    url,
    pooler,
    poolMax: 1,
    acquireTimeoutMs: CONNECT_LIMIT_MS,
    statementTimeoutMs: CONNECT_LIMIT_MS,
    applicationName: 'raptscallions-doctor',
    checkRows: false,
    logger: createLogger({ service: 'doctor', level: 'error', format: 'pretty' }),
  });
  try {
    return await work(db);
  } finally {
    await db.close().catch(() => {});
  }
}

/** Checks the database: connection, extensions, migrations, audit trail and clock. */
export function databaseProbe(config: Config): Probe {
  const { DATABASE_URL: url, DATABASE_POOLER: pooler } = config;
  return {
    checks: ['postgresql', 'extensions', 'migrations', 'audit trail', 'clock'],
    fix: 'check that PostgreSQL runs and that DATABASE_URL has the right host, user, password and database',
    run: () => withDatabase(url, pooler, examine).catch(explain),
  };
}

async function examine(db: Database): Promise<Record<string, Finding>> {
  const askedAt = Date.now();
  const server = await db.row(
    sql`SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS text, clock_timestamp() AS now,
          ARRAY(SELECT extname::text FROM pg_extension) AS extensions, to_regclass('_prisma_migrations') IS NOT NULL AS "hasMigrations"`,
    ServerRow,
  );
  if (server === null) throw new Error('no answer');
  const answeredAt = Date.now();
  const findings: Record<string, Finding> = {
    postgresql:
      server.version >= LEAST_VERSION
        ? ok(`PostgreSQL ${server.text}, answered in ${answeredAt - askedAt} ms`)
        : failed(`PostgreSQL ${server.text}`, 'use PostgreSQL 16 or later'),
    extensions: extensionsFinding(server.extensions),
    migrations: failed('there are none', MIGRATE),
    // The middle of the call is the best guess of when the server answered.
    clock: clockFinding('PostgreSQL', server.now.getTime() - (askedAt + answeredAt) / 2),
  };
  if (!server.hasMigrations) return findings;
  return { ...findings, migrations: await migrationsFinding(db), 'audit trail': await trailFinding(db) };
}

function extensionsFinding(found: readonly string[]): Finding {
  const missing = EXTENSIONS.filter((name) => !found.includes(name));
  if (missing.length === 0) return ok(EXTENSIONS.join(', '));
  const statements = missing.map((name) => `CREATE EXTENSION ${name};`).join(' ');
  return failed(`missing: ${missing.join(', ')}`, `as a superuser in this database: ${statements}`);
}

async function migrationsFinding(db: Database): Promise<Finding> {
  const rows = await db.rows(raw(APPLIED_MIGRATIONS), MigrationRow);
  const { applied, pending, changed, unknown } = await compareMigrations(rows);
  if (changed.length > 0)
    return failed(
      `changed after they were applied: ${changed.join(', ')}`,
      'restore the original files; to change the database, add a new migration',
    );
  if (pending.length > 0) return failed(`pending: ${pending.join(', ')}`, MIGRATE);
  if (unknown.length > 0)
    return warning(
      `this build does not have: ${unknown.join(', ')}`,
      'the database is newer than this build: deploy the newer build',
    );
  return ok(`${applied.length} applied, none pending`);
}

async function trailFinding(db: Database): Promise<Finding> {
  const row = await db.row(
    sql`SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "isSuperuser",
          ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = to_regclass('audit_events') AND tgenabled IN ('O', 'A')) AS triggers`,
    TrailRow,
  );
  const missing = TRIGGERS.filter((name) => !row?.triggers.includes(name));
  if (missing.length > 0)
    return failed(
      `audit events can be changed: ${missing.join(', ')} is off or missing`,
      'find out who disabled it, then run: ALTER TABLE audit_events ENABLE TRIGGER ALL; and `npm run audit:verify`',
    );
  if (row?.isSuperuser === true)
    return warning(
      'the role is a superuser, and triggers do not stop a superuser',
      'connect as an ordinary role that owns the database',
    );
  return ok('audit events cannot be changed or deleted');
}

/** Explains a refused connection, if its cause is known. */
function explain(error: unknown): never {
  const reason = reasonOf(error);
  if (!/unsupported startup parameter/i.test(reason)) throw error;
  throw new Error(
    `${reason}: a pooler answers. Set DATABASE_POOLER=transaction, and set DATABASE_DIRECT_URL to the server itself`,
  );
}

/** Checks that DATABASE_POOLER describes what DATABASE_URL leads to. */
export function poolerProbe(config: Config): Probe {
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: direct, DATABASE_POOLER: pooler } = config;
  return {
    checks: ['pooler'],
    fix: 'check that the pooler runs, and that DATABASE_DIRECT_URL points to the server itself',
    run: async () => {
      if (pooler === 'none') return { pooler: skipped('DATABASE_POOLER is none') };
      // A pooler refuses start-up parameters, which this connection sends.
      await withDatabase(direct, 'none', (db) => db.ping());
      const names = Object.keys(POOLER_SETTINGS);
      const rows = await withDatabase(url, pooler, (db) =>
        db.rows(
          sql`SELECT name, setting AS value FROM pg_settings WHERE name = ANY(${names}::text[])`,
          SettingRow,
        ),
      );
      const wrong = rows.filter(({ name, value }) => POOLER_SETTINGS[name] !== value);
      if (wrong.length === 0) return { pooler: ok(`${pooler}; the database has its settings`) };
      return {
        pooler: warning(
          `the database lacks settings: ${wrong.map(({ name }) => name).join(', ')}`,
          `${MIGRATE}, with DATABASE_POOLER set; open connections of the pooler keep the old settings until you send RECONNECT`,
        ),
      };
    },
  };
}
