import type { NotificationEvent } from './notifications.events';

export const CHANNELS = ['in_app', 'email', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Channels on which something leaves the house; a notification in the list is there or is not. */
export type DeliveryChannel = Exclude<Channel, 'in_app'>;

export const DIGESTS = ['none', 'daily'] as const;
export type Digest = (typeof DIGESTS)[number];

/** What a person is told, as their list shows it. */
export interface Notification {
  id: string;
  event: NotificationEvent;
  subjectId: string;
  assignmentId: string | null;
  classId: string | null;
  /** Titles as they are now; null for a person who can no longer read them. */
  assignmentTitle: string | null;
  className: string | null;
  readAt: Date | null;
  createdAt: Date;
}

/** Minutes after midnight; the end may lie on the next day. */
export interface QuietHours {
  from: number;
  until: number;
}

export interface Settings {
  quietHours: QuietHours | null;
  /** Null for the zone of the school. */
  timeZone: string | null;
  digest: Digest;
}

/** For each event and channel, whether the person wants it. */
export type ChannelChoice = Record<NotificationEvent, Record<Channel, boolean>>;

export interface Preferences extends Settings {
  channels: ChannelChoice;
}

/** What a person asks for. Choices that are not named stay as they are. */
export interface NewPreferences extends Settings {
  channels: { [E in NotificationEvent]?: { [C in Channel]?: boolean | undefined } | undefined };
}

/** A browser that takes Web Push, as the browser describes it. */
export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}
