import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import {
  NOTIFICATION_COLUMNS,
  NOTIFICATION_SORTS,
  NOTIFICATIONS_FROM,
  type NotificationFilters,
  NotificationRow,
  notificationBranch,
  selectNotification,
} from './notifications.sql';
import type { Notification } from './notifications.types';

/** Reads and marks a person's notifications. */
export class NotificationsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async list(
    userId: string,
    { filters, sort, page }: ListQuery<NotificationFilters>,
  ): Promise<Page<Notification>> {
    const order = sortBy(NOTIFICATION_SORTS, sort);
    return this.lists.list({
      columns: NOTIFICATION_COLUMNS,
      from: NOTIFICATIONS_FROM,
      where: [],
      branches: [notificationBranch(userId, filters, order.column)],
      sort: order,
      id: sql`n.id`,
      page,
      row: NotificationRow,
    });
  }

  async countUnread(userId: string): Promise<number> {
    return this.db.prisma.notification.count({ where: { userId, listed: true, readAt: null } });
  }

  async find(userId: string, id: string): Promise<Notification | null> {
    return this.db.row(selectNotification(userId, id), NotificationRow);
  }

  /** An earlier time of reading stays. */
  async markRead(userId: string, id: string, now: Date): Promise<void> {
    await this.db.prisma.notification.updateMany({
      where: { id, userId, listed: true, readAt: null },
      data: { readAt: now },
    });
  }

  async markUnread(userId: string, id: string): Promise<void> {
    await this.db.prisma.notification.updateMany({
      where: { id, userId, listed: true },
      data: { readAt: null },
    });
  }

  /** @returns how many were unread */
  async markAllRead(userId: string, now: Date): Promise<number> {
    const where = { userId, listed: true, readAt: null };
    return (await this.db.prisma.notification.updateMany({ where, data: { readAt: now } })).count;
  }
}
