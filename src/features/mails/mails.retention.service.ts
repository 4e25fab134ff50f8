import type { Clock } from '../../shared/clock';
import type { LinksRepository } from './mails.links.repository';
import type { MailsRepository } from './mails.repository';

const DAY_MS = 24 * 3_600_000;

/** Deletes links and mails after the time in which a user may ask about them. */
export class MailsRetentionService {
  constructor(
    private readonly deps: { links: LinksRepository; mails: MailsRepository; clock: Clock; keptDays: number },
  ) {}

  /** @returns how many rows; fewer than `limit` means that none may be left */
  deleteOldLinks({ limit }: { limit: number }): Promise<number> {
    return this.deps.links.deleteOld(this.before(), limit);
  }

  /** The same for mails. */
  deleteOldMails({ limit }: { limit: number }): Promise<number> {
    return this.deps.mails.deleteOld(this.before(), limit);
  }

  private before(): Date {
    // A mail of today may still be on its way.
    const days = Math.max(1, this.deps.keptDays);
    return new Date(this.deps.clock.now().getTime() - days * DAY_MS);
  }
}
