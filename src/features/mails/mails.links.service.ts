import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import { newSecret, secretHash } from '../../shared/secrets';
import { LinkInvalidError } from './mails.errors';
import type { LinksRepository } from './mails.links.repository';
import type { LinkPurpose, OneTimeLink } from './mails.types';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a link works, in milliseconds. */
export const LINK_LIFETIMES: Readonly<Record<LinkPurpose, number>> = {
  // The person waits for it, and it opens an account.
  password_reset: 30 * MINUTE_MS,
  // Friday's mail may be read on Monday.
  email_verification: 3 * DAY_MS,
  email_change: DAY_MS,
  // As long as an invitation, because the account may be created before a holiday.
  account_setup: 14 * DAY_MS,
};

/** Secrets in mails: each works once, and only the newest one for a purpose works. */
export class OneTimeLinks {
  constructor(
    private readonly db: Database,
    private readonly links: LinksRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a link; older ones of the same person and purpose stop working. @returns its secret, which is
   * not stored
   */
  async create(link: Omit<OneTimeLink, 'id'>): Promise<string> {
    const secret = newSecret();
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LINK_LIFETIMES[link.purpose]);
    await this.db.transaction(async () => {
      await this.links.lockUser(link.userId);
      await this.links.end(link.userId, [link.purpose], now);
      await this.links.insert({ ...link, secretHash: secretHash(secret), expiresAt });
    });
    return secret;
  }

  /** Returns the link with this secret without using it. @throws LinkInvalidError */
  async get(secret: string, ...purposes: readonly LinkPurpose[]): Promise<OneTimeLink> {
    const link = await this.links.find(secretHash(secret), purposes, this.clock.now());
    if (link === null) throw new LinkInvalidError();
    return link;
  }

  /** Uses the link and locks its person until the ambient transaction ends. @throws LinkInvalidError */
  async spend(secret: string, ...purposes: readonly LinkPurpose[]): Promise<OneTimeLink> {
    const { userId } = await this.get(secret, ...purposes);
    // The person is locked first, in the same order as when a link is created.
    await this.links.lockUser(userId);
    const link = await this.links.spend(secretHash(secret), purposes, this.clock.now());
    if (link === null) throw new LinkInvalidError();
    return link;
  }

  /** Ends the open links of a person. */
  async end(userId: string, ...purposes: readonly LinkPurpose[]): Promise<void> {
    await this.links.end(userId, purposes, this.clock.now());
  }

  /** Whether a link for this purpose was ever sent to the user. */
  wasSent(userId: string, purpose: LinkPurpose): Promise<boolean> {
    return this.links.wasSent(userId, purpose);
  }
}
