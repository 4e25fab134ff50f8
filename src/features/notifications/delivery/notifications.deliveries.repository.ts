import { z } from 'zod';
import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { NotificationEvent } from '../notifications.events';
import type { Delivery } from '../notifications.types';
import {
  CountRow,
  countDeliveries,
  DeliveryRow,
  selectDelivery,
  selectDigest,
} from './notifications.delivery.sql';

const DueRow = z.object({ id: z.string() });
const WaitRow = z.object({ dueAt: z.date().nullable() });

/** How many deliveries of an event are in each state. */
export type DeliveryCounts = z.output<typeof CountRow>;

export interface Ending {
  state: 'sent' | 'failed' | 'skipped';
  code: string | null;
  providerId?: string;
}

/** Neither sent nor given up. */
const OPEN = { state: { in: ['pending', 'deferred'] } } satisfies Prisma.NotificationDeliveryWhereInput;

/** Stores the state of mails and push notifications. */
export class DeliveriesRepository {
  constructor(private readonly db: Database) {}

  /** Lists the deliveries of an event that can be tried now, and tells when the next one can. */
  async listDue(eventId: string, now: Date, limit: number): Promise<{ ids: string[]; nextAt: Date | null }> {
    const from = sql`FROM notification_deliveries d
      WHERE d.event_id = ${eventId}::uuid AND d.state IN ('pending', 'deferred') AND d.digest_id IS NULL`;
    const due = await this.db.rows(
      sql`SELECT d.id
          ${from} AND d.due_at <= ${now}
          ORDER BY d.due_at, d.id
          ${limitTo(limit)}`,
      DueRow,
    );
    if (due.length > 0) return { ids: due.map(({ id }) => id), nextAt: null };
    const next = await this.db.row(sql`SELECT min(d.due_at) AS "dueAt" ${from}`, WaitRow);
    return { ids: [], nextAt: next?.dueAt ?? null };
  }

  /**
   * Begins an attempt. @returns null if there is nothing to do: it has ended, waits, or is part of another
   * mail
   */
  async begin(id: string, now: Date): Promise<Delivery | null> {
    const begun = await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN, dueAt: { lte: now }, digestId: null },
      data: { attempts: { increment: 1 } },
    });
    return begun.count === 0 ? null : this.db.row(selectDelivery(id, now), DeliveryRow);
  }

  /** @returns false if an earlier attempt was here: it may have handed the mail over */
  async markHanded(id: string, now: Date): Promise<boolean> {
    const marked = await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN, handedAt: null },
      data: { handedAt: now },
    });
    return marked.count === 1;
  }

  /** Call this when the server has answered that it did not accept the mail. */
  async clearHanded(id: string): Promise<void> {
    await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN, handedAt: { not: null } },
      data: { handedAt: null },
    });
  }

  async defer(id: string, until: Date): Promise<void> {
    await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN },
      data: { state: 'deferred', dueAt: until },
    });
  }

  /**
   * Collects everything that waits for this person's daily mail into that of `leadId`; what an earlier
   * attempt collected stays in it. @returns null if another mail has collected the lead itself
   */
  async gather(
    leadId: string,
    userId: string,
    events: readonly NotificationEvent[],
    now: Date,
  ): Promise<Delivery[] | null> {
    return this.db.transaction(async () => {
      const { prisma } = this.db;
      // Two digests of one person collect one after the other.
      await prisma.user.lock({ where: { id: userId }, select: { id: true }, strength: 'NO KEY UPDATE' });
      const free = await prisma.notificationDelivery.count({
        where: { id: leadId, ...OPEN, digestId: null },
      });
      if (free === 0) return null;
      const taken = await prisma.notificationDelivery.count({ where: { digestId: leadId } });
      if (taken === 0)
        await prisma.notificationDelivery.updateMany({
          where: {
            id: { not: leadId },
            channel: 'email',
            state: 'deferred',
            dueAt: { lte: now },
            handedAt: null,
            digestId: null,
            bundled: { none: {} },
            notification: { userId, event: { event: { in: [...events] } } },
          },
          data: { digestId: leadId },
        });
      return this.db.rows(selectDigest(leadId, now), DeliveryRow);
    });
  }

  /** Ends a delivery and the ones that its digest has collected; an ended one does not change. */
  async finish(id: string, { state, code, providerId }: Ending, now: Date): Promise<void> {
    await this.db.prisma.notificationDelivery.updateMany({
      where: { OR: [{ id }, { digestId: id }], ...OPEN },
      data: { state, errorCode: code, providerId: providerId ?? null, finishedAt: now },
    });
  }

  /** Ends all open deliveries of an event. */
  async skipOpen(eventId: string, code: string, now: Date): Promise<void> {
    await this.db.prisma.notificationDelivery.updateMany({
      where: { notification: { eventId }, ...OPEN },
      data: { state: 'skipped', errorCode: code, finishedAt: now },
    });
  }

  async count(eventId: string): Promise<DeliveryCounts> {
    const row = await this.db.row(countDeliveries(eventId), CountRow);
    return row ?? { notifications: 0, sent: 0, failed: 0, skipped: 0, open: 0 };
  }
}
