import type { Platform } from '../../platform/platform';
import { newId } from '../../shared/ids';
import type { AuditService } from '../audit';
import type { AccountsRepository, NewAccount } from './auth.accounts.repository';
import { EmailTakenError, RegistrationClosedError } from './auth.errors';
import type { RegisterInput } from './auth.types';
import type { PasswordHasher } from './passwords/auth.password-hasher';
import { assertStrongPassword } from './passwords/auth.password-policy';

export interface AccountsServiceDeps {
  platform: Pick<Platform, 'config' | 'clock' | 'db' | 'logger'>;
  accounts: AccountsRepository;
  passwords: PasswordHasher;
  audit: AuditService;
}

/** Creates accounts for people, on behalf of an operator or a script. */
export class AccountsService {
  constructor(private readonly deps: AccountsServiceDeps) {}

  /**
   * Creates an account with a password. @returns its id
   * @throws EmailTakenError
   */
  async create(input: RegisterInput & { isPlatformAdmin?: boolean }): Promise<string> {
    const id = await this.insert({ isPlatformAdmin: false, ...input }, 'auth.account_created');
    if (id === null) throw new EmailTakenError();
    return id;
  }

  /**
   * Creates accounts with the same first password, such as those of a demo. The password is hashed once,
   * because a hash for each account of a school would take minutes.
   * @returns their ids, in the same order
   * @throws EmailTakenError, without creating any account
   */
  async createAll(
    people: readonly Pick<RegisterInput, 'email' | 'name'>[],
    password: string,
  ): Promise<string[]> {
    const passwordHash = await this.deps.passwords.hash(password);
    return this.deps.platform.db.transaction(async () => {
      const ids: string[] = [];
      for (const { email, name } of people) {
        const id = await this.insertHashed(
          { email, name, passwordHash, isPlatformAdmin: false, mustChangePassword: false, ...this.vouched },
          'auth.account_created',
        );
        if (id === null) throw new EmailTakenError();
        ids.push(id);
      }
      return ids;
    });
  }

  /**
   * Creates the platform admin of ADMIN_EMAIL, once in the life of an installation, whatever happens to
   * that account later. Call it when the API starts; any number of processes may call it at the same time.
   */
  async ensureFirstAdmin(): Promise<void> {
    const { ADMIN_EMAIL, ADMIN_PASSWORD } = this.deps.platform.config;
    if (ADMIN_EMAIL === undefined || ADMIN_PASSWORD === undefined) return;
    const { db, logger } = this.deps.platform;
    try {
      await db.transaction(async () => {
        if (!(await this.deps.accounts.claimOnce('first_admin'))) return;
        const id = await this.insertHashed(
          {
            email: ADMIN_EMAIL.toLowerCase(),
            passwordHash: await this.deps.passwords.hash(ADMIN_PASSWORD),
            name: 'Administrator',
            isPlatformAdmin: true,
            mustChangePassword: true,
            ...this.vouched,
          },
          'auth.first_admin_created',
        );
        if (id === null) throw new EmailTakenError();
        logger.info('the first platform admin was created', { adminId: id });
      });
    } catch (error) {
      if (!(error instanceof EmailTakenError)) throw error;
      logger.warn(
        'ADMIN_EMAIL belongs to a user who is not a platform admin; the first admin was not created',
      );
    }
  }

  /** The account with this address, or null. */
  async findByEmail(email: string): Promise<{ id: string; tenantId: string | null } | null> {
    return this.deps.accounts.findByName({ email });
  }

  /**
   * @returns the hash of the password with which an invited person begins.
   * @throws RegistrationClosedError, WeakPasswordError
   */
  async prepareInvited(input: RegisterInput, places: readonly string[]): Promise<string> {
    if (this.deps.platform.config.REGISTRATION_MODE === 'closed') throw new RegistrationClosedError();
    assertStrongPassword(input.password, { ...input, username: null, places }, 'password');
    return this.deps.passwords.hash(input.password);
  }

  /** Makes the account of a person whom a district has invited at this address. @returns its id. @throws EmailTakenError */
  async createInvited(email: string, name: string, passwordHash: string): Promise<string> {
    const person = { email, name, passwordHash, isPlatformAdmin: false, mustChangePassword: false };
    const id = await this.insertHashed({ ...person, ...this.vouched }, 'auth.account_created');
    if (id === null) throw new EmailTakenError();
    return id;
  }

  /** Records that the person has used a link that was sent to their address. */
  async proveEmail(userId: string, email: string): Promise<void> {
    await this.deps.accounts.markEmailVerified(userId, email, this.deps.platform.clock.now());
  }

  /** The creator of an account vouches for its address. */
  private get vouched() {
    return { emailVerifiedAt: this.deps.platform.clock.now(), isSelfRegistered: false };
  }

  /** Null if the e-mail is taken. */
  private async insert(
    input: RegisterInput & { isPlatformAdmin: boolean },
    action: string,
  ): Promise<string | null> {
    const { email, name, isPlatformAdmin } = input;
    const passwordHash = await this.deps.passwords.hash(input.password);
    const account = {
      ...{ email, name, passwordHash, isPlatformAdmin, mustChangePassword: false },
      ...this.vouched,
    };
    return this.insertHashed(account, action);
  }

  private async insertHashed(account: Omit<NewAccount, 'id'>, action: string): Promise<string | null> {
    const id = newId();
    return this.deps.platform.db.transaction(async () => {
      if (!(await this.deps.accounts.insert({ id, ...account }))) return null;
      await this.deps.audit.record({ type: 'user', id, tenantId: null, aboutUserId: id }, action);
      return id;
    });
  }
}
