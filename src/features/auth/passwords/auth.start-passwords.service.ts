import type { Clock } from '../../../shared/clock';
import { newId } from '../../../shared/ids';
import type { OneTimeLinks } from '../../mails';
import type { AccountsRepository } from '../auth.accounts.repository';
import type { SignInsService } from '../sign-ins/auth.sign-ins.service';
import type { ApiTokensService } from '../tokens/auth.api-tokens.service';
import type { PasswordHasher } from './auth.password-hasher';
import { newStartPassword } from './auth.start-passwords';

export interface StartPasswordsDeps {
  clock: Clock;
  accounts: AccountsRepository;
  passwords: PasswordHasher;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  links: OneTimeLinks;
}

/** A password that somebody is given, as it is shown this once and as it is stored. */
export interface StartPassword {
  password: string;
  hash: string;
}

/** A person of a district whose account another person creates. */
export interface NewPerson {
  tenantId: string;
  name: string;
  email: string | null;
  username: string | null;
}

/**
 * Accounts that admins and teachers make or open again for their people: with a password that they hand over, and that
 * must be changed at the first sign-in. Whether the caller may do so is for the caller to check.
 */
export class StartPasswordsService {
  constructor(private readonly deps: StartPasswordsDeps) {}

  /** Outside of a transaction, because hashing takes a while. */
  async draw(isPupil: boolean): Promise<StartPassword> {
    const password = newStartPassword(isPupil);
    return { password, hash: await this.deps.passwords.hash(password) };
  }

  /** @returns the id of the new person; null if the e-mail or the username is taken. */
  async create(person: NewPerson, start: StartPassword | null): Promise<string | null> {
    const id = newId();
    const isMade = await this.deps.accounts.insert({
      ...person,
      id,
      passwordHash: start?.hash ?? null,
      isPlatformAdmin: false,
      mustChangePassword: start !== null,
      // The creator of the account vouches for its address.
      emailVerifiedAt: person.email === null ? null : this.deps.clock.now(),
      isSelfRegistered: false,
    });
    return isMade ? id : null;
  }

  /**
   * Gives a person this password, whatever they had, and ends all their sign-ins and API tokens. Within a transaction.
   * @returns how many sign-ins and tokens ended.
   */
  async give(userId: string, start: StartPassword): Promise<{ signIns: number; apiTokens: number }> {
    // First, because it locks the person.
    const signIns = await this.deps.sessions.endAllOf(userId, 'password_changed');
    const apiTokens = await this.deps.apiTokens.revokeAllOf(userId);
    await this.deps.accounts.putPassword(userId, start.hash, this.deps.clock.now(), { mustChange: true });
    // A link that was sent before must not undo this.
    await this.deps.links.end(userId, 'password_reset', 'account_setup', 'email_change');
    return { signIns, apiTokens };
  }

  /** Whether the person signs in at an identity provider and has no password here. */
  async signsInElsewhere(userId: string): Promise<boolean> {
    const providers = await this.deps.accounts.listProviders(userId);
    return providers.length > 0 && !providers.includes('password');
  }
}
