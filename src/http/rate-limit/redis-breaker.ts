import type Redis from 'ioredis';
import { Circuit } from '../../shared/circuit';

/**
 * The longest wait for one answer. A request asks three times at most, so it never waits longer than 300
 * ms.
 */
const ANSWER_TIMEOUT_MS = 100;
/** How long Redis is left alone after a failure, so that only one request notices and not each of them. */
const LIMITS = { failures: 1, openMs: 1_000 };

/**
 * Protects requests from an unreachable Redis: after the first failure, none of them asks or waits for
 * Redis until it has answered a ping in the background.
 */
export class RedisBreaker {
  private static readonly known = new WeakMap<Redis, RedisBreaker>();
  private readonly circuit = new Circuit(LIMITS);

  private constructor(private readonly redis: Redis) {}

  /** The breaker of a connection, shared by all its users. */
  static of(redis: Redis): RedisBreaker {
    const breaker = RedisBreaker.known.get(redis) ?? new RedisBreaker(redis);
    RedisBreaker.known.set(redis, breaker);
    return breaker;
  }

  /** Returns Redis's answer; null if Redis is unreachable or too slow, or was within the last second. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | null> {
    if (!this.circuit.isClosed) {
      this.probe();
      return null;
    }
    try {
      return await inTime(question(this.redis));
    } catch {
      this.circuit.report('failed');
      return null;
    }
  }

  private probe(): void {
    if (!this.circuit.enter()) return;
    inTime(this.redis.ping()).then(
      () => this.circuit.report('healthy'),
      () => this.circuit.report('failed'),
    );
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // If this process itself was delayed, the answer may have arrived unread: one turn of the event loop
    // lets it be read.
    const timer = setTimeout(
      () => setImmediate(() => reject(new Error('Redis did not answer in time'))),
      ANSWER_TIMEOUT_MS,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
