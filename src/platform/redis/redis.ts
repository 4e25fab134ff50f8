import Redis from 'ioredis';
import type { Logger } from '../logging/logger';

/** How long a rate limit or a notice may wait for Redis; after that the caller does without Redis. */
const COMMAND_TIMEOUT_MS = 200;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;
/** Nothing is lost with the connection, so a stopping process does not wait for Redis to close it. */
const DISCONNECT_TIMEOUT_MS = 100;

/**
 * Connects to Redis. While Redis is unreachable, commands fail immediately instead of queueing, and the
 * connection is retried. Only data that may be lost is kept there.
 */
export function connectRedis(url: string, logger: Logger, { verifyTls = true } = {}): Redis {
  const redis = new Redis(url, {
    // Only for `rediss:` addresses; for `redis:` the option itself would switch TLS on.
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
