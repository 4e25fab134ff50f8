import type { Database } from '../../../platform/db/database';
import { newId } from '../../../shared/ids';

export interface NewLoginCard {
  userId: string;
  secretHash: Buffer;
}

/** The cards with which people sign in once; each person has one at most. */
export class LoginCardsRepository {
  constructor(private readonly db: Database) {}

  /** Gives each person this card in place of the one that they had, and clears away what has expired. */
  async put(
    cards: readonly NewLoginCard[],
    { createdBy, expiresAt, now }: { createdBy: string; expiresAt: Date; now: Date },
  ): Promise<void> {
    await this.db.prisma.loginCard.deleteMany({ where: { expiresAt: { lt: now } } });
    // In one order, so that two teachers who print the same class wait for each other and no more.
    for (const { userId, secretHash } of cards.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))) {
      const data = { secretHash: Uint8Array.from(secretHash), createdBy, expiresAt, usedAt: null };
      await this.db.prisma.loginCard.upsert({
        where: { userId },
        create: { id: newId(), userId, ...data },
        update: data,
        select: { id: true },
      });
    }
  }

  /** Uses up a card that is still good, of somebody who may sign in. @returns whose it is, or null. */
  async use(secretHash: Buffer, now: Date): Promise<string | null> {
    const [used] = await this.db.prisma.loginCard.updateManyAndReturn({
      where: {
        secretHash: Uint8Array.from(secretHash),
        usedAt: null,
        expiresAt: { gt: now },
        user: { status: 'active', deletedAt: null },
      },
      data: { usedAt: now },
      select: { userId: true },
    });
    return used?.userId ?? null;
  }
}
