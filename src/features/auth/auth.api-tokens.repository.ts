import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import type { ApiToken } from './auth.types';

const ApiTokenRow = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  expiresAt: z.date(),
  lastUsedAt: z.date().nullable(),
  createdAt: z.date(),
});
const UsableRow = z.object({
  id: z.string(),
  userId: z.string(),
  scopes: z.array(z.string()),
  expiresAt: z.date(),
  lastUsedAt: z.date().nullable(),
});
const CountRow = z.object({ count: z.number() });

export type UsableApiToken = z.infer<typeof UsableRow>;

export interface NewApiToken {
  id: string;
  userId: string;
  name: string;
  tokenHash: Buffer;
  prefix: string;
  scopes: readonly string[];
  expiresAt: Date;
}

const COLUMNS: Sql = sql`t.id, t.name, t.prefix, t.scopes, t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.created_at AS "createdAt"`;

export const API_TOKEN_SORTS: Readonly<Record<string, SortColumn>> = {
  createdAt: { expression: sql`t.created_at`, type: 'timestamptz' },
  expiresAt: { expression: sql`t.expires_at`, type: 'timestamptz' },
  name: { expression: sql`t.name`, type: 'text' },
};

export class ApiTokensRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The token of this hash, unless it was revoked. */
  findUsable(tokenHash: Buffer): Promise<UsableApiToken | null> {
    return this.db.row(
      sql`SELECT id, user_id AS "userId", scopes, expires_at AS "expiresAt", last_used_at AS "lastUsedAt"
          FROM api_tokens WHERE token_hash = ${tokenHash} AND revoked_at IS NULL`,
      UsableRow,
    );
  }

  list(
    userId: string,
    page: PageRequest,
    sort: { column: SortColumn; descending: boolean; name: string },
  ): Promise<Page<ApiToken>> {
    return this.lists.list({
      columns: COLUMNS,
      from: sql`api_tokens t`,
      where: [sql`t.user_id = ${userId}::uuid`, sql`t.revoked_at IS NULL`],
      sort,
      id: sql`t.id`,
      page,
      row: ApiTokenRow,
    });
  }

  find(userId: string, tokenId: string): Promise<ApiToken | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM api_tokens t
          WHERE t.id = ${tokenId}::uuid AND t.user_id = ${userId}::uuid AND t.revoked_at IS NULL`,
      ApiTokenRow,
    );
  }

  async countLive(userId: string, now: Date): Promise<number> {
    const row = await this.db.row(
      sql`SELECT count(*) AS count FROM api_tokens WHERE user_id = ${userId}::uuid AND revoked_at IS NULL AND expires_at > ${now}`,
      CountRow,
    );
    return row?.count ?? 0;
  }

  async insert(token: NewApiToken): Promise<ApiToken> {
    const row = await this.db.row(
      sql`INSERT INTO api_tokens AS t (id, user_id, name, token_hash, prefix, scopes, expires_at)
          VALUES (${token.id}::uuid, ${token.userId}::uuid, ${token.name}, ${token.tokenHash}, ${token.prefix},
                  ${[...token.scopes]}::text[], ${token.expiresAt}) RETURNING ${COLUMNS}`,
      ApiTokenRow,
    );
    return row as ApiToken;
  }

  /** Revokes a token of this person; false where they have no such living one. */
  async revoke(userId: string, tokenId: string, now: Date): Promise<boolean> {
    const revoked = await this.db.execute(
      sql`UPDATE api_tokens SET revoked_at = ${now}
          WHERE id = ${tokenId}::uuid AND user_id = ${userId}::uuid AND revoked_at IS NULL`,
    );
    return revoked === 1;
  }

  revokeAll(userId: string, now: Date): Promise<number> {
    return this.db.execute(
      sql`UPDATE api_tokens SET revoked_at = ${now} WHERE user_id = ${userId}::uuid AND revoked_at IS NULL`,
    );
  }

  async touch(tokenId: string, now: Date): Promise<void> {
    await this.db.execute(sql`UPDATE api_tokens SET last_used_at = ${now} WHERE id = ${tokenId}::uuid`);
  }
}
