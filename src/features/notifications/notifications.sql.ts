import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { KeyBranch, SortColumn } from '../../platform/db/paging';
import { empty, join, type Sql, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Channel } from './notifications.channels';
import type { NotificationEvent } from './notifications.events';

const NOTIFICATION = {
  id: true,
  readAt: true,
  createdAt: true,
} as const satisfies Prisma.NotificationSelect;

const EVENT = {
  event: true,
  subjectId: true,
  assignmentId: true,
  classId: true,
} as const satisfies Prisma.NotificationEventSelect;

const EventRow = modelRow<Prisma.NotificationEventGetPayload<{ select: typeof EVENT }>>(EVENT);

/** A notification as the list shows it. */
export const NotificationRow = modelRow<Prisma.NotificationGetPayload<{ select: typeof NOTIFICATION }>>(
  NOTIFICATION,
)
  .extend(EventRow.shape)
  .extend({
    /** Titles as they are now; null for a person who can no longer read them. */
    assignmentTitle: z.string().nullable(),
    className: z.string().nullable(),
  });

export interface NotificationFilters {
  unread?: boolean | undefined;
  event?: NotificationEvent | undefined;
}

export const NOTIFICATION_SORTS = {
  createdAt: { expression: sql`n.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

/** A title is shown to people who could read it in the class itself, or on their own returned work. */
const IN_CLASS = sql`EXISTS (
  SELECT
  FROM class_people p
  WHERE p.class_id = e.class_id AND p.user_id = n.user_id)`;
const OWN_WORK = sql`(e.event = 'submission.returned' AND (
  n.user_id = ANY(e.user_ids)
  OR EXISTS (
    SELECT
    FROM active_guardians l
    WHERE l.guardian_id = n.user_id AND l.student_id = ANY(e.user_ids))))`;

export const NOTIFICATION_COLUMNS = sql`${columnsOf(NOTIFICATION, 'n')},
  ${columnsOf(EVENT, 'e')},
  CASE WHEN a.deleted_at IS NULL AND (${IN_CLASS} OR ${OWN_WORK}) THEN a.title END AS "assignmentTitle",
  CASE WHEN ${IN_CLASS} THEN c.name END AS "className"`;

export const NOTIFICATIONS_FROM = sql`notifications n
  JOIN notification_events e ON e.id = n.event_id
  LEFT JOIN assignments a ON a.id = e.assignment_id
  LEFT JOIN classes c ON c.id = e.class_id`;

/** How a person's list is read: along an index of their notifications, newest first. */
export function notificationBranch(
  userId: string,
  { unread, event }: NotificationFilters,
  { expression: key }: SortColumn,
): KeyBranch {
  const where = [sql`n.user_id = ${userId}::uuid`, sql`n.listed`];
  if (unread !== undefined) where.push(unread ? sql`n.read_at IS NULL` : sql`n.read_at IS NOT NULL`);
  if (event !== undefined) where.push(sql`e.event = ${event}`);
  const events = event === undefined ? empty : sql`JOIN notification_events e ON e.id = n.event_id`;
  return { from: sql`notifications n ${events}`, where, key, id: sql`n.id` };
}

export function selectNotification(userId: string, id: string): Sql {
  return sql`SELECT ${NOTIFICATION_COLUMNS}
             FROM ${NOTIFICATIONS_FROM}
             WHERE n.id = ${id}::uuid AND n.user_id = ${userId}::uuid AND n.listed`;
}

/** Whether a person wants an event on a channel. */
export interface Choice {
  event: NotificationEvent;
  channel: Channel;
  enabled: boolean;
}

/** Stores choices of a person and replaces existing ones. */
export function upsertChoices(userId: string, choices: readonly Choice[]): Sql {
  const rows = choices.map(
    ({ event, channel, enabled }) =>
      sql`(${newId()}::uuid, ${userId}::uuid, ${event}, ${channel}, ${enabled})`,
  );
  return sql`INSERT INTO notification_preferences (id, user_id, event, channel, enabled)
             VALUES ${join(rows)}
             ON CONFLICT (user_id, event, channel) DO UPDATE
             SET enabled = excluded.enabled
             WHERE notification_preferences.enabled <> excluded.enabled`;
}
