import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { type ListReader, sortBy } from '../../../platform/db/paging';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { ListOrder, Page } from '../../../shared/pages';
import {
  ACCOUNT,
  liveSessions,
  SIGN_IN_COLUMNS,
  SIGN_IN_SORTS,
  SignInRow,
  selectLiveSession,
} from '../auth.sql';
import type { ClientInfo, EndReason, SignInInfo } from '../auth.types';

const OWNER = { ...ACCOUNT, status: true } as const satisfies Prisma.UserSelect;

export type TokenOwner = Prisma.UserGetPayload<{ select: typeof OWNER }>;

const TOKEN = {
  id: true,
  familyId: true,
  expiresAt: true,
  familyExpiresAt: true,
  usedAt: true,
  revokedAt: true,
  isSharedDevice: true,
} as const satisfies Prisma.RefreshTokenSelect;

export interface StoredRefreshToken extends Prisma.RefreshTokenGetPayload<{ select: typeof TOKEN }> {
  /** Whether the next token was used; null if there is none. */
  successorUsed: boolean | null;
}

export interface NewRefreshToken {
  userId: string;
  familyId: string;
  tokenHash: Buffer;
  client: ClientInfo;
  expiresAt: Date;
  familyExpiresAt: Date;
  isSharedDevice: boolean;
  /** When the password was entered that began the sign-in; null for a continued one. */
  passwordProvenAt: Date | null;
}

/** The active sign-in of a refresh token. */
export interface TokenFamily {
  userId: string;
  familyId: string;
  tenantId: string | null;
}

/**
 * Stores sign-ins and their refresh tokens. Every change holds the row lock of the owner, so that ending and
 * refreshing a sign-in, or deactivating a person and signing them in, cannot miss each other.
 */
export class SignInsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Locks a person until the transaction ends. */
  async lockOwner(userId: string): Promise<void> {
    const where = { id: userId };
    await this.db.prisma.user.lock({ where, select: { id: true }, strength: 'NO KEY UPDATE' });
  }

  /** Finds and locks the owner of this refresh token. */
  async lockOwnerOf(tokenHash: Buffer): Promise<TokenOwner | null> {
    const { prisma } = this.db;
    const token = await prisma.refreshToken.findUnique({
      where: { tokenHash: Uint8Array.from(tokenHash) },
      select: { userId: true },
    });
    if (token === null) return null;
    const where = { id: token.userId, deletedAt: null };
    return prisma.user.lock({ where, select: OWNER, strength: 'NO KEY UPDATE' });
  }

  /** Finds a token and its state, which is only reliable while its owner is locked. */
  async findToken(tokenHash: Buffer): Promise<StoredRefreshToken | null> {
    const found = await this.db.prisma.refreshToken.findUnique({
      where: { tokenHash: Uint8Array.from(tokenHash) },
      select: { ...TOKEN, child: { select: { usedAt: true } } },
    });
    if (found === null) return null;
    const { child, ...token } = found;
    return { ...token, successorUsed: child === null ? null : child.usedAt !== null };
  }

  /** Finds the active sign-in of a refresh token. */
  async findFamilyOf(tokenHash: Buffer): Promise<TokenFamily | null> {
    const found = await this.db.prisma.refreshToken.findUnique({
      where: { tokenHash: Uint8Array.from(tokenHash), revokedAt: null },
      select: { userId: true, familyId: true, user: { select: { tenantId: true } } },
    });
    if (found === null) return null;
    const { user, ...family } = found;
    return { ...family, tenantId: user.tenantId };
  }

  /** Inserts the first token of a new sign-in. */
  async insertFirst(token: NewRefreshToken): Promise<void> {
    await this.insert(token, null);
  }

  /** Marks a token used and inserts the next one. The caller has locked the owner. */
  async insertSuccessor(parentId: string, token: NewRefreshToken, now: Date): Promise<void> {
    await this.db.prisma.refreshToken.updateMany({ where: { id: parentId }, data: { usedAt: now } });
    await this.insert(token, parentId);
  }

  /** When the password was last entered in a sign-in; null if it never was. */
  async findPasswordProof(familyId: string): Promise<Date | null> {
    const found = await this.db.prisma.refreshToken.aggregate({
      where: { familyId },
      _max: { passwordProvenAt: true },
    });
    return found._max.passwordProvenAt;
  }

  /** Stores it with the only unused token; later tokens need no copy. */
  async storePasswordProof(familyId: string, now: Date): Promise<void> {
    const where = { familyId, usedAt: null };
    await this.db.prisma.refreshToken.updateMany({ where, data: { passwordProvenAt: now } });
  }

  /** Ends one sign-in of a person; false if they have no such active sign-in. */
  async endFamily(userId: string, familyId: string, reason: EndReason, now: Date): Promise<boolean> {
    const ended = await this.db.prisma.refreshToken.updateMany({
      where: { userId, familyId, revokedAt: null },
      data: { revokedAt: now, revokeReason: reason },
    });
    return ended.count > 0;
  }

  /** Ends every sign-in of a person, except for the given one. */
  async endAll(userId: string, reason: EndReason, exceptFamilyId: string | null, now: Date): Promise<number> {
    const isOther = exceptFamilyId === null ? {} : { familyId: { not: exceptFamilyId } };
    const ended = await this.db.prisma.refreshToken.updateMany({
      where: { userId, revokedAt: null, ...isOther },
      data: { revokedAt: now, revokeReason: reason },
    });
    // A printed card would be a way back in.
    await this.db.prisma.loginCard.deleteMany({ where: { userId } });
    return ended.count;
  }

  list(userId: string, now: Date, { sort, page }: ListOrder): Promise<Page<SignInInfo>> {
    return this.lists.list({
      columns: SIGN_IN_COLUMNS,
      from: liveSessions(userId, now),
      where: [],
      sort: sortBy(SIGN_IN_SORTS, sort),
      id: sql`s.id`,
      page,
      row: SignInRow,
    });
  }

  find(userId: string, sessionId: string, now: Date): Promise<SignInInfo | null> {
    return this.db.row(selectLiveSession(userId, sessionId, now), SignInRow);
  }

  private async insert(token: NewRefreshToken, parentId: string | null): Promise<void> {
    const { client, tokenHash, ...columns } = token;
    const data = {
      ...columns,
      id: newId(),
      parentId,
      tokenHash: Uint8Array.from(tokenHash),
      userAgent: client.userAgent,
      ip: client.ip.slice(0, 64),
    };
    await this.db.prisma.refreshToken.create({ data, select: { id: true } });
  }
}
