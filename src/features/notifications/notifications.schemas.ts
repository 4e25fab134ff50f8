import { z } from 'zod';
import { id, links, listQuery, opaque, queryFlag, timestamp, timeZone, webAddress } from '../../http/schemas';
import { CHANNELS, DIGESTS } from './notifications.channels';
import { type EventSpec, NOTIFICATION_EVENTS, type NotificationEvent } from './notifications.events';

export const ListNotificationsQuery = listQuery(['-createdAt'], {
  unread: queryFlag().optional().describe('true: only unread notifications; false: only read ones.'),
  event: z.enum(NOTIFICATION_EVENTS).optional().describe('Only notifications of this kind.'),
});

export const NotificationSchema = z
  .object({
    id: z.uuid(),
    event: z.enum(NOTIFICATION_EVENTS),
    subject: z.object({
      type: z.enum(['assignment', 'submission', 'export', 'tenant'] satisfies EventSpec['subject'][]),
      id: z.uuid(),
    }),
    assignment: z
      .object({
        id: z.uuid(),
        title: z.string().nullable().describe('Null if you can no longer read the assignment.'),
      })
      .nullable(),
    class: z
      .object({
        id: z.uuid(),
        name: z.string().nullable().describe('Null if you no longer belong to the class.'),
      })
      .nullable(),
    read: z.boolean(),
    readAt: timestamp().nullable(),
    createdAt: timestamp(),
    links: links('self', 'subject'),
  })
  .meta({ id: 'Notification' });

export const NotificationTotals = z
  .object({
    unread: z
      .number()
      .int()
      .describe('The number of unread notifications on all pages. Filters do not change it.'),
  })
  .meta({ id: 'NotificationTotals' });

export const UpdateNotificationBody = z.strictObject({ read: z.boolean() });

export const ReadAllSchema = z
  .object({ read: z.number().int().describe('The number of notifications that were unread.') })
  .meta({ id: 'NotificationsRead' });

const clock = () =>
  z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { message: 'is not a time such as 21:30' });

const channels = z.strictObject(
  Object.fromEntries(CHANNELS.map((channel) => [channel, z.boolean()])) as Record<
    (typeof CHANNELS)[number],
    z.ZodBoolean
  >,
);
const byEvent = z.strictObject(
  Object.fromEntries(NOTIFICATION_EVENTS.map((event) => [event, channels])) as Record<
    NotificationEvent,
    typeof channels
  >,
);

const preferences = {
  channels: byEvent.describe('For each event, the channels on which you want it.'),
  quietHours: z
    .strictObject({ from: clock(), until: clock() })
    .refine(({ from, until }) => from !== until, {
      message: 'must be different from the time in from',
      path: ['until'],
    })
    .nullable()
    .describe(
      'You get no e-mails and push notifications from `from` to `until` (which may be on the next day). They are sent afterwards.',
    ),
  timeZone: timeZone()
    .nullable()
    .describe('The time zone of the quiet hours and the daily e-mail; null for the time zone of the school.'),
  digest: z.enum(DIGESTS).describe('daily: notifications that can wait are sent in one e-mail at 17:00.'),
};

/** A client does not know events that were added later, so it may leave events out. */
const someEvents = z.strictObject(
  Object.fromEntries(NOTIFICATION_EVENTS.map((event) => [event, channels.partial().optional()])) as Record<
    NotificationEvent,
    z.ZodOptional<ReturnType<typeof channels.partial>>
  >,
);

export const PreferencesBody = z.strictObject({
  ...preferences,
  channels: someEvents.describe(
    'For each event, the channels on which you want it. Events and channels that you leave out stay as they are.',
  ),
});
export const PreferencesSchema = z
  .object({
    ...preferences,
    pushPublicKey: z
      .string()
      .nullable()
      .describe(
        'The `applicationServerKey` for `PushManager.subscribe()`; null if Web Push is not available.',
      ),
    links: links('self'),
  })
  .meta({ id: 'NotificationPreferences' });

const base64url = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\w-]+={0,2}$/, { message: 'is not base64url' });

/** The address of a push service. The sender checks again where it leads. */
const endpoint = () => webAddress(/^https?$/, 'is not an https address').max(1_000);

export const PushSubscriptionBody = z.strictObject({
  endpoint: endpoint(),
  keys: z.strictObject({ p256dh: base64url(80, 100), auth: base64url(20, 30) }),
});
export const PushUnsubscribeBody = z.strictObject({ endpoint: endpoint() });
export const PushSubscriptionSchema = z
  .object({ id: z.uuid(), links: links('preferences') })
  .meta({ id: 'PushSubscription' });

export const NotificationParams = z.strictObject({ id: id() });
export const UnsubscribeParams = z.strictObject({ token: opaque(1, 250) });
export const UnsubscribedSchema = z.object({ unsubscribed: z.literal(true) }).meta({ id: 'Unsubscribed' });
