import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { newId } from '../../shared/ids';
import type { LinkPurpose, OneTimeLink } from './mails.types';

const LINK = {
  id: true,
  purpose: true,
  userId: true,
  address: true,
} as const satisfies Prisma.OneTimeLinkSelect;

export interface NewLink extends Omit<OneTimeLink, 'id'> {
  secretHash: Buffer;
  expiresAt: Date;
}

/** Neither used nor ended. */
const OPEN = { usedAt: null, endedAt: null } satisfies Prisma.OneTimeLinkWhereInput;

export class LinksRepository {
  constructor(private readonly db: Database) {}

  /** Locks the person until the transaction ends: of two simultaneous links, the later one counts. */
  async lockUser(id: string): Promise<void> {
    await this.db.prisma.user.lock({ where: { id }, select: { id: true }, strength: 'NO KEY UPDATE' });
  }

  async insert({ secretHash, ...link }: NewLink): Promise<void> {
    const data = { id: newId(), ...link, secretHash: Uint8Array.from(secretHash) };
    await this.db.prisma.oneTimeLink.create({ data, select: { id: true } });
  }

  /** Finds the link with this secret, if it still works. */
  find(secretHash: Buffer, purposes: readonly LinkPurpose[], now: Date): Promise<OneTimeLink | null> {
    return this.db.prisma.oneTimeLink.findFirst({
      where: openWith(secretHash, purposes, now),
      select: LINK,
    });
  }

  /** Uses a link in one statement: of any number of simultaneous requests, only one gets it. */
  async spend(secretHash: Buffer, purposes: readonly LinkPurpose[], now: Date): Promise<OneTimeLink | null> {
    const [spent] = await this.db.prisma.oneTimeLink.updateManyAndReturn({
      where: openWith(secretHash, purposes, now),
      data: { usedAt: now },
      select: LINK,
    });
    return spent ?? null;
  }

  async end(userId: string, purposes: readonly LinkPurpose[], now: Date): Promise<void> {
    await this.db.prisma.oneTimeLink.updateMany({
      where: { userId, purpose: { in: [...purposes] }, ...OPEN },
      data: { endedAt: now },
    });
  }

  /** Whether the person was ever sent a link for this purpose. */
  async wasSent(userId: string, purpose: LinkPurpose): Promise<boolean> {
    const found = await this.db.prisma.oneTimeLink.findFirst({
      where: { userId, purpose },
      select: { id: true },
    });
    return found !== null;
  }

  deleteOld(expiresAt: Date, limit: number): Promise<number> {
    return this.db.prisma.oneTimeLink.deleteBatch({ olderThan: { expiresAt }, limit });
  }
}

const openWith = (secretHash: Buffer, purposes: readonly LinkPurpose[], now: Date) =>
  ({
    secretHash: Uint8Array.from(secretHash),
    purpose: { in: [...purposes] },
    expiresAt: { gt: now },
    ...OPEN,
  }) satisfies Prisma.OneTimeLinkWhereInput;
