import type Redis from 'ioredis';

/** Longest wait for one answer. A request asks three times at most, so it never waits longer than 300 ms. */
const ANSWER_TIMEOUT_MS = 100;
/** How long Redis is left alone after a failure, so that only one request finds out and not each of them. */
const PAUSE_MS = 1_000;

/**
 * Stands between the counters and Redis: after the first failure nobody asks or waits for it any more, until it has
 * answered a ping that no request waits for.
 */
export class RedisBreaker {
  private static readonly known = new WeakMap<Redis, RedisBreaker>();
  private failing = false;
  private probing = false;
  private nextProbeAt = 0;

  private constructor(private readonly redis: Redis) {}

  /** The one breaker of a connection, shared by all who use it. */
  static of(redis: Redis): RedisBreaker {
    const breaker = RedisBreaker.known.get(redis) ?? new RedisBreaker(redis);
    RedisBreaker.known.set(redis, breaker);
    return breaker;
  }

  /** What Redis says, or null where it is away, too slow, or was so within the last second. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | null> {
    if (this.failing) {
      this.probe();
      return null;
    }
    try {
      return await inTime(question(this.redis));
    } catch {
      this.failing = true;
      this.nextProbeAt = Date.now() + PAUSE_MS;
      return null;
    }
  }

  private probe(): void {
    if (this.probing || Date.now() < this.nextProbeAt) return;
    this.probing = true;
    inTime(this.redis.ping())
      .then(() => {
        this.failing = false;
      })
      .catch(() => {
        this.nextProbeAt = Date.now() + PAUSE_MS;
      })
      .finally(() => {
        this.probing = false;
      });
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // Where this process itself was held up, the answer may be here and unread: one turn lets it be read.
    const timer = setTimeout(
      () => setImmediate(() => reject(new Error('Redis did not answer in time'))),
      ANSWER_TIMEOUT_MS,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
