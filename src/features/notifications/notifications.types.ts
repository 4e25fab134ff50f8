import type { z } from 'zod';
import type { DeliveryRow } from './delivery/notifications.delivery.sql';
import type { Channel, Digest } from './notifications.channels';
import type { NotificationEvent } from './notifications.events';
import type { NotificationRow } from './notifications.sql';

/** A notification as the list shows it. */
export type Notification = z.output<typeof NotificationRow>;

/** A delivery with everything that decides about it, as it is now. */
export type Delivery = z.output<typeof DeliveryRow>;

/** Minutes after midnight; the end may be on the next day. */
export interface QuietHours {
  from: number;
  until: number;
}

export interface Settings {
  quietHours: QuietHours | null;
  /** Null for the school's zone. */
  timeZone: string | null;
  digest: Digest;
}

/** For each event and channel, whether the person wants it. */
export type ChannelChoice = Record<NotificationEvent, Record<Channel, boolean>>;

export interface Preferences extends Settings {
  channels: ChannelChoice;
}

/** A person's requested preferences. Choices that are not named stay as they are. */
export interface NewPreferences extends Settings {
  channels: { [E in NotificationEvent]?: { [C in Channel]?: boolean | undefined } | undefined };
}

/** A browser that accepts Web Push, as the browser describes it. */
export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

declare global {
  namespace PrismaJson {
    /** The column `notification_events.event`: only this code writes it, with its own names. */
    type NotificationEvent = import('./notifications.events').NotificationEvent;
  }
}
