import type Redis from 'ioredis';
import type { Config } from '../config/config';
import { type Clock, systemClock } from '../shared/clock';
import { Bus } from './bus/bus';
import { Database } from './db/database';
import { ListReader } from './db/paging';
import { JsonSchemas } from './json-schema';
import { createLogger, type Logger } from './logging/logger';
import { createMailSender, type MailSender } from './mail';
import { measureCaches, measurePool, measureWait } from './measures';
import { Outbox } from './outbox/outbox';
import { connectRedis } from './redis/redis';
import { createStorage, type Storage } from './storage';
import { backgroundLimits } from './temporal/call-limits';
import { LazyTemporal } from './temporal/lazy-temporal';

/** The technical adapters that features may use. */
export interface Platform {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly db: Database;
  readonly lists: ListReader;
  readonly bus: Bus;
  readonly outbox: Outbox;
  /** Null without REDIS_URL: its data is then kept in the process's own memory. */
  readonly redis: Redis | null;
  /** Does all work with authors' schemas, in separate threads. */
  readonly schemas: JsonSchemas;
  /** Where exports and other files are stored. */
  readonly storage: Storage;
  /** Null if mails cannot be sent. */
  readonly mail: MailSender | null;
  /** For operators, and the worker's own use. Services start jobs through the outbox. */
  readonly temporal: LazyTemporal;
}

/** The limit of a job's statement: an aggregation may read a lot, but no normal one takes longer. */
const WORKER_STATEMENT_TIMEOUT_MS = 120_000;
/**
 * An unreachable or lagging replica must not use up a request's three seconds. Jobs have time, and wait
 * rather than burden the primary.
 */
const API_REPLICA_LIMITS = { acquireTimeoutMs: 400, catchUpMs: 250 };
const WORKER_REPLICA_LIMITS = { acquireTimeoutMs: 2_000, catchUpMs: 2_000 };
/** All calls of one request share its wait for Temporal; a refused connection is known immediately. */
const API_TEMPORAL_ATTEMPTS = 2;

export interface PlatformOptions {
  config: Config;
  process: 'api' | 'worker' | 'script';
  clock?: Clock;
  logger?: Logger;
}

/** Creates the database of a process, with its connections and waits measured. */
function createDatabase({
  config,
  process,
  logger,
}: Pick<PlatformOptions, 'process'> & Pick<Platform, 'config' | 'logger'>): Database {
  const db = new Database({
    url: config.DATABASE_URL,
    pooler: config.DATABASE_POOLER,
    poolMax: config.DATABASE_POOL_MAX,
    acquireTimeoutMs: config.DATABASE_WAIT_MS,
    statementTimeoutMs: process === 'api' ? config.DATABASE_STATEMENT_MS : WORKER_STATEMENT_TIMEOUT_MS,
    applicationName: `raptscallions-${process}`,
    checkRows: !config.isProduction,
    logger,
    onWait: measureWait('primary'),
    replica:
      config.DATABASE_REPLICA_URL === undefined
        ? undefined
        : {
            url: config.DATABASE_REPLICA_URL,
            ...(process === 'api' ? API_REPLICA_LIMITS : WORKER_REPLICA_LIMITS),
            onWait: measureWait('replica'),
          },
  });
  for (const [name, pool] of Object.entries(db.pools)) measurePool(name, config.DATABASE_POOL_MAX, pool);
  return db;
}

/**
 * Creates the platform without opening anything: connections are made when they are first used, so a
 * process starts while its database is unreachable.
 */
export function createPlatform({
  config,
  process,
  clock = systemClock,
  logger: given,
}: PlatformOptions): Platform {
  const logger =
    given ?? createLogger({ service: process, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const db = createDatabase({ config, process, logger });
  const bus = new Bus(db, config.DATABASE_DIRECT_URL, logger);
  measureCaches(bus);
  return {
    config,
    logger,
    clock,
    db,
    lists: new ListReader(db),
    bus,
    outbox: new Outbox(db),
    redis:
      config.REDIS_URL === undefined
        ? null
        : connectRedis(config.REDIS_URL, logger, { verifyTls: config.REDIS_TLS_VERIFY }),
    schemas: new JsonSchemas(logger),
    storage: createStorage(config),
    mail: createMailSender(config),
    temporal: new LazyTemporal(
      config,
      logger,
      // The relay and the operators' scripts can wait longer.
      process === 'api'
        ? { callMs: config.TEMPORAL_WAIT_MS, attempts: API_TEMPORAL_ATTEMPTS }
        : backgroundLimits(config),
    ),
  };
}

/** Closes what `createPlatform` opened. */
export async function closePlatform(platform: Platform): Promise<void> {
  platform.redis?.disconnect();
  await platform.schemas.close();
  await platform.bus.stop();
  await platform.temporal.close();
  await platform.storage.close();
  await platform.db.close();
}
