import type { Database } from '../../../platform/db/database';
import type { NotificationEvent } from '../notifications.events';
import {
  createNotifications,
  type ExpandedEvent,
  PageRow,
  type RecipientsPage,
} from './notifications.expansion.sql';

export interface ExpandedPage {
  count: number;
  /** Where the next page begins; null after the last. */
  last: string | null;
}

/** Turns an event into notifications and deliveries for each person. */
export class ExpansionRepository {
  constructor(private readonly db: Database) {}

  async find(eventId: string): Promise<{ event: NotificationEvent; expandedAt: Date | null } | null> {
    return this.db.prisma.notificationEvent.findUnique({
      where: { id: eventId },
      select: { event: true, expandedAt: true },
    });
  }

  /**
   * Creates a notification for the next people after `after`, with a delivery for each channel that they
   * want. Existing ones stay as they are.
   */
  async createForRecipients(
    eventId: string,
    event: ExpandedEvent,
    page: RecipientsPage,
  ): Promise<ExpandedPage> {
    const row = await this.db.row(createNotifications(eventId, event, page), PageRow);
    return row ?? { count: 0, last: null };
  }

  async markExpanded(eventId: string, now: Date): Promise<void> {
    await this.db.prisma.notificationEvent.updateMany({
      where: { id: eventId, expandedAt: null },
      data: { expandedAt: now },
    });
  }
}
