export { sendAccountMailContract } from './mails.contract';
export type { MailDeliveryService } from './mails.delivery.service';
export { LinkInvalidError, MailNotConfiguredError } from './mails.errors';
export type { OneTimeLinks } from './mails.links.service';
export { createMailsModule } from './mails.module';
export type { MailsRetentionService } from './mails.retention.service';
export type { AccountMails } from './mails.service';
export type { LinkPurpose, MailKind, OneTimeLink } from './mails.types';
