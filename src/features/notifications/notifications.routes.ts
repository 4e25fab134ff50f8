import { defineRoute, everybody, signedIn } from '../../http/route';
import type { NotificationsController } from './notifications.controller';
import {
  ListNotificationsQuery,
  NotificationParams,
  NotificationSchema,
  NotificationTotals,
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
    summary: 'List your notifications',
    description: 'Newest first. `meta.totals.unread` is the number of unread notifications.',
    access: signedIn('notification.read'),
    query: ListNotificationsQuery,
    success: {
      status: 200,
      description: 'A page of notifications.',
      data: NotificationSchema,
      list: true,
      totals: NotificationTotals,
    },
    handler: controller.list,
  }),
  defineRoute({
    method: 'patch',
    path: '/notifications/:id',
    summary: 'Mark a notification as read or unread',
    access: signedIn('notification.update'),
    params: NotificationParams,
    body: UpdateNotificationBody,
    example: { read: true },
    success: { status: 200, description: 'The notification.', data: NotificationSchema },
    errors: { 'notification.not_found': 'There is no such notification, or it belongs to another user.' },
    handler: controller.update,
  }),
  defineRoute({
    method: 'post',
    path: '/notifications/read-all',
    summary: 'Mark all your notifications as read',
    access: signedIn('notification.update'),
    success: {
      status: 200,
      description: 'The number of notifications that were unread.',
      data: ReadAllSchema,
    },
    handler: controller.readAll,
  }),
];

const preferenceRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'get',
    path: '/notifications/preferences',
    summary: 'Get your notification preferences',
    access: signedIn('notification.read'),
    success: { status: 200, description: 'Your preferences.', data: PreferencesSchema },
    handler: controller.getPreferences,
  }),
  defineRoute({
    method: 'put',
    path: '/notifications/preferences',
    summary: 'Set your notification preferences',
    description:
      'Replaces all preferences. They also apply to notifications that have not been delivered yet.',
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
    summary: 'Subscribe this browser to push notifications',
    description:
      'The body is the result of `PushSubscription.toJSON()`. If you send the same browser again, you get the same subscription.',
    access: signedIn('notification.update'),
    body: PushSubscriptionBody,
    example: {
      endpoint: EXAMPLE_ENDPOINT,
      keys: {
        p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
        auth: 'tBHItJI5svbpez7KI4CCXg',
      },
    },
    success: { status: 201, description: 'The browser is subscribed.', data: PushSubscriptionSchema },
    idempotency: 'transaction',
    handler: controller.subscribe,
  }),
  defineRoute({
    method: 'delete',
    path: '/notifications/push-subscriptions',
    summary: 'Unsubscribe this browser from push notifications',
    access: signedIn('notification.update'),
    body: PushUnsubscribeBody,
    example: { endpoint: EXAMPLE_ENDPOINT },
    success: { status: 204, description: 'The browser is unsubscribed.' },
    errors: { 'push.not_found': 'This browser is not subscribed, or it is subscribed for another user.' },
    handler: controller.unsubscribe,
  }),
];

const INVALID_LINK = {
  'unsubscribe.invalid':
    'The link has expired after 60 days, belongs to an old e-mail address, or is not valid.',
};

const unsubscribeRoutes = (controller: NotificationsController) => [
  defineRoute({
    method: 'get',
    path: '/notifications/unsubscribe/:token',
    summary: 'Get the unsubscribe page',
    description:
      'The page that the link in an e-mail opens. It has a button. Opening the page changes nothing, because mail scanners open links.',
    access: everybody,
    params: UnsubscribeParams,
    success: { status: 200, description: 'The page.', formats: ['text/html'] },
    errors: INVALID_LINK,
    handler: controller.askUnsubscribe,
  }),
  defineRoute({
    method: 'post',
    path: '/notifications/unsubscribe/:token',
    summary: 'Unsubscribe from a kind of e-mail',
    description:
      'The one-click unsubscribe of RFC 8058: mail programs send this request themselves. The body is ignored.',
    access: everybody,
    params: UnsubscribeParams,
    anyBody: true,
    success: {
      status: 200,
      description: 'You are unsubscribed. The answer is a page if the client asks for HTML.',
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
