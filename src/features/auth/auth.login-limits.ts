import type Redis from 'ioredis';
import { AttemptLimit } from '../../http/rate-limit';

const MINUTE_MS = 60_000;
/** Nobody mistypes a password more often in a minute; a guesser gets nowhere with it. */
const TRIES_A_MINUTE = 10;
/** Over all addresses together, against guessing from many at once; high enough that a nuisance cannot easily lock a person out. */
const TRIES_AN_HOUR = 100;
const REASON = 'auth.too_many_attempts';

/**
 * Slows down guessing at one account. Beside it stands the ceiling of an address over all accounts (the `login`
 * class of routes), which a whole school behind one address stays under.
 */
export class LoginLimits {
  private readonly ofPair: AttemptLimit;
  private readonly ofAccount: AttemptLimit;

  constructor(redis: Redis | null) {
    this.ofPair = new AttemptLimit(redis, {
      name: 'login-pair',
      limit: TRIES_A_MINUTE,
      windowMs: MINUTE_MS,
      reason: REASON,
    });
    this.ofAccount = new AttemptLimit(redis, {
      name: 'login-account',
      limit: TRIES_AN_HOUR,
      windowMs: 60 * MINUTE_MS,
      reason: REASON,
    });
  }

  /** Charges a try at this account from this address. @throws RateLimitedError where there were too many. */
  async take(account: string, address: string): Promise<void> {
    // In this order: what the first refuses must not use up the person's tries from everywhere else.
    await this.ofPair.take(account, address);
    await this.ofAccount.take(account);
  }

  /** The password was right: the try does not count. */
  async giveBack(account: string, address: string): Promise<void> {
    await Promise.all([this.ofPair.giveBack(account, address), this.ofAccount.giveBack(account)]);
  }
}
