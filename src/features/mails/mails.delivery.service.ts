import { DeliveryDelayedError, DeliveryRefusedError, type MailSender } from '../../platform/mail';
import type { Clock } from '../../shared/clock';
import { newSecret, secretHash } from '../../shared/secrets';
import { composeAccountMail } from './mails.compose';
import type { OneTimeLinks } from './mails.links.service';
import type { MailEnding, MailsRepository } from './mails.repository';
import type { MailTextKind } from './mails.texts';
import type {
  LinkPurpose,
  MailAccount,
  MailInvitation,
  MailKind,
  MailLook,
  PendingMail,
} from './mails.types';

export interface MailDeliveryDeps {
  clock: Clock;
  mails: MailsRepository;
  links: OneTimeLinks;
  /** Null if mails cannot be sent. */
  mail: MailSender | null;
  /** The appearance of a district's mails; mails to people without a district look like the product. */
  lookOf: (tenantId: string | null) => Promise<MailLook>;
  /** The address of the web client. */
  webUrl: string | undefined;
}

/** The purpose of the link in each kind of mail. */
const PURPOSES: Partial<Record<MailKind, LinkPurpose>> = {
  password_reset: 'password_reset',
  email_verification: 'email_verification',
  email_change: 'email_change',
  account_setup: 'account_setup',
};

/** A server that accepts mails without an answer must not fill a mailbox. */
const MAX_UNKNOWN = 3;

/** What to write, or the reason to write nothing. */
type Plan = { kind: MailTextKind; account: MailAccount } | { invitation: MailInvitation } | { code: string };

/**
 * Sends one mail about an account. Its secret is created here and stored nowhere: the row has its hash, and
 * Temporal the id of the mail. An attempt whose mail may have been accepted is repeated with a new secret,
 * because a person waits for the mail, and only the newest link works.
 */
export class MailDeliveryService {
  constructor(private readonly deps: MailDeliveryDeps) {}

  /** Makes one attempt. @throws DeliveryDelayedError if the same may succeed later */
  async deliver(mailId: string, signal: AbortSignal): Promise<void> {
    const { mail, mails } = this.deps;
    const pending = await mails.begin(mailId);
    if (pending === null) return;
    if (mail === null) return this.end(mailId, { state: 'skipped', code: 'mail.not_configured' });
    const plan = await this.planFor(pending);
    // No account has this address, so it must not be stored.
    if ('code' in plan && plan.code === 'account.unknown') return mails.delete(mailId);
    if ('code' in plan) return this.end(mailId, { state: 'skipped', code: plan.code });
    try {
      const composed =
        'invitation' in plan
          ? await this.composeInvitation(pending, plan.invitation)
          : await this.compose(pending, plan.kind, plan.account);
      const beforeHandOver = () => Promise.resolve();
      const providerId = await mail.send(composed, { signal, beforeHandOver });
      await this.end(mailId, { state: 'sent', code: null, providerId });
    } catch (error) {
      if (!(error instanceof DeliveryRefusedError)) throw error;
      const code = error.details.reason ?? 'refused';
      // A server that disconnected may have accepted the mail, so the next attempt contains another link.
      if (code === 'mail.outcome_unknown' && pending.attempts < MAX_UNKNOWN)
        throw new DeliveryDelayedError(code);
      await this.end(mailId, { state: 'failed', code });
    }
  }

  /** Gives a mail up. */
  async fail(mailId: string, code: string): Promise<void> {
    await this.end(mailId, { state: 'failed', code });
  }

  private async planFor(mail: PendingMail): Promise<Plan> {
    const { mails } = this.deps;
    if (mail.invitationId !== null) {
      const invitation = await mails.findInvitation(mail.invitationId);
      return invitation?.state === 'pending' ? { invitation } : { code: 'mail.superseded' };
    }
    const account =
      mail.userId === null
        ? await mails.findAccountByEmail(mail.recipient)
        : await mails.findAccountById(mail.userId);
    if (account === null) return { code: 'account.unknown' };
    if (account.status !== 'active') return { code: 'account.inactive' };
    if (mail.kind === 'password_reset') return this.planReset(account);
    if (mail.kind === 'email_verification') {
      if (account.email !== mail.recipient) return { code: 'mail.superseded' };
      if (account.emailVerifiedAt !== null) return { code: 'email.verified' };
    }
    if (mail.kind === 'email_change') {
      const owner = await mails.findAccountByEmail(mail.recipient);
      // The requester is not informed, because that would reveal who has an account here.
      if (owner !== null) return { code: 'email.taken' };
    }
    return { kind: mail.kind, account };
  }

  private async planReset(account: MailAccount): Promise<Plan> {
    if (account.providers.includes('password')) return { kind: 'password_reset', account };
    if (account.providers.length > 0) return { kind: 'sign_in_method', account };
    // An account that a school has created, whose first link has expired.
    if (await this.deps.links.wasSent(account.id, 'account_setup'))
      return { kind: 'password_reset', account };
    return { code: 'account.no_password' };
  }

  private async compose(mail: PendingMail, kind: MailTextKind, account: MailAccount) {
    const { links, lookOf, webUrl } = this.deps;
    const look = await lookOf(account.tenantId);
    const purpose = kind === 'sign_in_method' ? undefined : PURPOSES[kind];
    const { id: userId, name, providers } = account;
    const secret =
      purpose === undefined ? null : await links.create({ purpose, userId, address: mail.recipient });
    return composeAccountMail({
      // Each attempt is a separate mail: a provider that has accepted the previous one must accept this
      // link, too.
      id: `${mail.id}-${mail.attempts}`,
      ...{ kind, to: mail.recipient, look, secret, webUrl, locale: account.locale },
      params: { name, providers, school: look.school, place: '', role: '', inviter: null },
    });
  }

  private async composeInvitation(mail: PendingMail, invitation: MailInvitation) {
    const { lookOf, mails, webUrl } = this.deps;
    const look = await lookOf(invitation.tenantId);
    const secret = newSecret();
    await mails.setInvitationSecret(invitation.id, secretHash(secret));
    const { place, role, inviter, locale } = invitation;
    return composeAccountMail({
      id: `${mail.id}-${mail.attempts}`,
      ...{ kind: 'invitation', to: mail.recipient, look, secret, webUrl, locale },
      params: { name: '', providers: [], school: look.school, place, role, inviter },
    });
  }

  private async end(mailId: string, ending: MailEnding): Promise<void> {
    await this.deps.mails.finish(mailId, ending, this.deps.clock.now());
  }
}
