import Redis from 'ioredis';
import type { Logger } from '../logging/logger';

/** A rate limit or a piece of news is worth this long a wait and no longer; past it the caller does without Redis. */
const COMMAND_TIMEOUT_MS = 200;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;
/** Nothing is lost with the connection: a process that stops does not wait for Redis to hang up too. */
const DISCONNECT_TIMEOUT_MS = 100;

/**
 * A connection that fails at once while Redis is away instead of queueing commands, and reconnects by itself.
 * Only what may be lost is ever kept there.
 */
export function connectRedis(url: string, logger: Logger, { verifyTls = true } = {}): Redis {
  const redis = new Redis(url, {
    // Of `rediss:` addresses alone; with `redis:` the option itself would switch TLS on.
    ...(verifyTls || !url.startsWith('rediss:') ? {} : { tls: { rejectUnauthorized: false } }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_DELAY_MS),
  });
  let reachable = true;
  redis.on('error', (error: Error) => {
    if (reachable)
      logger.warn('Redis cannot be reached; working without it until it is back', { error: error.message });
    reachable = false;
  });
  redis.on('ready', () => {
    if (!reachable) logger.info('Redis can be reached again');
    reachable = true;
  });
  return redis;
}
