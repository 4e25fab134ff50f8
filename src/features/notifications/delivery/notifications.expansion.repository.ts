import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { empty, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { Audience, NotificationEvent } from '../notifications.events';
import type { Channel } from '../notifications.types';

const PageRow = z.object({ count: z.number(), last: z.string().nullable() });

export interface ExpandedPage {
  count: number;
  /** Where the next page begins; null after the last. */
  last: string | null;
}

/** Turns an event into notifications and deliveries for each person. */
export class ExpansionRepository {
  constructor(private readonly db: Database) {}

  async find(eventId: string): Promise<{ event: NotificationEvent; expandedAt: Date | null } | null> {
    return this.db.prisma.notificationEvent.findUnique({
      where: { id: eventId },
      select: { event: true, expandedAt: true },
    });
  }

  /**
   * Creates a notification for the next people after `after`, with a delivery for each channel that they
   * want. Existing ones stay as they are.
   */
  async createForRecipients(
    eventId: string,
    { audience, channels }: { audience: Audience; channels: readonly Channel[] },
    { after, limit, now }: { after: string | null; limit: number; now: Date },
  ): Promise<ExpandedPage> {
    const wants = (channel: Channel): Sql =>
      sql`coalesce((SELECT p.enabled FROM notification_preferences p
                    WHERE p.user_id = t.user_id AND p.event = t.event AND p.channel = ${channel}), ${channels.includes(channel)})`;
    const row = await this.db.row(
      sql`WITH meant AS MATERIALIZED (
            SELECT p.user_id, e.id AS event_id, e.event, e.tenant_id, e.actor_id FROM notification_events e
            CROSS JOIN LATERAL (${peopleOf(audience, after, limit)}) p
            WHERE e.id = ${eventId}::uuid ORDER BY p.user_id ${limitTo(limit)}),
          told AS MATERIALIZED (
            SELECT m.user_id, m.event_id, m.event, u.email IS NOT NULL AS has_email FROM meant m JOIN users u ON u.id = m.user_id
            WHERE u.status = 'active' AND u.deleted_at IS NULL AND u.id IS DISTINCT FROM m.actor_id
              ${isNamed(audience) ? sql`AND (u.tenant_id = m.tenant_id OR u.is_platform_admin)` : empty}),
          made AS (
            INSERT INTO notifications (id, event_id, user_id, listed)
            SELECT gen_random_uuid(), t.event_id, t.user_id, ${wants('in_app')} FROM told t
            ON CONFLICT (event_id, user_id) DO NOTHING RETURNING id, user_id),
          deliveries AS (
            INSERT INTO notification_deliveries (id, notification_id, event_id, channel, due_at)
            SELECT gen_random_uuid(), m.id, t.event_id, way.channel, ${now} FROM made m JOIN told t ON t.user_id = m.user_id
            CROSS JOIN LATERAL (VALUES ('email', t.has_email AND ${wants('email')}),
              ('push', ${wants('push')} AND EXISTS (SELECT FROM push_subscriptions s WHERE s.user_id = t.user_id))) way (channel, wanted)
            WHERE way.wanted
            ON CONFLICT (notification_id, channel) DO NOTHING)
          SELECT count(*) AS count, max(user_id::text) AS last FROM meant`,
      PageRow,
    );
    return row ?? { count: 0, last: null };
  }

  async markExpanded(eventId: string, now: Date): Promise<void> {
    await this.db.prisma.notificationEvent.updateMany({
      where: { id: eventId, expandedAt: null },
      data: { expandedAt: now },
    });
  }
}

/** Of the people whom an event names, only those of its tenant are notified. */
const isNamed = (audience: Audience): boolean => audience === 'named' || audience === 'named_and_guardians';

/**
 * Selects the next recipients after `after` of the event `e`: those of the class, the admins, or the people
 * whom the event names. Each set is read in the order of ids, and no further than the end of the page.
 */
function peopleOf(audience: Audience, after: string | null, limit: number): Sql {
  const next = (id: Sql, from: Sql): Sql =>
    sql`(SELECT DISTINCT ${id} AS user_id FROM ${from} ${after === null ? empty : sql`AND ${id} > ${after}::uuid`}
         ORDER BY ${id} ${limitTo(limit)})`;
  const named = next(sql`named.id`, sql`unnest(e.user_ids) AS named(id) WHERE TRUE`);
  switch (audience) {
    case 'admins_of_tenant':
      return sql`${next(sql`m.user_id`, sql`group_members m WHERE m.group_id = e.tenant_id AND m.role = 'admin'`)}
        UNION ${next(sql`p.id`, sql`users p WHERE p.is_platform_admin`)}`;
    case 'named':
      return named;
    case 'named_and_guardians':
      return sql`${named} UNION ${next(sql`l.guardian_id`, sql`active_guardians l WHERE l.student_id = ANY(e.user_ids)`)}`;
    case 'teachers_of_class':
      return next(sql`m.user_id`, sql`class_members m WHERE m.class_id = e.class_id AND m.role = 'teacher'`);
  }
}
