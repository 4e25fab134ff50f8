import { setTimeout as sleep } from 'node:timers/promises';
import { isBehindPooler, loadDirectDatabaseUrl } from '../src/config/config';
import { isDatabaseUnavailable } from '../src/platform/db/errors';
import { MigrationError, migrate } from '../src/platform/db/migrate';

/** Containers start side by side: the database may need this long before it accepts connections. */
const DATABASE_LIMIT_MS = 60_000;
const RETRY_MS = 1_000;

/** Applies the pending migrations. Waits for a database that is still starting. */
async function migrateWhenUp(databaseUrl: string): Promise<number> {
  const end = Date.now() + DATABASE_LIMIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await migrate({ databaseUrl, log: console.log, forPooler: isBehindPooler() });
    } catch (error) {
      if (error instanceof MigrationError || !isDatabaseUnavailable(error) || Date.now() > end) throw error;
      if (attempt === 1) console.log('waiting for the database');
      await sleep(RETRY_MS);
    }
  }
}

/** Migrates the database to the newest version. */
export async function migrateDatabase(): Promise<void> {
  const applied = await migrateWhenUp(loadDirectDatabaseUrl());
  console.log(applied === 0 ? 'the database is up to date' : `${applied} migrations applied`);
}
