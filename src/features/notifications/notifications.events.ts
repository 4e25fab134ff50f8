import type { Channel } from './notifications.types';

/**
 * Who is told: people with a role in the class of the event; whom the event names, with their guardians or
 * without; or the admins of the tenant's root group with those of the platform.
 */
export type Audience = 'teachers_of_class' | 'named' | 'named_and_guardians' | 'admins_of_tenant';

export interface EventSpec {
  audience: Audience;
  /** The channels of people who have chosen nothing. */
  channels: readonly Channel[];
  /** Whether it can wait for the mail of the day. */
  digestible: boolean;
  /** Which resource it is about; also what must still be there when it is sent. */
  subject: 'assignment' | 'submission' | 'export' | 'tenant';
  /** Where in the API the thing is; `:id` stands for the subject. */
  link: string;
}

/** Everything that people are told of. A new event is one entry here and its words in each language. */
export const EVENTS = {
  // Those for whom it is open: for some it may open later than for others.
  'assignment.published': {
    audience: 'named',
    channels: ['in_app', 'email', 'push'],
    digestible: true,
    subject: 'assignment',
    link: '/assignments/:id',
  },
  // What is due tomorrow cannot wait for tomorrow's mail.
  'assignment.due_soon': {
    audience: 'named',
    channels: ['in_app', 'email', 'push'],
    digestible: false,
    subject: 'assignment',
    link: '/assignments/:id',
  },
  // Thirty pupils hand in on one evening: that many mails are wanted by those only who say so.
  'submission.submitted': {
    audience: 'teachers_of_class',
    channels: ['in_app'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // Nobody waits for it, and nothing can be done about it any more.
  'submission.auto_submitted': {
    audience: 'named',
    channels: ['in_app', 'email'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // Guardians read what their child has got back, and nothing before.
  'submission.returned': {
    audience: 'named_and_guardians',
    channels: ['in_app', 'email', 'push'],
    digestible: true,
    subject: 'submission',
    link: '/submissions/:id',
  },
  // Somebody waits for it.
  'export.ready': {
    audience: 'named',
    channels: ['in_app', 'email'],
    digestible: false,
    subject: 'export',
    link: '/exports/:id',
  },
  // Until somebody pays, nobody gets an answer.
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
  /** Tells apart what happens to one subject several times: the same one again is nothing new. */
  occurrence?: string;
}

/** What a service says of something that has happened. If it names a class, people who have left the class are not told. */
export type NewEvent = {
  [E in NotificationEvent]: { event: E } & NewEventBase & AudienceOf<E>;
}[NotificationEvent];

/** Has people told. What other features depend on. */
export interface Notify {
  /** Call it within the transaction in which it happens; calling it twice for the same is calling it once. */
  emit(event: NewEvent): Promise<void>;
}
