import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import type { ListOrder, Page } from '../../../shared/pages';

const TOKEN = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  expiresAt: true,
  lastUsedAt: true,
  createdAt: true,
} as const satisfies Prisma.ApiTokenSelect;

/** A token as its owner sees it. */
export type ApiToken = Prisma.ApiTokenGetPayload<{ select: typeof TOKEN }>;

const USABLE = {
  id: true,
  userId: true,
  scopes: true,
  expiresAt: true,
  lastUsedAt: true,
} as const satisfies Prisma.ApiTokenSelect;

export type UsableApiToken = Prisma.ApiTokenGetPayload<{ select: typeof USABLE }>;

export interface NewApiToken {
  id: string;
  userId: string;
  name: string;
  tokenHash: Buffer;
  prefix: string;
  scopes: readonly string[];
  expiresAt: Date;
}

export class ApiTokensRepository {
  constructor(private readonly db: Database) {}

  /** Finds the token with this hash, unless it was revoked. */
  async findUsable(tokenHash: Buffer): Promise<UsableApiToken | null> {
    return this.db.prisma.apiToken.findUnique({
      where: { tokenHash: Uint8Array.from(tokenHash), revokedAt: null },
      select: USABLE,
    });
  }

  async list(userId: string, order: ListOrder): Promise<Page<ApiToken>> {
    const where = { userId, revokedAt: null };
    return this.db.prisma.apiToken.page({ where, select: TOKEN, ...order });
  }

  async find(userId: string, id: string): Promise<ApiToken | null> {
    return this.db.prisma.apiToken.findUnique({ where: { id, userId, revokedAt: null }, select: TOKEN });
  }

  async countLive(userId: string, now: Date): Promise<number> {
    return this.db.prisma.apiToken.count({ where: { userId, revokedAt: null, expiresAt: { gt: now } } });
  }

  async insert({ scopes, tokenHash, ...token }: NewApiToken): Promise<ApiToken> {
    const data = { ...token, scopes: [...scopes], tokenHash: Uint8Array.from(tokenHash) };
    return this.db.prisma.apiToken.create({ data, select: TOKEN });
  }

  /** Revokes a token of this person; false if they have no such active token. */
  async revoke(userId: string, id: string, now: Date): Promise<boolean> {
    const where = { id, userId, revokedAt: null };
    return (await this.db.prisma.apiToken.updateMany({ where, data: { revokedAt: now } })).count === 1;
  }

  async revokeAll(userId: string, now: Date): Promise<number> {
    const where = { userId, revokedAt: null };
    return (await this.db.prisma.apiToken.updateMany({ where, data: { revokedAt: now } })).count;
  }

  async touch(id: string, now: Date): Promise<void> {
    await this.db.prisma.apiToken.updateMany({ where: { id }, data: { lastUsedAt: now } });
  }
}
