import { defineRoute, everybody, signedIn } from '../../http/route';
import type { NotificationsController } from './notifications.controller';
import {
  ListNotificationsQuery,
  NotificationSchema,
  NotificationTotals,
  notificationParams,
  PreferencesBody,
  PreferencesSchema,
  PushSubscriptionBody,
  PushSubscriptionSchema,
  PushUnsubscribeBody,
  ReadAllSchema,
  UnsubscribedSchema,
  UnsubscribeParams,
  UpdateNotificationBody,
} from './notifications.schemas';

const EXAMPLE_ENDPOINT = 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABh';

const listRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'get',
    path: '/notifications',
    summary: 'List what you have been told',
    description: 'The newest first; `meta.totals.unread` counts the unread ones.',
    access: signedIn('notification.read'),
    query: ListNotificationsQuery,
    success: {
      status: 200,
      description: 'A page of them.',
      data: NotificationSchema,
      list: true,
      totals: NotificationTotals,
    },
    handler: controller.list,
  }),
  defineRoute({
    method: 'patch',
    path: '/notifications/:id',
    summary: 'Mark a notification as read, or as unread again',
    access: signedIn('notification.update'),
    params: notificationParams,
    body: UpdateNotificationBody,
    example: { read: true },
    success: { status: 200, description: 'The notification.', data: NotificationSchema },
    errors: { 'notification.not_found': "There is no such notification, or it is somebody else's." },
    handler: controller.update,
  }),
  defineRoute({
    method: 'post',
    path: '/notifications/read-all',
    summary: 'Mark all your notifications as read',
    access: signedIn('notification.update'),
    success: { status: 200, description: 'How many there were.', data: ReadAllSchema },
    handler: controller.readAll,
  }),
];

const preferenceRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'get',
    path: '/notifications/preferences',
    summary: 'Read how you want to be told',
    access: signedIn('notification.read'),
    success: { status: 200, description: 'Your preferences.', data: PreferencesSchema },
    handler: controller.getPreferences,
  }),
  defineRoute({
    method: 'put',
    path: '/notifications/preferences',
    summary: 'Say how you want to be told',
    description: 'Replaces all of them. They count for what is under way already, too.',
    access: signedIn('notification.update'),
    body: PreferencesBody,
    example: {
      channels: {
        'assignment.published': { in_app: true, email: true, push: false },
        'assignment.due_soon': { in_app: true, email: true, push: true },
        'submission.submitted': { in_app: true, email: false, push: false },
        'submission.auto_submitted': { in_app: true, email: true, push: false },
        'submission.returned': { in_app: true, email: true, push: true },
        'export.ready': { in_app: true, email: true, push: false },
        'ai.quota_exhausted': { in_app: true, email: true, push: false },
        'ai.misconfigured': { in_app: true, email: true, push: false },
      },
      quietHours: { from: '21:00', until: '07:00' },
      timeZone: 'Europe/Berlin',
      digest: 'none',
    },
    success: { status: 200, description: 'Your preferences.', data: PreferencesSchema },
    handler: controller.putPreferences,
  }),
];

const pushRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'post',
    path: '/notifications/push-subscriptions',
    summary: 'Have this browser get Web Push',
    description:
      'Takes what `PushSubscription.toJSON()` gives. The same browser again is the same subscription.',
    access: signedIn('notification.update'),
    body: PushSubscriptionBody,
    example: {
      endpoint: EXAMPLE_ENDPOINT,
      keys: {
        p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
        auth: 'tBHItJI5svbpez7KI4CCXg',
      },
    },
    success: { status: 201, description: 'It is registered.', data: PushSubscriptionSchema },
    idempotency: 'transaction',
    handler: controller.subscribe,
  }),
  defineRoute({
    method: 'delete',
    path: '/notifications/push-subscriptions',
    summary: 'Have this browser get no more Web Push',
    access: signedIn('notification.update'),
    body: PushUnsubscribeBody,
    example: { endpoint: EXAMPLE_ENDPOINT },
    success: { status: 204, description: 'It is gone.' },
    errors: { 'push.not_found': 'This browser is not registered, or is for somebody else.' },
    handler: controller.unsubscribe,
  }),
];

const INVALID_LINK = {
  'unsubscribe.invalid': 'This link has ended, after 60 days or with a new address, or is not one of ours.',
};

const unsubscribeRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'get',
    path: '/notifications/unsubscribe/:token',
    summary: 'Open the link of a mail',
    description: 'A page with a button. Opening it changes nothing, as mail scanners do.',
    access: everybody,
    params: UnsubscribeParams,
    success: { status: 200, description: 'The page.', formats: ['text/html'] },
    errors: INVALID_LINK,
    handler: controller.askUnsubscribe,
  }),
  defineRoute({
    method: 'post',
    path: '/notifications/unsubscribe/:token',
    summary: 'Get no more mails of a kind',
    description:
      'The one-click unsubscribe of RFC 8058: mail programs post to it by themselves. The body is not read.',
    access: everybody,
    params: UnsubscribeParams,
    anyBody: true,
    success: {
      status: 200,
      description: 'No more of them; a page where the client asks for HTML.',
      data: UnsubscribedSchema,
      formats: ['text/html'],
    },
    errors: INVALID_LINK,
    handler: controller.unsubscribeByLink,
  }),
];

export const notificationRoutes = (controller: NotificationsController) => [
  ...listRoutes(controller),
  ...preferenceRoutes(controller),
  ...pushRoutes(controller),
  ...unsubscribeRoutes(controller),
];
