import type { Platform } from '../../../platform/platform';
import { type AuditService, auditSubject } from '../../audit';
import { type AccountMails, LinkInvalidError, type OneTimeLinks } from '../../mails';
import type { AccountCredential, AccountsRepository } from '../auth.accounts.repository';
import type { LinkLimits } from '../emails/auth.link-limits';
import type { SignInsService } from '../sign-ins/auth.sign-ins.service';
import type { ApiTokensService } from '../tokens/auth.api-tokens.service';
import type { PasswordHasher } from './auth.password-hasher';
import { assertStrongPassword } from './auth.password-policy';

export interface PasswordResetsDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  accounts: AccountsRepository;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  passwords: PasswordHasher;
  limits: LinkLimits;
  mails: AccountMails;
  links: OneTimeLinks;
  audit: AuditService;
}

/** Passwords that were forgotten. Who can read the mails of an account chooses its next password. */
export class PasswordResets {
  constructor(private readonly deps: PasswordResetsDeps) {}

  /**
   * Asks for a link by mail. Does the same work for every address: the job finds out later whose it is.
   * @throws MailNotConfiguredError, RateLimitedError if too many were asked for from this address.
   */
  async request(email: string, ip: string): Promise<void> {
    const { accounts, audit, limits, mails, platform } = this.deps;
    mails.assertConfigured();
    await limits.takeRequest(ip);
    if (!(await limits.mayMail('password_reset', email))) return;
    const account = await accounts.findByName({ email });
    await platform.db.transaction(async () => {
      await mails.request({ kind: 'password_reset', userId: null, tenantId: null, recipient: email });
      const { id, tenantId } = account ?? { id: null, tenantId: null };
      await audit.record(auditSubject('user', { id, tenantId }, id), 'auth.password_reset_requested');
    });
  }

  /**
   * Sets a password with the secret of a link, and ends all sign-ins and API tokens of its account.
   * @throws LinkInvalidError, WeakPasswordError, RateLimitedError
   */
  async reset(token: string, newPassword: string, ip: string): Promise<void> {
    await this.deps.limits.trying(ip, async () => {
      const account = await this.getAccount(token);
      const places = await this.deps.accounts.listPlaceNames(account.id);
      // Before the link is used up: a weak password is no reason to ask for another mail.
      assertStrongPassword(newPassword, { ...account, places }, 'newPassword');
      const passwordHash = await this.deps.passwords.hash(newPassword);
      await this.deps.platform.db.transaction(() => this.replace(account, token, passwordHash));
    });
  }

  private async getAccount(token: string): Promise<AccountCredential> {
    const { userId } = await this.deps.links.get(token, 'password_reset', 'account_setup');
    const account = await this.deps.accounts.findById(userId);
    if (account?.status !== 'active') throw new LinkInvalidError();
    return account;
  }

  private async replace(account: AccountCredential, token: string, passwordHash: string): Promise<void> {
    const { accounts, apiTokens, audit, links, mails, platform, sessions } = this.deps;
    const { id, tenantId, email } = account;
    const now = platform.clock.now();
    const link = await links.spend(token, 'password_reset', 'account_setup');
    await accounts.putPassword(id, passwordHash, now, { mustChange: false });
    await accounts.markEmailVerified(id, link.address, now);
    const signIns = await sessions.endAllOf(id, 'password_changed');
    const details = { signIns, apiTokens: await apiTokens.revokeAllOf(id), purpose: link.purpose };
    await links.end(id, 'password_reset', 'account_setup', 'email_change');
    await mails.withdraw(id, 'email_change', 'account_setup');
    await audit.record(auditSubject('user', account, id), 'auth.password_reset', details);
    // An account that begins needs no alarm.
    if (link.purpose === 'password_reset')
      await mails.request({ kind: 'password_changed', userId: id, tenantId, recipient: email });
  }
}
