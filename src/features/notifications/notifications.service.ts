import type { Principal } from '../../authz/ability';
import type { Clock } from '../../shared/clock';
import type { ListQuery, Page } from '../../shared/pages';
import { NotificationNotFoundError } from './notifications.errors';
import { requireOwn } from './notifications.policy';
import type { NotificationsRepository } from './notifications.repository';
import type { NotificationFilters } from './notifications.sql';
import type { Notification } from './notifications.types';

/** Manages a person's own notifications. */
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly clock: Clock,
  ) {}

  /** Lists the caller's own notifications, with the number of unread ones. */
  async listNotifications(
    principal: Principal,
    query: ListQuery<NotificationFilters>,
  ): Promise<{ page: Page<Notification>; unread: number }> {
    requireOwn(principal, 'notification.read');
    const [page, unread] = await Promise.all([
      this.notifications.list(principal.userId, query),
      this.notifications.countUnread(principal.userId),
    ]);
    return { page, unread };
  }

  /** @throws NotificationNotFoundError */
  async setRead(principal: Principal, id: string, isRead: boolean): Promise<Notification> {
    requireOwn(principal, 'notification.update');
    if (isRead) await this.notifications.markRead(principal.userId, id, this.clock.now());
    else await this.notifications.markUnread(principal.userId, id);
    const found = await this.notifications.find(principal.userId, id);
    if (found === null) throw new NotificationNotFoundError(id);
    return found;
  }

  /** @returns how many were unread */
  async readAll(principal: Principal): Promise<number> {
    requireOwn(principal, 'notification.update');
    return this.notifications.markAllRead(principal.userId, this.clock.now());
  }
}
