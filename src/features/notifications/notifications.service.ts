import type { Principal } from '../../authz/ability';
import type { Clock } from '../../shared/clock';
import type { Page, PageRequest, SortOrder } from '../../shared/pages';
import { NotificationNotFoundError } from './notifications.errors';
import { requireOwn } from './notifications.policy';
import type { NotificationsRepository } from './notifications.repository';
import type { NotificationFilters } from './notifications.sql';
import type { Notification } from './notifications.types';

/** What somebody is told: their own list, and nobody else's. */
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly clock: Clock,
  ) {}

  async listNotifications(
    actor: Principal,
    query: {
      filters: NotificationFilters;
      sort: SortOrder;
      page: PageRequest;
    },
  ): Promise<{ page: Page<Notification>; unread: number }> {
    requireOwn(actor, 'notification.read');
    const [page, unread] = await Promise.all([
      this.notifications.list(actor.userId, query.filters, query.sort, query.page),
      this.notifications.countUnread(actor.userId),
    ]);
    return { page, unread };
  }

  /** @throws NotificationNotFoundError */
  async setRead(actor: Principal, id: string, isRead: boolean): Promise<Notification> {
    requireOwn(actor, 'notification.update');
    if (isRead) await this.notifications.markRead(actor.userId, id, this.clock.now());
    else await this.notifications.markUnread(actor.userId, id);
    const found = await this.notifications.find(actor.userId, id);
    if (found === null) throw new NotificationNotFoundError(id);
    return found;
  }

  /** @returns how many were unread. */
  async readAll(actor: Principal): Promise<number> {
    requireOwn(actor, 'notification.update');
    return this.notifications.markAllRead(actor.userId, this.clock.now());
  }
}
