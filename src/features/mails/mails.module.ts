import type { Platform } from '../../platform/platform';
import { MailDeliveryService } from './mails.delivery.service';
import { LinksRepository } from './mails.links.repository';
import { OneTimeLinks } from './mails.links.service';
import { MailsRepository } from './mails.repository';
import { MailsRetentionService } from './mails.retention.service';
import { AccountMails } from './mails.service';
import type { MailLook } from './mails.types';

export interface MailsModuleDeps {
  /** The appearance of a district's mails; mails to people without a district look like the product. */
  lookOf: (tenantId: string | null) => Promise<MailLook>;
}

/** Builds the feature: mails about accounts, and the links in them. */
export function createMailsModule(platform: Platform, { lookOf }: MailsModuleDeps) {
  const { clock, config, db, mail } = platform;
  const mails = new MailsRepository(db);
  const linkRows = new LinksRepository(db);
  const links = new OneTimeLinks(db, linkRows, clock);
  const webUrl = config.WEB_APP_URL?.replace(/\/+$/, '');
  return {
    links,
    service: new AccountMails(platform, mails),
    delivery: new MailDeliveryService({ clock, mails, links, mail, lookOf, webUrl }),
    retention: new MailsRetentionService({
      ...{ links: linkRows, mails, clock },
      keptDays: config.RETENTION_TOKENS_DAYS,
    }),
  };
}
