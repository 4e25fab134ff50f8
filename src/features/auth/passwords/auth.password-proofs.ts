import type { Principal } from '../../../authz/ability';
import type { Platform } from '../../../platform/platform';
import type { AccountCredential, AccountsRepository } from '../auth.accounts.repository';
import {
  CurrentPasswordRequiredError,
  NoPasswordError,
  RecentPasswordRequiredError,
  WrongPasswordError,
} from '../auth.errors';
import { requirePerson } from '../auth.policy';
import type { OwnPasswordLimits } from '../sign-ins/auth.login-limits';
import type { SignInsRepository } from '../sign-ins/auth.sign-ins.repository';
import type { PasswordHasher } from './auth.password-hasher';

/** Long enough for a form, short enough for an unattended laptop. */
export const PROOF_SECONDS = 10 * 60;

export interface PasswordProofsDeps {
  platform: Pick<Platform, 'clock'>;
  accounts: AccountsRepository;
  sessions: SignInsRepository;
  passwords: PasswordHasher;
  limits: OwnPasswordLimits;
}

/**
 * Checks that the person at the device is the account's owner: sensitive routes require the password again.
 */
export class PasswordProofs {
  constructor(private readonly deps: PasswordProofsDeps) {}

  /**
   * @throws PersonRequiredError for an API token, RecentPasswordRequiredError unless the sign-in has proven
   * the password within the last ten minutes
   */
  async requireRecent(principal: Principal): Promise<void> {
    const provenAt = await this.deps.sessions.findPasswordProof(requirePerson(principal));
    const ageMs = this.deps.platform.clock.now().getTime() - (provenAt?.getTime() ?? 0);
    if (ageMs > PROOF_SECONDS * 1000) throw new RecentPasswordRequiredError(PROOF_SECONDS);
  }

  /**
   * Accepts the password of the signed-in caller as a new proof.
   * @returns until when it is valid
   * @throws PersonRequiredError, NoPasswordError, WrongPasswordError, RateLimitedError
   */
  async confirm(principal: Principal, password: string): Promise<Date> {
    await this.prove(principal, password);
    const now = this.deps.platform.clock.now();
    await this.deps.sessions.storePasswordProof(requirePerson(principal), now);
    return new Date(now.getTime() + PROOF_SECONDS * 1000);
  }

  /**
   * The account of a caller who has no password yet, or was given one that they must change, and who has signed in within
   * the last ten minutes: by that password or by a card.
   * @throws PersonRequiredError, CurrentPasswordRequiredError, NoPasswordError for one who signs in elsewhere,
   * RecentPasswordRequiredError
   */
  async proveBySignIn(principal: Principal): Promise<AccountCredential> {
    requirePerson(principal);
    const account = await this.deps.accounts.findById(principal.userId);
    if (account === null) throw new NoPasswordError();
    if (account.passwordHash !== null && !account.mustChangePassword)
      throw new CurrentPasswordRequiredError();
    const hasNone = account.passwordHash === null;
    if (hasNone && (await this.deps.accounts.listProviders(account.id)).length > 0)
      throw new NoPasswordError();
    await this.requireRecent(principal);
    return account;
  }

  /**
   * Returns the caller's account if this is its password. Attempts are counted by sign-in, so guesses
   * elsewhere lock nobody out here.
   * @throws PersonRequiredError, NoPasswordError, WrongPasswordError, RateLimitedError
   */
  async prove(principal: Principal, password: string): Promise<AccountCredential & { passwordHash: string }> {
    const signInId = requirePerson(principal);
    const account = await this.deps.accounts.findById(principal.userId);
    if (account === null || account.passwordHash === null) throw new NoPasswordError();
    await this.deps.limits.take(signInId);
    if (!(await this.deps.passwords.verify(account.passwordHash, password))) throw new WrongPasswordError();
    await this.deps.limits.refund(signInId);
    return { ...account, passwordHash: account.passwordHash };
  }
}
