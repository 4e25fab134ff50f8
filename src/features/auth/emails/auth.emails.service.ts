import type { Principal } from '../../../authz/ability';
import { violatedConstraint } from '../../../platform/db/errors';
import type { Platform } from '../../../platform/platform';
import { type AuditService, auditSubject } from '../../audit';
import { type AccountMails, LinkInvalidError, type OneTimeLinks } from '../../mails';
import type { AccountCredential, AccountsRepository } from '../auth.accounts.repository';
import { EmailTakenError, EmailVerifiedError, NoEmailError, SameEmailError } from '../auth.errors';
import { requirePerson } from '../auth.policy';
import type { LinkLimits } from './auth.link-limits';

export interface EmailsServiceDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  accounts: AccountsRepository;
  limits: LinkLimits;
  mails: AccountMails;
  links: OneTimeLinks;
  audit: AuditService;
}

/** E-mail addresses of accounts: who uses one has shown that they read its mails. */
export class EmailsService {
  constructor(private readonly deps: EmailsServiceDeps) {}

  /**
   * Sends the caller the mail that confirms their address.
   * @throws PersonRequiredError, MailNotConfiguredError, NoEmailError, EmailVerifiedError, RateLimitedError
   */
  async requestVerification(principal: Principal): Promise<void> {
    const { limits, mails } = this.deps;
    const { id, tenantId, email, emailVerifiedAt } = await this.getOwn(principal);
    if (email === null) throw new NoEmailError();
    if (emailVerifiedAt !== null) throw new EmailVerifiedError();
    await limits.takeMail('email_verification', id);
    await mails.request({ kind: 'email_verification', userId: id, tenantId, recipient: email });
  }

  /** Confirms the address of an account. @throws LinkInvalidError, RateLimitedError */
  async verify(token: string, ip: string): Promise<void> {
    const { accounts, limits, links, platform } = this.deps;
    await limits.trying(ip, () =>
      platform.db.transaction(async () => {
        const { userId, address } = await links.spend(token, 'email_verification');
        // The account has another address by now.
        if (!(await accounts.markEmailVerified(userId, address, platform.clock.now())))
          throw new LinkInvalidError();
        await this.record('auth.email_verified', userId);
      }),
    );
  }

  /**
   * Asks for another address. It is confirmed there, and announced at the old one.
   * @throws PersonRequiredError, MailNotConfiguredError, SameEmailError, RateLimitedError
   */
  async requestChange(principal: Principal, newEmail: string): Promise<void> {
    const { limits, mails, platform } = this.deps;
    const { id, tenantId, email } = await this.getOwn(principal);
    if (email === newEmail) throw new SameEmailError();
    await limits.takeMail('email_change', id);
    await platform.db.transaction(async () => {
      await mails.withdraw(id, 'email_change');
      await mails.request({ kind: 'email_change', userId: id, tenantId, recipient: newEmail });
      await mails.request({ kind: 'email_change_announced', userId: id, tenantId, recipient: email });
      await this.record('auth.email_change_requested', id);
    });
  }

  /** Gives an account the address that a link was sent to. @throws LinkInvalidError, EmailTakenError, RateLimitedError */
  async confirmChange(token: string, ip: string): Promise<void> {
    const { accounts, limits, links, mails, platform } = this.deps;
    const change = async (): Promise<void> => {
      const { userId, address } = await links.spend(token, 'email_change');
      if (!(await accounts.changeEmail(userId, address, platform.clock.now()))) throw new LinkInvalidError();
      // They went to the address before.
      await links.end(userId, 'password_reset', 'email_verification', 'account_setup');
      await mails.withdraw(userId, 'email_verification', 'account_setup');
      await this.record('auth.email_changed', userId);
    };
    try {
      await limits.trying(ip, () => platform.db.transaction(change));
    } catch (error) {
      throw violatedConstraint(error) === 'users_email_key' ? new EmailTakenError() : error;
    }
  }

  private async getOwn(principal: Principal): Promise<AccountCredential> {
    requirePerson(principal);
    this.deps.mails.assertConfigured();
    const account = await this.deps.accounts.findById(principal.userId);
    // Authenticated a moment ago.
    if (account === null) throw new LinkInvalidError();
    return account;
  }

  private async record(action: string, userId: string): Promise<void> {
    const account = await this.deps.accounts.findById(userId);
    const subject = auditSubject('user', { id: userId, tenantId: account?.tenantId ?? null }, userId);
    await this.deps.audit.record(subject, action);
  }
}
