export type { NotificationExecution } from './delivery/notifications.execution';
export { deliverNotificationContract } from './notifications.contract';
export type { NewEvent, NotificationEvent, Notify } from './notifications.events';
export { createNotificationsModule } from './notifications.module';
export { notificationRules } from './notifications.policy';
export type { NotificationRetentionService } from './notifications.retention.service';
