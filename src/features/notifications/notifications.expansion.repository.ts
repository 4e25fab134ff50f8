import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import type { Audience, NotificationEvent } from './notifications.events';
import type { Channel } from './notifications.types';

const PageRow = z.object({ count: z.number(), last: z.string().nullable() });

export interface ExpandedPage {
  count: number;
  /** Where the next page begins; null where nobody is left. */
  last: string | null;
}

/** From an event to what each person is told. */
export class ExpansionRepository {
  constructor(private readonly db: Database) {}

  async find(eventId: string): Promise<{ event: NotificationEvent; expandedAt: Date | null } | null> {
    return this.db.prisma.notificationEvent.findUnique({
      where: { id: eventId },
      select: { event: true, expandedAt: true },
    });
  }

  /**
   * The next people behind `after`, each with a notification and with a delivery for every channel that they want it
   * on. What is there already stays as it is.
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
      sql`WITH told AS MATERIALIZED (
            SELECT u.id AS user_id, e.id AS event_id, e.event FROM notification_events e ${audienceOf(audience)}
            WHERE e.id = ${eventId}::uuid AND u.status = 'active' AND u.deleted_at IS NULL
              AND u.id IS DISTINCT FROM e.actor_id AND (${after}::uuid IS NULL OR u.id > ${after}::uuid)
            ORDER BY u.id LIMIT ${limit}::int),
          made AS (
            INSERT INTO notifications (id, event_id, user_id, listed)
            SELECT gen_random_uuid(), t.event_id, t.user_id, ${wants('in_app')} FROM told t
            ON CONFLICT (event_id, user_id) DO NOTHING RETURNING id, user_id),
          deliveries AS (
            INSERT INTO notification_deliveries (id, notification_id, channel, due_at)
            SELECT gen_random_uuid(), m.id, way.channel, ${now} FROM made m JOIN told t ON t.user_id = m.user_id
            CROSS JOIN LATERAL (VALUES ('email', ${wants('email')}),
              ('push', ${wants('push')} AND EXISTS (SELECT FROM push_subscriptions s WHERE s.user_id = t.user_id))) way (channel, wanted)
            WHERE way.wanted
            ON CONFLICT (notification_id, channel) DO NOTHING)
          SELECT count(*) AS count, max(user_id::text) AS last FROM told`,
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

/** Those of the class, the admins, or those whom the event names: of them only people of its tenant. */
function audienceOf(audience: Audience): Sql {
  if (audience === 'admins_of_tenant') {
    return sql`JOIN users u ON u.id IN (
                 SELECT m.user_id FROM group_members m WHERE m.group_id = e.tenant_id AND m.role = 'admin'
                 UNION SELECT p.id FROM users p WHERE p.is_platform_admin)`;
  }
  if (audience === 'named') {
    return sql`JOIN users u ON u.id = ANY(e.user_ids) AND (u.tenant_id = e.tenant_id OR u.is_platform_admin)`;
  }
  if (audience === 'named_and_guardians') {
    return sql`CROSS JOIN LATERAL (SELECT unnest(e.user_ids) AS id
                 UNION SELECT l.guardian_id FROM active_guardians l WHERE l.student_id = ANY(e.user_ids)) meant
               JOIN users u ON u.id = meant.id AND (u.tenant_id = e.tenant_id OR u.is_platform_admin)`;
  }
  return sql`JOIN class_members m ON m.class_id = e.class_id AND m.role = 'teacher' JOIN users u ON u.id = m.user_id`;
}
