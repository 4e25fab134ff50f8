import { z } from 'zod';
import type { Prisma } from '../../../generated/prisma/client';
import { columnsOf, modelRow } from '../../../platform/db/columns';
import { type Sql, sql } from '../../../platform/db/sql';
import { DIGESTS } from '../notifications.channels';

const DELIVERY = {
  id: true,
  notificationId: true,
  channel: true,
  state: true,
  handedAt: true,
} as const satisfies Prisma.NotificationDeliverySelect;

const EVENT = {
  event: true,
  subjectId: true,
  classId: true,
  createdAt: true,
} as const satisfies Prisma.NotificationEventSelect;

const RECIPIENT = { email: true, locale: true } as const satisfies Prisma.UserSelect;

const HOURS = {
  quietFrom: true,
  quietUntil: true,
  timeZone: true,
} as const satisfies Prisma.NotificationSettingsSelect;

const EventRow = modelRow<Prisma.NotificationEventGetPayload<{ select: typeof EVENT }>>(EVENT);
const RecipientRow = modelRow<Prisma.UserGetPayload<{ select: typeof RECIPIENT }>>(RECIPIENT);
const HoursRow = modelRow<Prisma.NotificationSettingsGetPayload<{ select: typeof HOURS }>>(HOURS);

/** A delivery with everything that decides about it, as it is now. */
export const DeliveryRow = modelRow<Prisma.NotificationDeliveryGetPayload<{ select: typeof DELIVERY }>>(
  DELIVERY,
)
  .extend(EventRow.shape)
  .extend(RecipientRow.shape)
  .extend(HoursRow.shape)
  .extend({
    userId: z.string(),
    isActive: z.boolean(),
    isOfTenant: z.boolean(),
    classRole: z.string().nullable(),
    isGuardian: z.boolean(),
    isPlaceGone: z.boolean(),
    assignmentState: z.string().nullable(),
    hasHandedIn: z.boolean(),
    groupId: z.string(),
    groupName: z.string(),
    className: z.string().nullable(),
    assignmentTitle: z.string().nullable(),
    dueAt: z.date().nullable(),
    /** Whether the assignment has opened for the recipient. */
    isOpened: z.boolean(),
    digest: z.enum(DIGESTS),
    /** The recipient's choice for this event and channel; null if there is none. */
    chosen: z.boolean().nullable(),
  });

/** Deliveries with what decides about them at the time `now`, the oldest event first. */
function selectDeliveries(where: Sql, now: Date): Sql {
  return sql`SELECT
               ${columnsOf(DELIVERY, 'd')},
               ${columnsOf(EVENT, 'e')},
               ${columnsOf(RECIPIENT, 'u')},
               ${columnsOf(HOURS, 's')},
               n.user_id AS "userId",
               (u.status = 'active' AND u.deleted_at IS NULL) AS "isActive",
               (u.is_platform_admin OR coalesce(u.tenant_id = e.tenant_id, FALSE)) AS "isOfTenant",
               m.role AS "classRole",
               EXISTS (
                 SELECT
                 FROM active_guardians w
                 WHERE w.guardian_id = u.id AND w.student_id = ANY(e.user_ids)) AS "isGuardian",
               (g.deleted_at IS NOT NULL OR c.deleted_at IS NOT NULL) AS "isPlaceGone",
               CASE WHEN a.deleted_at IS NULL THEN a.state ELSE 'deleted' END AS "assignmentState",
               EXISTS (
                 SELECT
                 FROM submissions w
                 WHERE w.assignment_id = a.id AND w.user_id = u.id
                   AND w.state <> 'in_progress') AS "hasHandedIn",
               g.id AS "groupId",
               g.name AS "groupName",
               c.name AS "className",
               a.title AS "assignmentTitle",
               w.due_at AS "dueAt",
               coalesce(w.is_opened, FALSE) AS "isOpened",
               coalesce(s.digest, 'none') AS digest,
               p.enabled AS chosen
             FROM notification_deliveries d
             JOIN notifications n ON n.id = d.notification_id
             JOIN notification_events e ON e.id = n.event_id
             JOIN users u ON u.id = n.user_id
             LEFT JOIN classes c ON c.id = e.class_id
             JOIN groups g ON g.id = coalesce(c.group_id, e.tenant_id)
             LEFT JOIN class_members m ON m.class_id = e.class_id AND m.user_id = u.id
             LEFT JOIN assignments a ON a.id = e.assignment_id
             LEFT JOIN LATERAL assignment_terms(a.id, u.id, ${now}) w ON TRUE
             LEFT JOIN notification_settings s ON s.user_id = u.id
             LEFT JOIN notification_preferences p
               ON p.user_id = u.id AND p.event = e.event AND p.channel = d.channel
             WHERE ${where}
             ORDER BY e.created_at, d.id`;
}

export function selectDelivery(id: string, now: Date): Sql {
  return selectDeliveries(sql`d.id = ${id}::uuid`, now);
}

/** The lead of a digest, and the deliveries that it has collected. */
export function selectDigest(leadId: string, now: Date): Sql {
  return selectDeliveries(
    sql`(d.id = ${leadId}::uuid OR d.digest_id = ${leadId}::uuid) AND d.state IN ('pending', 'deferred')`,
    now,
  );
}

export const CountRow = z.object({
  notifications: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
  open: z.number(),
});

/** Counts the notifications of an event, and its deliveries by state. */
export function countDeliveries(eventId: string): Sql {
  return sql`SELECT
               count(DISTINCT n.id) AS notifications,
               count(*) FILTER (WHERE d.state = 'sent') AS sent,
               count(*) FILTER (WHERE d.state = 'failed') AS failed,
               count(*) FILTER (WHERE d.state = 'skipped') AS skipped,
               count(*) FILTER (WHERE d.state IN ('pending', 'deferred')) AS open
             FROM notifications n
             LEFT JOIN notification_deliveries d ON d.notification_id = n.id
             WHERE n.event_id = ${eventId}::uuid`;
}
