import { z } from 'zod';
import { empty, join, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { Channel } from '../notifications.channels';
import type { Audience } from '../notifications.events';

/** How many people there were, and the last of them. */
export const PageRow = z.object({ count: z.number(), last: z.string().nullable() });

export interface ExpandedEvent {
  audience: Audience;
  /** The channels on which it is sent to those who have not chosen otherwise. */
  channels: readonly Channel[];
}

export interface RecipientsPage {
  after: string | null;
  limit: number;
  now: Date;
}

/** Whether the person `t` wants the event on a channel. */
const wants = (channel: Channel, { channels }: ExpandedEvent): Sql =>
  sql`coalesce(
        (SELECT p.enabled
         FROM notification_preferences p
         WHERE p.user_id = t.user_id AND p.event = t.event AND p.channel = ${channel}),
        ${channels.includes(channel)})`;

/** The channels outside of the app, with whether the person `t` wants the event there and can get it. */
const waysOf = (event: ExpandedEvent): Sql => sql`(
  VALUES
    ('email', t.has_email AND ${wants('email', event)}),
    ('push', ${wants('push', event)} AND EXISTS (
      SELECT
      FROM push_subscriptions s
      WHERE s.user_id = t.user_id))) way (channel, wanted)`;

/** The next people of an event, each with a notification and with a delivery for every channel that they want. */
export function createNotifications(
  eventId: string,
  event: ExpandedEvent,
  { after, limit, now }: RecipientsPage,
): Sql {
  const { audience } = event;
  return sql`WITH meant AS MATERIALIZED (
             SELECT p.user_id, e.id AS event_id, e.event, e.tenant_id, e.actor_id
             FROM notification_events e
             CROSS JOIN LATERAL (${peopleOf(audience, after, limit)}) p
             WHERE e.id = ${eventId}::uuid
             ORDER BY p.user_id
             ${limitTo(limit)}),
           told AS MATERIALIZED (
             SELECT m.user_id, m.event_id, m.event, u.email IS NOT NULL AS has_email
             FROM meant m
             JOIN users u ON u.id = m.user_id
             WHERE u.status = 'active'
               AND u.deleted_at IS NULL
               AND u.id IS DISTINCT FROM m.actor_id
               ${isNamed(audience) ? sql`AND (u.tenant_id = m.tenant_id OR u.is_platform_admin)` : empty}),
           made AS (
             INSERT INTO notifications (id, event_id, user_id, listed)
             SELECT gen_random_uuid(), t.event_id, t.user_id, ${wants('in_app', event)}
             FROM told t
             ON CONFLICT (event_id, user_id) DO NOTHING
             RETURNING id, user_id),
           deliveries AS (
             INSERT INTO notification_deliveries (id, notification_id, event_id, channel, due_at)
             SELECT gen_random_uuid(), m.id, t.event_id, way.channel, ${now}
             FROM made m
             JOIN told t ON t.user_id = m.user_id
             CROSS JOIN LATERAL ${waysOf(event)}
             WHERE way.wanted
             ON CONFLICT (notification_id, channel) DO NOTHING)
           SELECT count(*) AS count, max(user_id::text) AS last
           FROM meant`;
}

/** Of the people whom an event names, only those of its tenant are notified. */
const isNamed = (audience: Audience): boolean => audience === 'named' || audience === 'named_and_guardians';

/**
 * Selects the next recipients after `after` of the event `e`: those of the class, the admins, or the people
 * whom the event names. Each set is read in the order of ids, and no further than the end of the page.
 */
function peopleOf(audience: Audience, after: string | null, limit: number): Sql {
  const next = (id: Sql, from: Sql): Sql =>
    sql`(SELECT DISTINCT ${id} AS user_id
         FROM ${from} ${after === null ? empty : sql`AND ${id} > ${after}::uuid`}
         ORDER BY ${id}
         ${limitTo(limit)})`;
  const named = next(sql`named.id`, sql`unnest(e.user_ids) AS named(id) WHERE TRUE`);
  switch (audience) {
    case 'admins_of_tenant':
      return join(
        [
          next(sql`m.user_id`, sql`group_members m WHERE m.group_id = e.tenant_id AND m.role = 'admin'`),
          next(sql`p.id`, sql`users p WHERE p.is_platform_admin`),
        ],
        ' UNION ',
      );
    case 'named':
      return named;
    case 'named_and_guardians':
      return sql`${named}
        UNION
        ${next(sql`l.guardian_id`, sql`active_guardians l WHERE l.student_id = ANY(e.user_ids)`)}`;
    case 'teachers_of_class':
      return next(sql`m.user_id`, sql`class_members m WHERE m.class_id = e.class_id AND m.role = 'teacher'`);
  }
}
