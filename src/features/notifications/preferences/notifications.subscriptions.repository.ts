import type { Database } from '../../../platform/db/database';
import { newId } from '../../../shared/ids';
import type { PushTarget } from '../notifications.types';

/** The most browsers of a person; registering one more removes the oldest. */
const MAX_PER_USER = 20;

export class PushSubscriptionsRepository {
  constructor(private readonly db: Database) {}

  /** Registers a browser; one that another user used before now belongs to this person. @returns its id */
  async put(userId: string, { endpoint, p256dh, auth }: PushTarget): Promise<string> {
    const values = { userId, p256dh, auth };
    const { id } = await this.db.prisma.pushSubscription.upsert({
      where: { endpoint },
      create: { id: newId(), endpoint, ...values },
      update: values,
      select: { id: true },
    });
    await this.removeSurplus(userId);
    return id;
  }

  /** @returns the id of the removed one, or null */
  async remove(userId: string, endpoint: string): Promise<string | null> {
    const where = { userId, endpoint };
    const found = await this.db.prisma.pushSubscription.findUnique({ where, select: { id: true } });
    if (found === null) return null;
    const removed = await this.db.prisma.pushSubscription.deleteMany({ where });
    return removed.count === 0 ? null : found.id;
  }

  async listOf(userId: string): Promise<PushTarget[]> {
    return this.db.prisma.pushSubscription.findMany({
      where: { userId },
      orderBy: { id: 'asc' },
      select: { endpoint: true, p256dh: true, auth: true },
    });
  }

  async removeEndpoints(endpoints: readonly string[]): Promise<void> {
    if (endpoints.length === 0) return;
    await this.db.prisma.pushSubscription.deleteMany({ where: { endpoint: { in: [...endpoints] } } });
  }

  private async removeSurplus(userId: string): Promise<void> {
    const surplus = await this.db.prisma.pushSubscription.findMany({
      where: { userId },
      orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
      skip: MAX_PER_USER,
      select: { endpoint: true },
    });
    await this.removeEndpoints(surplus.map(({ endpoint }) => endpoint));
  }
}
