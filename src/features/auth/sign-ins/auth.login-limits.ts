import type Redis from 'ioredis';
import { AttemptLimit, addressOf } from '../../../http/rate-limit';

const MINUTE_MS = 60_000;
/** More typing errors in a minute are unlikely, and guessing gets nowhere with this limit. */
const TRIES_A_MINUTE = 10;
/** For all unknown devices together, against guessing from many addresses. Known devices are not affected. */
const UNKNOWN_TRIES_AN_HOUR = 100;
/** For one known device or one sign-in: it may be stolen, and must not allow endless guessing. */
const KNOWN_TRIES_AN_HOUR = 50;
const REASON = 'auth.too_many_attempts';

type Window = readonly [name: string, limit: number, windowMs: number];

/** Several windows over the same attempts. */
class Windows {
  private readonly limits: readonly AttemptLimit[];

  constructor(redis: Redis | null, windows: readonly Window[]) {
    this.limits = windows.map(
      ([name, limit, windowMs]) => new AttemptLimit(redis, { name, limit, windowMs, reason: REASON }),
    );
  }

  /**
   * Charges them in order: an attempt that one window refuses does not use up the later ones. @throws
   * RateLimitedError
   */
  async take(keys: readonly (readonly string[])[]): Promise<void> {
    for (const [i, limit] of this.limits.entries()) await limit.take(...(keys[i] ?? []));
  }

  async refund(keys: readonly (readonly string[])[]): Promise<void> {
    await Promise.all(this.limits.map((limit, i) => limit.refund(...(keys[i] ?? []))));
  }
}

/** A log-in attempt. */
export interface LoginAttempt {
  account: string;
  address: string;
  /** A device on which this account has signed in before; null for any other. */
  deviceId: string | null;
}

/**
 * Slows down guessing at one account. Unknown devices are counted by address and all together; a device on
 * which the account has signed in before is counted separately, so that strangers never lock its owner out.
 * In addition, an address has a limit over all accounts (the `login` class of routes), which a whole school
 * stays under.
 */
export class LoginLimits {
  private readonly unknown: Windows;
  private readonly known: Windows;

  constructor(redis: Redis | null) {
    this.unknown = new Windows(redis, [
      ['login-pair', TRIES_A_MINUTE, MINUTE_MS],
      ['login-account', UNKNOWN_TRIES_AN_HOUR, 60 * MINUTE_MS],
    ]);
    this.known = new Windows(redis, [
      ['login-device', TRIES_A_MINUTE, MINUTE_MS],
      ['login-device-hour', KNOWN_TRIES_AN_HOUR, 60 * MINUTE_MS],
    ]);
  }

  /** Charges an attempt. @throws RateLimitedError after too many attempts */
  async take(attempt: LoginAttempt): Promise<void> {
    await this.windowsOf(attempt).take(keysOf(attempt));
  }

  /** Refunds an attempt whose password was correct. */
  async refund(attempt: LoginAttempt): Promise<void> {
    await this.windowsOf(attempt).refund(keysOf(attempt));
  }

  private windowsOf({ deviceId }: LoginAttempt): Windows {
    return deviceId === null ? this.unknown : this.known;
  }
}

function keysOf({ account, address, deviceId }: LoginAttempt): string[][] {
  if (deviceId === null) return [[account, addressOf(address)], [account]];
  return [
    [account, deviceId],
    [account, deviceId],
  ];
}

/** Slows down guessing at the password of a person whose sign-in is open. */
export class OwnPasswordLimits {
  private readonly windows: Windows;

  constructor(redis: Redis | null) {
    this.windows = new Windows(redis, [
      ['own-password', TRIES_A_MINUTE, MINUTE_MS],
      ['own-password-hour', KNOWN_TRIES_AN_HOUR, 60 * MINUTE_MS],
    ]);
  }

  /** @throws RateLimitedError after too many attempts in this sign-in */
  take(signInId: string): Promise<void> {
    return this.windows.take([[signInId], [signInId]]);
  }

  refund(signInId: string): Promise<void> {
    return this.windows.refund([[signInId], [signInId]]);
  }
}
