import type Redis from 'ioredis';
import type { Config } from '../config/config';
import { type Clock, systemClock } from '../shared/clock';
import { Bus } from './bus/bus';
import { Database } from './db/database';
import { ListReader } from './db/paging';
import { createLogger, type Logger } from './logging/logger';
import { Outbox } from './outbox/outbox';
import { connectRedis } from './redis/redis';

/** The technical things that every feature may be given. */
export interface Platform {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly db: Database;
  readonly lists: ListReader;
  readonly bus: Bus;
  readonly outbox: Outbox;
  /** Null without REDIS_URL: what it would hold is kept in the process's own memory. */
  readonly redis: Redis | null;
}

/** A statement of a request: with the wait for a connection it stays under the 3 s in which a 503 is promised. */
const API_STATEMENT_TIMEOUT_MS = 2_000;
/** A statement of a job: an aggregation may read a lot, but no honest one takes longer. */
const WORKER_STATEMENT_TIMEOUT_MS = 120_000;

export interface PlatformOptions {
  config: Config;
  process: 'api' | 'worker' | 'script';
  clock?: Clock;
  logger?: Logger;
}

/** Opens nothing yet: connections are made when first used, so a process starts while its database is away. */
export function createPlatform({
  config,
  process,
  clock = systemClock,
  logger: given,
}: PlatformOptions): Platform {
  const logger =
    given ?? createLogger({ service: process, level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const db = new Database({
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    statementTimeoutMs: process === 'api' ? API_STATEMENT_TIMEOUT_MS : WORKER_STATEMENT_TIMEOUT_MS,
    applicationName: `raptscallions-${process}`,
    checkRows: !config.isProduction,
    logger,
  });
  return {
    config,
    logger,
    clock,
    db,
    lists: new ListReader(db),
    bus: new Bus(db, config.DATABASE_DIRECT_URL, logger),
    outbox: new Outbox(db),
    redis: config.REDIS_URL === undefined ? null : connectRedis(config.REDIS_URL, logger),
  };
}

/** Closes what `createPlatform` opened. */
export async function closePlatform(platform: Platform): Promise<void> {
  platform.redis?.disconnect();
  await platform.bus.stop();
  await platform.db.close();
}
