import type Redis from 'ioredis';
import { AttemptLimit, addressOf } from '../../../http/rate-limit';
import { RateLimitedError } from '../../../shared/errors';

const MINUTE_MS = 60_000;
const REASON = 'auth.too_many_attempts';
/** A class that has come back from its holidays, behind one address; too few to fill mailboxes. */
const REQUESTS = { limit: 60, windowMs: 10 * MINUTE_MS };
/** A mail needs a moment to arrive: who asks again meanwhile gets no second one. */
const SPACING = { limit: 1, windowMs: 2 * MINUTE_MS };
const MAILS_AN_HOUR = { limit: 5, windowMs: 60 * MINUTE_MS };
/** Secrets have 256 bits. This is for the server's sake. */
const WRONG_TOKENS = { limit: 60, windowMs: 10 * MINUTE_MS };

/** How often mails about accounts can be asked for, and links be tried. */
export class LinkLimits {
  private readonly requests: AttemptLimit;
  private readonly mails: readonly AttemptLimit[];
  private readonly tokens: AttemptLimit;

  constructor(redis: Redis | null) {
    const limit = (name: string, window: { limit: number; windowMs: number }) =>
      new AttemptLimit(redis, { name, ...window, reason: REASON });
    this.requests = limit('link-requests', REQUESTS);
    this.mails = [limit('link-spacing', SPACING), limit('link-mails', MAILS_AN_HOUR)];
    this.tokens = limit('link-tokens', WRONG_TOKENS);
  }

  /** @throws RateLimitedError if too many were asked for from this address. */
  async takeRequest(ip: string): Promise<void> {
    await this.requests.take(addressOf(ip));
  }

  /** @throws RateLimitedError if a mail of this kind has just gone to this account. */
  async takeMail(kind: string, account: string): Promise<void> {
    for (const limit of this.mails) await limit.take(kind, account);
  }

  /** The same for a caller who must not learn it. @returns whether a mail may go out. */
  async mayMail(kind: string, account: string): Promise<boolean> {
    try {
      await this.takeMail(kind, account);
      return true;
    } catch (error) {
      if (error instanceof RateLimitedError) return false;
      throw error;
    }
  }

  /** Charges the address that shows a secret; what works is not counted. @throws RateLimitedError */
  async trying<T>(ip: string, work: () => Promise<T>): Promise<T> {
    await this.tokens.take(addressOf(ip));
    const result = await work();
    await this.tokens.refund(addressOf(ip));
    return result;
  }
}
