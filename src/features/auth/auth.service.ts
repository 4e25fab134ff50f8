import type { Principal } from '../../authz/ability';
import { addressOf } from '../../http/rate-limit';
import type { Platform } from '../../platform/platform';
import { newId } from '../../shared/ids';
import type { AuditService } from '../audit';
import type { AccountsRepository } from './auth.accounts.repository';
import {
  EmailTakenError,
  InvalidCredentialsError,
  NoPasswordError,
  PasswordChangedError,
  RegistrationClosedError,
  WrongPasswordError,
} from './auth.errors';
import type { LoginLimits } from './auth.login-limits';
import type { PasswordHasher } from './auth.password-hasher';
import { assertStrongPassword } from './auth.password-policy';
import { requirePerson } from './auth.policy';
import type { SessionsService } from './auth.sessions.service';
import type { ClientInfo, LogInInput, RegisterInput, SignIn } from './auth.types';

export interface AuthServiceDeps {
  platform: Pick<Platform, 'config' | 'db'>;
  accounts: AccountsRepository;
  sessions: SessionsService;
  passwords: PasswordHasher;
  limits: LoginLimits;
  audit: AuditService;
}

/** Passwords of people: registering with one, proving it, changing it. */
export class AuthService {
  constructor(private readonly deps: AuthServiceDeps) {}

  /**
   * Makes an account and signs it in.
   * @throws RegistrationClosedError, WeakPasswordError, EmailTakenError
   */
  async register(input: RegisterInput, client: ClientInfo): Promise<SignIn> {
    if (this.deps.platform.config.REGISTRATION_MODE !== 'open') throw new RegistrationClosedError();
    assertStrongPassword(input.password, input, 'password');
    const passwordHash = await this.deps.passwords.hash(input.password);
    const id = newId();
    return this.deps.platform.db.transaction(async () => {
      const made = await this.deps.accounts.insert({
        id,
        email: input.email,
        name: input.name,
        passwordHash,
        isPlatformAdmin: false,
      });
      // It tells that the account exists, as any open registration without a confirming e-mail must; log-in never does.
      if (!made) throw new EmailTakenError();
      return this.deps.sessions.open(id, client, 'auth.registered');
    });
  }

  /**
   * The id of the person whose e-mail and password these are. An unknown account takes the same time as a wrong
   * password and gets the same answer, a deactivated person too.
   * @throws InvalidCredentialsError, RateLimitedError
   */
  async provePassword({ email, password }: LogInInput, client: ClientInfo): Promise<string> {
    const address = addressOf(client.ip);
    await this.deps.limits.take(email, address);
    const account = await this.deps.accounts.findByEmail(email);
    const isRight = await this.deps.passwords.verify(account?.passwordHash ?? null, password);
    if (account === null || !isRight || account.status !== 'active') {
      await this.recordAbout('auth.login_failed', account);
      throw new InvalidCredentialsError();
    }
    await this.deps.limits.giveBack(email, address);
    return account.id;
  }

  /**
   * Changes the caller's password and ends all their other sign-ins.
   * @throws PersonRequiredError, NoPasswordError, WrongPasswordError, WeakPasswordError, RateLimitedError
   */
  async changePassword(
    principal: Principal,
    currentPassword: string,
    newPassword: string,
    client: ClientInfo,
  ): Promise<void> {
    const sessionId = requirePerson(principal);
    const account = await this.deps.accounts.findById(principal.userId);
    const currentHash = account?.passwordHash ?? null;
    if (account === null || currentHash === null) throw new NoPasswordError();
    assertStrongPassword(newPassword, account, 'newPassword');
    const address = addressOf(client.ip);
    await this.deps.limits.take(account.email, address);
    if (!(await this.deps.passwords.verify(currentHash, currentPassword))) throw new WrongPasswordError();
    await this.deps.limits.giveBack(account.email, address);
    const newHash = await this.deps.passwords.hash(newPassword);
    await this.deps.platform.db.transaction(async () => {
      await this.deps.sessions.endAllOf(account.id, 'password_changed', sessionId);
      const replaced = await this.deps.accounts.replacePassword(account.id, currentHash, newHash);
      if (!replaced) throw new PasswordChangedError();
      await this.recordAbout('auth.password_changed', account);
    });
  }

  private recordAbout(
    action: string,
    account: { id: string; tenantId: string | null } | null,
  ): Promise<void> {
    return this.deps.audit.record({
      action,
      subjectType: 'user',
      subjectId: account?.id ?? null,
      tenantId: account?.tenantId ?? null,
      aboutUserId: account?.id ?? null,
    });
  }
}
