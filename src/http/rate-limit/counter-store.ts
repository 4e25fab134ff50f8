import type { Store } from 'express-rate-limit';
import type Redis from 'ioredis';
import { type RedisReply, RedisStore } from 'rate-limit-redis';
import { type Count, MemoryCounters } from './memory-counters';
import { RedisBreaker } from './redis-breaker';

export interface CounterStoreOptions {
  /** Distinguishes this store's keys from those of others. */
  name: string;
  windowMs: number;
  redis: Redis | null;
}

/**
 * Counters in Redis, shared by all processes. This process counts in parallel, and continues alone with its
 * own counts while Redis is unreachable: a limit never fails open, and no request waits for Redis.
 */
export class CounterStore implements Store {
  private readonly memory: MemoryCounters;
  private readonly breaker: RedisBreaker | null;
  private shared: Promise<RedisStore> | null = null;

  constructor(private readonly options: CounterStoreOptions) {
    this.memory = new MemoryCounters(options.windowMs);
    this.breaker = options.redis === null ? null : RedisBreaker.of(options.redis);
  }

  async increment(key: string): Promise<Count> {
    const own = this.memory.increment(key);
    const shared = await this.inRedis((store) => store.increment(key));
    return shared?.resetTime === undefined
      ? own
      : { totalHits: shared.totalHits, resetTime: shared.resetTime };
  }

  async decrement(key: string): Promise<void> {
    this.memory.decrement(key);
    await this.inRedis((store) => store.decrement(key));
  }

  async resetKey(key: string): Promise<void> {
    this.memory.reset(key);
    await this.inRedis((store) => store.resetKey(key));
  }

  private async inRedis<T>(use: (store: RedisStore) => Promise<T>): Promise<T | null> {
    if (this.breaker === null) return null;
    return this.breaker.ask(async (redis) => {
      try {
        this.shared ??= this.connect(redis);
        return await use(await this.shared);
      } catch (error) {
        // The store never retries a script that failed to load, so create a new store.
        this.shared = null;
        throw error;
      }
    });
  }

  private async connect(redis: Redis): Promise<RedisStore> {
    const store = new RedisStore({
      prefix: `rate:${this.options.name}:`,
      sendCommand: (command: string, ...args: string[]) =>
        redis.call(command, ...args) as Promise<RedisReply>,
    });
    await store.init({ windowMs: this.options.windowMs } as Parameters<RedisStore['init']>[0]);
    return store;
  }
}
