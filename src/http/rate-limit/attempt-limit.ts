import { createHash } from 'node:crypto';
import type Redis from 'ioredis';
import type { LimitedAttempts } from '../../shared/attempts';
import { RateLimitedError } from '../../shared/errors';
import { CounterStore } from './counter-store';

export interface AttemptLimitOptions {
  name: string;
  limit: number;
  windowMs: number;
  /** `details.reason` of the refusal. */
  reason: string;
}

/**
 * Limits attempts by a key of the caller's choice. An attempt is charged before it is made, so that a
 * hundred simultaneous ones count as a hundred, and refunded if it turns out to be harmless.
 */
export class AttemptLimit implements LimitedAttempts {
  private readonly store: CounterStore;

  constructor(
    redis: Redis | null,
    private readonly options: AttemptLimitOptions,
  ) {
    this.store = new CounterStore({ name: options.name, windowMs: options.windowMs, redis });
  }

  /**
   * Charges one attempt. @throws RateLimitedError with the seconds to wait if the key has used up its limit
   */
  async take(...key: readonly string[]): Promise<void> {
    const { totalHits, resetTime } = await this.store.increment(hashed(key));
    if (totalHits <= this.options.limit) return;
    const { name, reason } = this.options;
    const retryAfterSeconds = (resetTime.getTime() - Date.now()) / 1000;
    throw new RateLimitedError({ limit: name, retryAfterSeconds, reason });
  }

  /** Refunds an attempt that does not count. */
  async refund(...key: readonly string[]): Promise<void> {
    await this.store.decrement(hashed(key));
  }
}

/** Keys contain e-mails and addresses, which must not be stored in Redis. */
function hashed(key: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(key)).digest('base64url');
}
