import { note, step } from '../../scripts/setup/steps.cjs';
import { hasRedis, type RedisServer, startRedis } from '../local-servers/redis';
import { ensureTemporalCli } from '../local-servers/temporal-cli';
import { startTemporal, type TemporalServer } from '../local-servers/temporal-server';
import { migrate } from '../platform/db/migrate';
import { startTestPostgres, type TestPostgres } from './database';
import { publishTestEnvironment } from './test-environment';

/** The servers that all test files of one run share. */
export interface TestServers {
  stop(): Promise<void>;
}

async function startTemplateDatabase(): Promise<TestPostgres> {
  // This server never stops while tests run, so a commit need not wait until the log is written.
  const postgres = await startTestPostgres({ synchronous_commit: 'off' });
  await migrate({ databaseUrl: postgres.databaseUrl });
  return postgres;
}

async function startTestTemporal(): Promise<TemporalServer> {
  // Without Temporal, half of the product would be untested: no run at all is better than a green one.
  const cli = await step(
    'Temporal CLI',
    (onProgress) => ensureTemporalCli({ onProgress }),
    ({ origin }) => origin,
  );
  return startTemporal({ cli: cli.path });
}

async function startTestRedis(): Promise<RedisServer | undefined> {
  if (hasRedis()) return startRedis();
  note('No redis-server on the PATH: the tests that need it are skipped');
  return undefined;
}

/** Starts PostgreSQL with a migrated template, Temporal and, if it is installed, Redis. */
export async function startTestServers(): Promise<TestServers> {
  const [postgres, temporal, redis] = await Promise.all([
    startTemplateDatabase(),
    startTestTemporal(),
    startTestRedis(),
  ]);
  publishTestEnvironment({
    postgresAdminUrl: postgres.url,
    templateUrl: postgres.databaseUrl,
    temporalAddress: temporal.address,
    redisUrl: redis?.url,
  });
  return {
    // All their data is discarded, so they need not end cleanly.
    stop: async () => {
      await Promise.all([postgres.remove(), temporal.kill(), redis?.kill()]);
    },
  };
}
