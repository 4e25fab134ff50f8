import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page, PageRequest } from '../../shared/pages';
import { ACCOUNT_COLUMNS, AccountRow } from './auth.accounts.repository';
import type { ClientInfo, EndReason, SessionInfo } from './auth.types';

const OwnerRow = AccountRow.extend({ status: z.enum(['active', 'deactivated']) });
const TokenRow = z.object({
  id: z.string(),
  familyId: z.string(),
  expiresAt: z.date(),
  familyExpiresAt: z.date(),
  usedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  successorUsed: z.boolean().nullable(),
  isSharedDevice: z.boolean(),
});
const SessionRow = z.object({
  id: z.string(),
  createdAt: z.date(),
  lastUsedAt: z.date(),
  expiresAt: z.date(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
});
const ProofRow = z.object({ provenAt: z.date().nullable() });
const FamilyRow = z.object({ userId: z.string(), familyId: z.string(), tenantId: z.string().nullable() });

export type TokenOwner = z.infer<typeof OwnerRow>;
export type StoredRefreshToken = z.infer<typeof TokenRow>;

export interface NewRefreshToken {
  userId: string;
  familyId: string;
  tokenHash: Buffer;
  client: ClientInfo;
  expiresAt: Date;
  familyExpiresAt: Date;
  isSharedDevice: boolean;
  /** When the password was given that began the sign-in; null for one that goes on. */
  passwordProvenAt: Date | null;
}

const SESSION_COLUMNS: Sql = sql`s.id, s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt",
  s.user_agent AS "userAgent", s.ip`;

export const SESSION_SORTS: Readonly<Record<string, SortColumn>> = {
  lastUsedAt: { expression: sql`s.last_used_at`, type: 'timestamptz' },
  createdAt: { expression: sql`s.created_at`, type: 'timestamptz' },
};

/** The living sign-ins of a person: of each family the one token that has not been used yet. */
function liveSessions(userId: string, now: Date): Sql {
  return sql`(SELECT t.family_id AS id, t.created_at AS last_used_at, t.expires_at, t.user_agent, t.ip,
                (SELECT min(f.created_at) FROM refresh_tokens f WHERE f.family_id = t.family_id) AS created_at
              FROM refresh_tokens t
              WHERE t.user_id = ${userId}::uuid AND t.revoked_at IS NULL AND t.used_at IS NULL AND t.expires_at > ${now}) s`;
}

/**
 * Sign-ins and their refresh tokens. Whoever changes one holds the row lock of its owner, so that ending a sign-in
 * and refreshing it, or deactivating a person and signing them in, can never pass each other unseen.
 */
export class SessionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Locks a person until the transaction ends. */
  async lockOwner(userId: string): Promise<void> {
    await this.db.execute(sql`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
  }

  /** Finds and locks the person whose refresh token this is. */
  lockOwnerOf(tokenHash: Buffer): Promise<TokenOwner | null> {
    return this.db.row(
      sql`SELECT ${ACCOUNT_COLUMNS}, u.status FROM users u
          WHERE u.id = (SELECT user_id FROM refresh_tokens WHERE token_hash = ${tokenHash}) AND u.deleted_at IS NULL
          FOR NO KEY UPDATE`,
      OwnerRow,
    );
  }

  /** A token and what became of it; true to the moment only while its owner is locked. */
  findToken(tokenHash: Buffer): Promise<StoredRefreshToken | null> {
    return this.db.row(
      sql`SELECT t.id, t.family_id AS "familyId", t.expires_at AS "expiresAt", t.family_expires_at AS "familyExpiresAt",
            t.used_at AS "usedAt", t.revoked_at AS "revokedAt", t.is_shared_device AS "isSharedDevice", CASE WHEN n.id IS NOT NULL THEN n.used_at IS NOT NULL END AS "successorUsed"
          FROM refresh_tokens t LEFT JOIN refresh_tokens n ON n.parent_id = t.id WHERE t.token_hash = ${tokenHash}`,
      TokenRow,
    );
  }

  /** The living sign-in that a refresh token belongs to. */
  findFamilyOf(tokenHash: Buffer): Promise<z.infer<typeof FamilyRow> | null> {
    return this.db.row(
      sql`SELECT t.user_id AS "userId", t.family_id AS "familyId", u.tenant_id AS "tenantId"
          FROM refresh_tokens t JOIN users u ON u.id = t.user_id WHERE t.token_hash = ${tokenHash} AND t.revoked_at IS NULL`,
      FamilyRow,
    );
  }

  /** The first token of a new sign-in. */
  async insertFirst(token: NewRefreshToken): Promise<void> {
    await this.db.execute(insertToken(token, null));
  }

  /** Marks a token used and stores the one that follows it. */
  async insertSuccessor(parentId: string, token: NewRefreshToken, now: Date): Promise<void> {
    await this.db.execute(
      sql`WITH used AS (UPDATE refresh_tokens SET used_at = ${now} WHERE id = ${parentId}::uuid) ${insertToken(token, parentId)}`,
    );
  }

  /** When the password was last given in a sign-in; null where it never was. */
  async findPasswordProof(familyId: string): Promise<Date | null> {
    const row = await this.db.row(
      sql`SELECT max(password_proven_at) AS "provenAt" FROM refresh_tokens WHERE family_id = ${familyId}::uuid`,
      ProofRow,
    );
    return row?.provenAt ?? null;
  }

  /** Of the one token that has not been used yet; those that follow it need no copy. */
  async storePasswordProof(familyId: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE refresh_tokens SET password_proven_at = ${now} WHERE family_id = ${familyId}::uuid AND used_at IS NULL`,
    );
  }

  /** Ends one sign-in of a person; false where they have no such living one. */
  async endFamily(userId: string, familyId: string, reason: EndReason, now: Date): Promise<boolean> {
    const ended = await this.db.execute(
      sql`UPDATE refresh_tokens SET revoked_at = ${now}, revoke_reason = ${reason}
          WHERE family_id = ${familyId}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL`,
    );
    return ended > 0;
  }

  /** Ends every sign-in of a person, one excepted where an id is given. */
  endAll(userId: string, reason: EndReason, exceptFamilyId: string | null, now: Date): Promise<number> {
    return this.db.execute(
      sql`UPDATE refresh_tokens SET revoked_at = ${now}, revoke_reason = ${reason}
          WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND family_id IS DISTINCT FROM ${exceptFamilyId}::uuid`,
    );
  }

  list(
    userId: string,
    now: Date,
    page: PageRequest,
    sort: { column: SortColumn; descending: boolean; name: string },
  ): Promise<Page<SessionInfo>> {
    return this.lists.list({
      columns: SESSION_COLUMNS,
      from: liveSessions(userId, now),
      where: [],
      sort,
      id: sql`s.id`,
      page,
      row: SessionRow,
    });
  }

  find(userId: string, sessionId: string, now: Date): Promise<SessionInfo | null> {
    return this.db.row(
      sql`SELECT ${SESSION_COLUMNS} FROM ${liveSessions(userId, now)} WHERE s.id = ${sessionId}::uuid`,
      SessionRow,
    );
  }
}

function insertToken(token: NewRefreshToken, parentId: string | null): Sql {
  return sql`INSERT INTO refresh_tokens (id, user_id, family_id, parent_id, token_hash, user_agent, ip, expires_at, family_expires_at, is_shared_device, password_proven_at)
    VALUES (${newId()}::uuid, ${token.userId}::uuid, ${token.familyId}::uuid, ${parentId}::uuid, ${token.tokenHash},
            ${token.client.userAgent}, ${token.client.ip.slice(0, 64)}, ${token.expiresAt}, ${token.familyExpiresAt}, ${token.isSharedDevice}, ${token.passwordProvenAt})`;
}
