import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';

/** Stores events. Each event is stored once, however many services emit it. */
export class NotificationEventsRepository {
  constructor(private readonly db: Database) {}

  /** @returns false if the event is already known */
  async insert(event: Prisma.NotificationEventCreateManyInput): Promise<boolean> {
    const { count } = await this.db.prisma.notificationEvent.createMany({
      data: [event],
      skipDuplicates: true,
    });
    return count > 0;
  }
}
