import type { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { Sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import {
  ACCOUNT,
  CredentialRow,
  isAccountOf,
  PlaceRow,
  selectCredential,
  selectPlaceNames,
} from './auth.sql';
import type { Account, SignInName } from './auth.types';

export type AccountCredential = z.output<typeof CredentialRow>;

export interface NewAccount {
  id: string;
  email: string | null;
  /** With the district in which it is unique. */
  username?: string | null;
  tenantId?: string;
  name: string;
  /** Null for a person who cannot sign in yet. */
  passwordHash: string | null;
  isPlatformAdmin: boolean;
  /** Whether the person must change their password before anything else. */
  mustChangePassword: boolean;
  /** When the address was proven, or somebody vouched for it by making the account; null for neither. */
  emailVerifiedAt: Date | null;
  /** Whether the person made the account, and nobody else vouches for them. */
  isSelfRegistered: boolean;
}

/** The identity of a person that is a password. */
const passwordOf = (userId: string) =>
  ({ id: newId(), userId, provider: 'password', issuer: 'local', subject: userId }) as const;

/** Stores people as accounts, and their passwords. */
export class AccountsRepository {
  constructor(private readonly db: Database) {}

  findByName(name: SignInName): Promise<AccountCredential | null> {
    return this.findWhere(
      'email' in name
        ? isAccountOf.email(name.email)
        : isAccountOf.username(name.username, name.districtCode),
    );
  }

  findById(userId: string): Promise<AccountCredential | null> {
    return this.findWhere(isAccountOf.id(userId));
  }

  /** A person, with or without a password; false if e-mail or username is taken, even by one made at the same moment. */
  async insert({ passwordHash, ...person }: NewAccount): Promise<boolean> {
    return this.db.transaction(async () => {
      const { prisma } = this.db;
      const inserted = await prisma.user.createMany({ data: person, skipDuplicates: true });
      if (inserted.count === 0) return false;
      if (passwordHash === null) return true;
      await prisma.authIdentity.create({
        data: { ...passwordOf(person.id), passwordHash },
        select: { id: true },
      });
      return true;
    });
  }

  /**
   * Returns the names of the district and of the groups to which a person belongs, by membership or through
   * a class.
   */
  async listPlaceNames(userId: string): Promise<string[]> {
    const rows = await this.db.rows(selectPlaceNames(userId), PlaceRow);
    return rows.map(({ name }) => name);
  }

  /** Replaces a password, or sets the first one, unless another request has done so since `previousHash` was read. */
  async replacePassword(
    userId: string,
    previousHash: string | null,
    passwordHash: string,
    now: Date,
  ): Promise<boolean> {
    const data = { passwordHash, passwordChangedAt: now };
    const { authIdentity } = this.db.prisma;
    const replaced =
      previousHash === null
        ? await authIdentity.createMany({ data: { ...passwordOf(userId), ...data }, skipDuplicates: true })
        : await authIdentity.updateMany({
            where: { userId, provider: 'password', passwordHash: previousHash },
            data,
          });
    if (replaced.count !== 1) return false;
    await this.db.prisma.user.updateMany({
      where: { id: userId, mustChangePassword: true },
      data: { mustChangePassword: false },
    });
    return true;
  }

  /**
   * Sets a password, whether there was one or not. The caller has locked the person.
   * @param options.mustChange whether another person has chosen it
   */
  async putPassword(
    userId: string,
    passwordHash: string,
    now: Date,
    { mustChange }: { mustChange: boolean },
  ): Promise<void> {
    const { prisma } = this.db;
    const data = { passwordHash, passwordChangedAt: now };
    const changed = await prisma.authIdentity.updateMany({ where: { userId, provider: 'password' }, data });
    if (changed.count === 0)
      await prisma.authIdentity.create({
        data: { ...passwordOf(userId), ...data },
        select: { id: true },
      });
    await prisma.user.updateMany({ where: { id: userId }, data: { mustChangePassword: mustChange } });
  }

  /** In which ways the person signs in. */
  async listProviders(userId: string): Promise<string[]> {
    const rows = await this.db.prisma.authIdentity.findMany({
      where: { userId },
      select: { provider: true },
    });
    return rows.map(({ provider }) => provider);
  }

  /** Notes that the person reads mails to their address; false if it is another by now, or was proven before. */
  async markEmailVerified(userId: string, email: string, now: Date): Promise<boolean> {
    const marked = await this.db.prisma.user.updateMany({
      where: { id: userId, email, emailVerifiedAt: null, status: 'active', deletedAt: null },
      data: { emailVerifiedAt: now },
    });
    return marked.count === 1;
  }

  /** Gives a person a proven address. @throws a violated `users_email_key` if another person has it. */
  async changeEmail(userId: string, email: string, now: Date): Promise<boolean> {
    const changed = await this.db.prisma.user.updateMany({
      where: { id: userId, status: 'active', deletedAt: null },
      data: { email, emailVerifiedAt: now },
    });
    return changed.count === 1;
  }

  /** Records an event that happens once in the life of an installation; false if it is already recorded. */
  async claimOnce(event: 'first_admin'): Promise<boolean> {
    const data = { id: newId(), name: event };
    const claimed = await this.db.prisma.installationEvent.createMany({ data, skipDuplicates: true });
    return claimed.count === 1;
  }

  /**
   * Records the log-in and locks the person's row until the transaction ends; null if they are no longer
   * active.
   */
  async markLoggedIn(userId: string, now: Date): Promise<Account | null> {
    const [account] = await this.db.prisma.user.updateManyAndReturn({
      where: { id: userId, status: 'active', deletedAt: null },
      data: { lastLoginAt: now },
      select: ACCOUNT,
    });
    return account ?? null;
  }

  private findWhere(condition: Sql): Promise<AccountCredential | null> {
    return this.db.row(selectCredential(condition), CredentialRow);
  }
}
