import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';

/** What has happened. Each event is written once, whoever tells of it. */
export class NotificationEventsRepository {
  constructor(private readonly db: Database) {}

  /** @returns false if the event is known already. */
  async insert(event: Prisma.NotificationEventCreateManyInput): Promise<boolean> {
    const { count } = await this.db.prisma.notificationEvent.createMany({
      data: [event],
      skipDuplicates: true,
    });
    return count > 0;
  }
}
