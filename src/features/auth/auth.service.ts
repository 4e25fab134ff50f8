import type { Principal } from '../../authz/ability';
import type { Platform } from '../../platform/platform';
import { newId } from '../../shared/ids';
import { type AuditService, auditSubject } from '../audit';
import type { AccountMails, OneTimeLinks } from '../mails';
import type { AccountCredential, AccountsRepository } from './auth.accounts.repository';
import {
  EmailTakenError,
  InvalidCredentialsError,
  PasswordChangedError,
  RegistrationClosedError,
  SamePasswordError,
} from './auth.errors';
import { requirePerson } from './auth.policy';
import type { ClientInfo, DeviceInfo, LogInInput, RegisterInput, SignIn, SignInName } from './auth.types';
import type { PasswordHasher } from './passwords/auth.password-hasher';
import { assertStrongPassword } from './passwords/auth.password-policy';
import type { PasswordProofs } from './passwords/auth.password-proofs';
import type { DeviceTokens, KnownDevice } from './sign-ins/auth.devices';
import type { LoginLimits } from './sign-ins/auth.login-limits';
import type { SignInsService } from './sign-ins/auth.sign-ins.service';
import type { ApiTokensService } from './tokens/auth.api-tokens.service';

export interface AuthServiceDeps {
  platform: Pick<Platform, 'config' | 'db' | 'clock'>;
  accounts: AccountsRepository;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  passwords: PasswordHasher;
  proofs: PasswordProofs;
  limits: LoginLimits;
  devices: DeviceTokens;
  mails: AccountMails;
  links: OneTimeLinks;
  audit: AuditService;
}

export interface ChangePasswordInput {
  /** Absent for a person who has none, or must change the one that they were given. */
  currentPassword?: string | undefined;
  newPassword: string;
  /** Keeps the caller's API tokens. */
  keepApiTokens: boolean;
}

/** The account whose password was checked, and the device, if this account has signed in on it before. */
export interface ProvenPassword {
  userId: string;
  deviceId: string | null;
}

/** Registers people with a password, checks it and changes it. */
export class AuthService {
  constructor(private readonly deps: AuthServiceDeps) {}

  /**
   * Creates an account and signs it in.
   * @throws RegistrationClosedError, WeakPasswordError, EmailTakenError
   */
  async register(input: RegisterInput, client: ClientInfo, device: DeviceInfo): Promise<SignIn> {
    if (this.deps.platform.config.REGISTRATION_MODE !== 'open') throw new RegistrationClosedError();
    assertStrongPassword(input.password, { ...input, username: null, places: [] }, 'password');
    const passwordHash = await this.deps.passwords.hash(input.password);
    const id = newId();
    return this.deps.platform.db.transaction(async () => {
      const made = await this.deps.accounts.insert({
        id,
        email: input.email,
        name: input.name,
        passwordHash,
        isPlatformAdmin: false,
        mustChangePassword: false,
        emailVerifiedAt: null,
        isSelfRegistered: true,
      });
      // This reveals that the account exists, as every open registration without a confirmation mail does;
      // log-in never does.
      if (!made) throw new EmailTakenError();
      await this.deps.mails.request({
        kind: 'email_verification',
        ...{ userId: id, tenantId: null, recipient: input.email },
      });
      return this.deps.sessions.open(id, client, device, 'auth.registered');
    });
  }

  /**
   * The person whose name and password these are. An unknown district or account takes the same time as a wrong password and
   * gets the same answer, a deactivated person too.
   * @throws InvalidCredentialsError, RateLimitedError
   */
  async provePassword(
    { password, ...name }: LogInInput,
    ip: string,
    deviceTokens: readonly string[],
  ): Promise<ProvenPassword> {
    const account = await this.deps.accounts.findByName(name);
    // Read whether there is such an account or not, so that the time of the answer does not reveal it.
    const devices = deviceTokens.map((token) => this.deps.devices.read(token));
    const deviceId = account === null ? null : knownDeviceOf(account, devices);
    // One account is one target, by whichever of its names somebody tries.
    const attempt = { account: account?.id ?? textOf(name), address: ip, deviceId };
    await this.deps.limits.take(attempt);
    const isRight = await this.deps.passwords.verify(account?.passwordHash ?? null, password);
    if (account === null || !isRight || account.status !== 'active') {
      await this.deps.audit.record(
        auditSubject('user', account ?? { id: null, tenantId: null }, account?.id),
        'auth.login_failed',
      );
      throw new InvalidCredentialsError();
    }
    await this.deps.limits.refund(attempt);
    return { userId: account.id, deviceId };
  }

  /**
   * Changes the caller's password and ends all their other sign-ins, and their API tokens unless they want them kept.
   * @throws PersonRequiredError, NoPasswordError, WrongPasswordError, WeakPasswordError, RateLimitedError;
   * CurrentPasswordRequiredError, RecentPasswordRequiredError
   */
  async changePassword(principal: Principal, input: ChangePasswordInput): Promise<void> {
    const sessionId = requirePerson(principal);
    const { accounts, passwords, proofs } = this.deps;
    const account =
      input.currentPassword === undefined
        ? await proofs.proveBySignIn(principal)
        : await proofs.prove(principal, input.currentPassword);
    const places = await accounts.listPlaceNames(account.id);
    assertStrongPassword(input.newPassword, { ...account, places }, 'newPassword');
    if (account.mustChangePassword && (await passwords.verify(account.passwordHash, input.newPassword)))
      throw new SamePasswordError();
    const newHash = await passwords.hash(input.newPassword);
    const now = this.deps.platform.clock.now();
    await this.deps.platform.db.transaction(async () => {
      const signIns = await this.deps.sessions.endAllOf(account.id, 'password_changed', sessionId);
      const apiTokens = input.keepApiTokens ? 0 : await this.deps.apiTokens.revokeAllOf(account.id);
      if (!(await accounts.replacePassword(account.id, account.passwordHash, newHash, now)))
        throw new PasswordChangedError();
      // A person who knew the old password may have begun to change the address.
      await this.deps.links.end(account.id, 'password_reset', 'account_setup', 'email_change');
      await this.deps.mails.withdraw(account.id, 'email_change', 'account_setup');
      const { id: userId, tenantId, email: recipient } = account;
      await this.deps.mails.request({ kind: 'password_changed', userId, tenantId, recipient });
      await this.deps.audit.record(auditSubject('user', account, account.id), 'auth.password_changed', {
        signIns,
        apiTokens,
      });
    });
  }
}

/** A name that nobody has, as tries are counted by it. */
const textOf = (name: SignInName): string =>
  'email' in name ? name.email : `${name.districtCode} ${name.username}`;

/** The one of these devices on which this account has signed in since its last password change. */
function knownDeviceOf(account: AccountCredential, devices: readonly (KnownDevice | null)[]): string | null {
  // Tokens have a time in full seconds.
  const changedAt = Math.floor((account.passwordChangedAt?.getTime() ?? 0) / 1000) * 1000;
  const known = devices.find(
    (device) => device?.userId === account.id && device.since.getTime() >= changedAt,
  );
  return known?.id ?? null;
}
