import type { Channel } from './notifications.channels';

/**
 * Who is notified: people with a role in the class of the event; the people whom the event names, with or
 * without their guardians; or the admins of the tenant's root group together with the platform admins.
 */
export type Audience = 'teachers_of_class' | 'named' | 'named_and_guardians' | 'admins_of_tenant';

export interface EventSpec {
  audience: Audience;
  /** The channels of people who have chosen none. */
  channels: readonly Channel[];
  /** Whether it can wait for the daily mail. */
  digestible: boolean;
  /** The kind of resource that it is about, which must still exist when it is sent. */
  subject: 'assignment' | 'submission' | 'export' | 'tenant';
  /** The resource's path in the API; `:id` stands for the subject. */
  link: string;
}

/**
 * Every event of which people are notified. A new event needs one entry here and its texts in each
 * language.
 */
export const EVENTS = {
  // Sent when it opens for the student, which may be later for some.
  'assignment.published': {
    audience: 'named',
    channels: ['in_app', 'email', 'push'],
    digestible: true,
    subject: 'assignment',
    link: '/assignments/:id',
  },
  // A reminder for tomorrow cannot wait for tomorrow's mail.
  'assignment.due_soon': {
    audience: 'named',
    channels: ['in_app', 'email', 'push'],
    digestible: false,
    subject: 'assignment',
    link: '/assignments/:id',
  },
  // Thirty students submit in one evening: only teachers who choose so get that many mails.
  'submission.submitted': {
    audience: 'teachers_of_class',
    channels: ['in_app'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // No one waits for it, and nothing can be done about it any more.
  'submission.auto_submitted': {
    audience: 'named',
    channels: ['in_app', 'email'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // Guardians read their child's returned work, and nothing before it is returned.
  'submission.returned': {
    audience: 'named_and_guardians',
    channels: ['in_app', 'email', 'push'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // The requester waits for it.
  'export.ready': {
    audience: 'named',
    channels: ['in_app', 'email'],
    digestible: false,
    subject: 'export',
    link: '/exports/:id',
  },
  // Until it is paid, all AI tools are down.
  'ai.quota_exhausted': {
    audience: 'admins_of_tenant',
    channels: ['in_app', 'email'],
    digestible: false,
    subject: 'tenant',
    link: '/admin/ai-models',
  },
  // A key, the name of a model or one of its parameters is wrong.
  'ai.misconfigured': {
    audience: 'admins_of_tenant',
    channels: ['in_app', 'email'],
    digestible: false,
    subject: 'tenant',
    link: '/admin/ai-models',
  },
} as const satisfies Record<string, EventSpec>;

export type NotificationEvent = keyof typeof EVENTS;

/** In the order in which clients show them. */
export const NOTIFICATION_EVENTS = Object.keys(EVENTS) as [NotificationEvent, ...NotificationEvent[]];

export const specOf = (event: NotificationEvent): EventSpec => EVENTS[event];

type AudienceOf<E extends NotificationEvent> = (typeof EVENTS)[E]['audience'] extends
  | 'named'
  | 'named_and_guardians'
  ? { userIds: readonly string[]; classId?: string }
  : (typeof EVENTS)[E]['audience'] extends 'admins_of_tenant'
    ? { classId?: never }
    : { classId: string };

interface NewEventBase {
  /** The tenant in which it happened. */
  tenantId: string;
  /** The assignment, submission, export or root group that it is about. */
  subjectId: string;
  assignmentId?: string;
  /** Distinguishes repeated events of one subject; the same occurrence again is ignored. */
  occurrence?: string;
}

/** An event that a service emits. If it names a class, people who have left the class are not notified. */
export type NewEvent = {
  [E in NotificationEvent]: { event: E } & NewEventBase & AudienceOf<E>;
}[NotificationEvent];

/** Notifies people. Other features depend on this. */
export interface Notify {
  /**
   * Call it in the transaction in which the event happens. Emitting the same event twice has the effect of
   * once.
   */
  emit(event: NewEvent): Promise<void>;
}
