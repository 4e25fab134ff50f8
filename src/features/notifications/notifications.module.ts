import { createSecretKey, hkdfSync } from 'node:crypto';
import type { Config } from '../../config/config';
import { API_BASE } from '../../http/base';
import { OutgoingGuard } from '../../platform/http-client';
import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import type { GroupsReader } from '../groups';
import { DeliveriesRepository } from './delivery/notifications.deliveries.repository';
import { DeliveryService } from './delivery/notifications.delivery.service';
import { NotificationExecution } from './delivery/notifications.execution';
import { ExpansionRepository } from './delivery/notifications.expansion.repository';
import { PushSender } from './delivery/notifications.push';
import { NotificationsController } from './notifications.controller';
import type { Notify } from './notifications.events';
import { NotificationEventsRepository } from './notifications.events.repository';
import { NotificationEventsService } from './notifications.events.service';
import { NotificationsRepository } from './notifications.repository';
import { NotificationRetentionRepository } from './notifications.retention.repository';
import { NotificationRetentionService } from './notifications.retention.service';
import { notificationRoutes } from './notifications.routes';
import { NotificationsService } from './notifications.service';
import { PreferencesRepository } from './preferences/notifications.preferences.repository';
import { PreferencesService } from './preferences/notifications.preferences.service';
import { PushSubscriptionsRepository } from './preferences/notifications.subscriptions.repository';
import { UnsubscribeTokens } from './preferences/notifications.unsubscribe';

export interface NotificationsModuleDeps {
  audit: AuditService;
  groups: GroupsReader;
  /** Notifies nobody, for data that plays the past. */
  isSilent: boolean;
}

const SILENT: Notify = { emit: () => Promise.resolve() };

/** Builds the feature: events, lists, preferences and deliveries. */
export function createNotificationsModule(
  platform: Platform,
  { audit, groups, isSilent }: NotificationsModuleDeps,
) {
  const { clock, config, db, lists, outbox } = platform;
  const key = hkdfSync('sha256', config.SESSION_SECRET, '', 'raptscallions/unsubscribe', 32);
  const tokens = new UnsubscribeTokens(createSecretKey(Buffer.from(key)));
  const subscriptions = new PushSubscriptionsRepository(db);
  const deliveries = new DeliveriesRepository(db);
  const guard = new OutgoingGuard({ allowedHosts: config.OUTGOING_ALLOWED_HOSTS });
  const push = pushSender(config, guard);
  const delivery = new DeliveryService({
    ...{ clock, deliveries, subscriptions, groups, tokens, push },
    mail: platform.mail,
    apiUrl: `${config.PUBLIC_URL}${API_BASE}`,
    webUrl: config.WEB_APP_URL?.replace(/\/+$/, ''),
  });
  const service = new NotificationsService(new NotificationsRepository(db, lists), clock);
  const preferences = new PreferencesService({
    ...{ db, clock, subscriptions, tokens, audit, guard },
    preferences: new PreferencesRepository(db),
  });
  return {
    tokens,
    notify: isSilent
      ? SILENT
      : new NotificationEventsService(db, new NotificationEventsRepository(db), outbox),
    execution: new NotificationExecution({
      clock,
      expansion: new ExpansionRepository(db),
      deliveries,
      delivery,
    }),
    retention: new NotificationRetentionService(new NotificationRetentionRepository(db), {
      readDays: config.RETENTION_READ_NOTIFICATIONS_DAYS,
      allDays: config.RETENTION_NOTIFICATIONS_DAYS,
    }),
    routes: notificationRoutes(new NotificationsController(service, preferences, push?.publicKey ?? null)),
  };
}

function pushSender(config: Config, guard: OutgoingGuard): PushSender | null {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = config;
  if (publicKey === undefined || privateKey === undefined || subject === undefined) return null;
  return new PushSender({ publicKey, privateKey, subject, guard });
}
