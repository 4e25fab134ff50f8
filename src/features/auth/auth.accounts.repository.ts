import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Account } from './auth.types';

export const AccountRow = z.object({
  id: z.string(),
  tenantId: z.string().nullable(),
  email: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  isPlatformAdmin: z.boolean(),
  mustChangePassword: z.boolean(),
});
export const ACCOUNT_COLUMNS: Sql = sql`u.id, u.tenant_id AS "tenantId", u.email, u.name, u.locale, u.is_platform_admin AS "isPlatformAdmin",
  u.must_change_password AS "mustChangePassword"`;

const CredentialRow = AccountRow.extend({
  status: z.enum(['active', 'deactivated']),
  passwordHash: z.string().nullable(),
  passwordChangedAt: z.date().nullable(),
});
const PlaceRow = z.object({ name: z.string() });
export type AccountCredential = z.infer<typeof CredentialRow>;

export interface NewAccount {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
  isPlatformAdmin: boolean;
  /** Whether the person must choose a password of their own before anything else. */
  mustChangePassword: boolean;
}

/** People as accounts, and their passwords. */
export class AccountsRepository {
  constructor(private readonly db: Database) {}

  findByEmail(email: string): Promise<AccountCredential | null> {
    return this.findWhere(sql`u.email = ${email}`);
  }

  findById(userId: string): Promise<AccountCredential | null> {
    return this.findWhere(sql`u.id = ${userId}::uuid`);
  }

  /** A person with a password, in one statement; false where the e-mail is taken, even by one made at the same moment. */
  async insert(account: NewAccount): Promise<boolean> {
    const inserted = await this.db.execute(
      sql`WITH person AS (
            INSERT INTO users (id, email, name, is_platform_admin, must_change_password)
            VALUES (${account.id}::uuid, ${account.email}, ${account.name}, ${account.isPlatformAdmin}, ${account.mustChangePassword})
            ON CONFLICT (email) WHERE deleted_at IS NULL DO NOTHING RETURNING id)
          INSERT INTO auth_identities (id, user_id, provider, issuer, subject, password_hash)
          SELECT ${newId()}::uuid, id, 'password', 'local', id::text, ${account.passwordHash} FROM person`,
    );
    return inserted === 1;
  }

  /** The names of the district and of the groups that a person belongs to, by membership or through a class. */
  async listPlaceNames(userId: string): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT g.name FROM groups g
          WHERE g.id = (SELECT tenant_id FROM users WHERE id = ${userId}::uuid)
             OR g.id IN (SELECT group_id FROM group_members WHERE user_id = ${userId}::uuid)
             OR g.id IN (SELECT c.group_id FROM class_members m JOIN classes c ON c.id = m.class_id
                         WHERE m.user_id = ${userId}::uuid)`,
      PlaceRow,
    );
    return rows.map(({ name }) => name);
  }

  /** Replaces a password, unless another request has done so since `previousHash` was read. */
  async replacePassword(
    userId: string,
    previousHash: string,
    passwordHash: string,
    now: Date,
  ): Promise<boolean> {
    const replaced = await this.db.execute(
      sql`UPDATE auth_identities SET password_hash = ${passwordHash}, password_changed_at = ${now}
          WHERE user_id = ${userId}::uuid AND provider = 'password' AND password_hash = ${previousHash}`,
    );
    if (replaced !== 1) return false;
    await this.db.execute(
      sql`UPDATE users SET must_change_password = false WHERE id = ${userId}::uuid AND must_change_password`,
    );
    return true;
  }

  /** Notes that something has happened that happens once in the life of an installation; false if it had already. */
  async claimOnce(event: 'first_admin'): Promise<boolean> {
    const claimed = await this.db.execute(
      sql`INSERT INTO installation_events (id, name) VALUES (${newId()}::uuid, ${event}) ON CONFLICT (name) DO NOTHING`,
    );
    return claimed === 1;
  }

  /** Notes the log-in and holds the person's row until the transaction ends; null where they are not active any more. */
  markLoggedIn(userId: string, now: Date): Promise<Account | null> {
    return this.db.row(
      sql`UPDATE users u SET last_login_at = ${now}
          WHERE id = ${userId}::uuid AND status = 'active' AND deleted_at IS NULL RETURNING ${ACCOUNT_COLUMNS}`,
      AccountRow,
    );
  }

  private findWhere(condition: Sql): Promise<AccountCredential | null> {
    return this.db.row(
      sql`SELECT ${ACCOUNT_COLUMNS}, u.status, i.password_hash AS "passwordHash", i.password_changed_at AS "passwordChangedAt"
          FROM users u LEFT JOIN auth_identities i ON i.user_id = u.id AND i.provider = 'password'
          WHERE ${condition} AND u.deleted_at IS NULL`,
      CredentialRow,
    );
  }
}
