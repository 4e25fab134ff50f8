import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import type { NotificationEvent } from './notifications.events';
import type { DeliveryChannel, Digest } from './notifications.types';

const DeliveryRow = z.object({
  id: z.string(),
  notificationId: z.string(),
  channel: z.string(),
  state: z.string(),
  handedAt: z.date().nullable(),
  userId: z.string(),
  event: z.string(),
  subjectId: z.string(),
  createdAt: z.date(),
  email: z.string(),
  locale: z.string().nullable(),
  isActive: z.boolean(),
  isOfTenant: z.boolean(),
  classId: z.string().nullable(),
  classRole: z.string().nullable(),
  isGuardian: z.boolean(),
  isPlaceGone: z.boolean(),
  assignmentState: z.string().nullable(),
  /** Whether the assignment has opened for the recipient. */
  isOpened: z.boolean(),
  hasHandedIn: z.boolean(),
  groupId: z.string(),
  groupName: z.string(),
  className: z.string().nullable(),
  assignmentTitle: z.string().nullable(),
  dueAt: z.date().nullable(),
  quietFrom: z.number().nullable(),
  quietUntil: z.number().nullable(),
  timeZone: z.string().nullable(),
  digest: z.string(),
  chosen: z.boolean().nullable(),
});

/** A delivery with everything that decides about it, as it is now. */
export type Delivery = z.infer<typeof DeliveryRow> & {
  event: NotificationEvent;
  channel: DeliveryChannel;
  state: 'pending' | 'deferred' | 'sent' | 'failed' | 'skipped';
  digest: Digest;
};

const DueRow = z.object({ id: z.string() });
const WaitRow = z.object({ dueAt: z.date().nullable() });
const CountRow = z.object({
  notifications: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
  open: z.number(),
});

/** How the deliveries of an event stand. */
export type DeliveryCounts = z.infer<typeof CountRow>;

export interface Ending {
  state: 'sent' | 'failed' | 'skipped';
  code: string | null;
  providerId?: string;
}

const OPEN = sql`state IN ('pending', 'deferred')`;

/** The state of what leaves the house. */
export class DeliveriesRepository {
  constructor(private readonly db: Database) {}

  /** Those of an event that can be tried now, and when the next of the others can. */
  async listDue(eventId: string, now: Date, limit: number): Promise<{ ids: string[]; nextAt: Date | null }> {
    const from = sql`FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
      WHERE n.event_id = ${eventId}::uuid AND d.state IN ('pending', 'deferred') AND d.digest_id IS NULL`;
    const due = await this.db.rows(
      sql`SELECT d.id ${from} AND d.due_at <= ${now} ORDER BY d.due_at, d.id LIMIT ${limit}::int`,
      DueRow,
    );
    if (due.length > 0) return { ids: due.map(({ id }) => id), nextAt: null };
    const next = await this.db.row(sql`SELECT min(d.due_at) AS "dueAt" ${from}`, WaitRow);
    return { ids: [], nextAt: next?.dueAt ?? null };
  }

  /** Begins an attempt. @returns null where there is nothing to do: it has ended, waits, or another's mail tells of it. */
  async begin(id: string, now: Date): Promise<Delivery | null> {
    const begun = await this.db.execute(
      sql`UPDATE notification_deliveries SET attempts = attempts + 1
          WHERE id = ${id}::uuid AND ${OPEN} AND due_at <= ${now} AND digest_id IS NULL`,
    );
    return begun === 0 ? null : ((await this.load(sql`d.id = ${id}::uuid`, now))[0] ?? null);
  }

  /** @returns false where an attempt has been here before: it may have handed the mail over. */
  async markHanded(id: string, now: Date): Promise<boolean> {
    const marked = await this.db.execute(
      sql`UPDATE notification_deliveries SET handed_at = ${now} WHERE id = ${id}::uuid AND ${OPEN} AND handed_at IS NULL`,
    );
    return marked === 1;
  }

  /** The server has said that it did not take it. */
  async clearHanded(id: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE notification_deliveries SET handed_at = NULL WHERE id = ${id}::uuid AND ${OPEN} AND handed_at IS NOT NULL`,
    );
  }

  async defer(id: string, until: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE notification_deliveries SET state = 'deferred', due_at = ${until} WHERE id = ${id}::uuid AND ${OPEN}`,
    );
  }

  /**
   * Takes all that waits for this person's mail of the day into one, that of `leadId`; what an earlier attempt took
   * stays in it. @returns null where another mail has taken the lead itself.
   */
  async gather(
    leadId: string,
    userId: string,
    events: readonly string[],
    now: Date,
  ): Promise<Delivery[] | null> {
    return this.db.transaction(async () => {
      // Two digests of one person gather one after the other.
      await this.db.execute(sql`SELECT FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
      const isFree = await this.db.execute(
        sql`SELECT FROM notification_deliveries WHERE id = ${leadId}::uuid AND ${OPEN} AND digest_id IS NULL`,
      );
      if (isFree === 0) return null;
      const isFirstAttempt =
        (await this.db.execute(
          sql`SELECT FROM notification_deliveries WHERE digest_id = ${leadId}::uuid`,
        )) === 0;
      if (isFirstAttempt) {
        await this.db.execute(
          sql`UPDATE notification_deliveries d SET digest_id = ${leadId}::uuid
              FROM notifications n JOIN notification_events e ON e.id = n.event_id
              WHERE n.id = d.notification_id AND n.user_id = ${userId}::uuid AND d.channel = 'email' AND d.id <> ${leadId}::uuid
                AND d.state = 'deferred' AND d.due_at <= ${now} AND d.handed_at IS NULL AND d.digest_id IS NULL
                AND e.event = ANY(${[...events]}::text[])
                AND NOT EXISTS (SELECT FROM notification_deliveries led WHERE led.digest_id = d.id)`,
        );
      }
      return this.load(
        sql`(d.id = ${leadId}::uuid OR d.digest_id = ${leadId}::uuid) AND d.state IN ('pending', 'deferred')`,
        now,
      );
    });
  }

  /** Ends these; one that has ended stays as it is. What a digest has taken along ends with its lead. */
  async finish(ids: readonly string[], { state, code, providerId }: Ending, now: Date): Promise<number> {
    const list = sql`${[...ids]}::uuid[]`;
    return this.db.execute(
      sql`UPDATE notification_deliveries SET state = ${state}, error_code = ${code}, provider_id = ${providerId ?? null}, finished_at = ${now}
          WHERE (id = ANY(${list}) OR digest_id = ANY(${list})) AND ${OPEN}`,
    );
  }

  /** Ends whatever is still open of an event. */
  async skipOpen(eventId: string, code: string, now: Date): Promise<number> {
    return this.db.execute(
      sql`UPDATE notification_deliveries SET state = 'skipped', error_code = ${code}, finished_at = ${now}
          WHERE notification_id IN (SELECT id FROM notifications WHERE event_id = ${eventId}::uuid) AND ${OPEN}`,
    );
  }

  async count(eventId: string): Promise<DeliveryCounts> {
    const row = await this.db.row(
      sql`SELECT count(DISTINCT n.id) AS notifications, count(*) FILTER (WHERE d.state = 'sent') AS sent,
                 count(*) FILTER (WHERE d.state = 'failed') AS failed, count(*) FILTER (WHERE d.state = 'skipped') AS skipped,
                 count(*) FILTER (WHERE d.state IN ('pending', 'deferred')) AS open
          FROM notifications n LEFT JOIN notification_deliveries d ON d.notification_id = n.id WHERE n.event_id = ${eventId}::uuid`,
      CountRow,
    );
    return row ?? { notifications: 0, sent: 0, failed: 0, skipped: 0, open: 0 };
  }

  private async load(where: Sql, now: Date): Promise<Delivery[]> {
    const rows = await this.db.rows(
      sql`SELECT d.id, n.id AS "notificationId", d.channel, d.state, d.handed_at AS "handedAt", n.user_id AS "userId", e.event,
                 e.subject_id AS "subjectId", e.created_at AS "createdAt", u.email, u.locale,
                 (u.status = 'active' AND u.deleted_at IS NULL) AS "isActive",
                 (u.is_platform_admin OR coalesce(u.tenant_id = e.tenant_id, false)) AS "isOfTenant",
                 e.class_id AS "classId", m.role AS "classRole",
                 EXISTS (SELECT FROM active_guardians w WHERE w.guardian_id = u.id AND w.student_id = ANY(e.user_ids)) AS "isGuardian", (g.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL) AS "isPlaceGone",
                 CASE WHEN a.deleted_at IS NULL THEN a.state ELSE 'deleted' END AS "assignmentState",
                 EXISTS (SELECT FROM submissions s WHERE s.assignment_id = a.id AND s.user_id = u.id AND s.state <> 'in_progress') AS "hasHandedIn",
                 g.id AS "groupId", g.name AS "groupName", c.name AS "className", a.title AS "assignmentTitle",
                 w.due_at AS "dueAt", coalesce(w.is_opened, FALSE) AS "isOpened", s.quiet_from AS "quietFrom", s.quiet_until AS "quietUntil",
                 s.time_zone AS "timeZone", coalesce(s.digest, 'none') AS digest, p.enabled AS chosen
          FROM notification_deliveries d
          JOIN notifications n ON n.id = d.notification_id JOIN notification_events e ON e.id = n.event_id JOIN users u ON u.id = n.user_id
          LEFT JOIN classes c ON c.id = e.class_id JOIN groups g ON g.id = coalesce(c.group_id, e.tenant_id)
          LEFT JOIN class_members m ON m.class_id = e.class_id AND m.user_id = u.id
          LEFT JOIN assignments a ON a.id = e.assignment_id
          LEFT JOIN LATERAL assignment_terms(a.id, u.id, ${now}) w ON TRUE
          LEFT JOIN notification_settings s ON s.user_id = u.id
          LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.event = e.event AND p.channel = d.channel
          WHERE ${where} ORDER BY e.created_at, d.id`,
      DeliveryRow,
    );
    return rows as Delivery[];
  }
}
