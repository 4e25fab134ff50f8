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

/** How the deliveries of an event stand. */
export type DeliveryCounts = z.output<typeof CountRow>;

export interface Ending {
  state: 'sent' | 'failed' | 'skipped';
  code: string | null;
  providerId?: string;
}

/** Neither sent nor given up. */
const OPEN = { state: { in: ['pending', 'deferred'] } } satisfies Prisma.NotificationDeliveryWhereInput;

/** The state of what leaves the house. */
export class DeliveriesRepository {
  constructor(private readonly db: Database) {}

  /** Those of an event that can be tried now, and when the next of the others can. */
  async listDue(eventId: string, now: Date, limit: number): Promise<{ ids: string[]; nextAt: Date | null }> {
    const from = sql`FROM notification_deliveries d
      WHERE d.event_id = ${eventId}::uuid AND d.state IN ('pending', 'deferred') AND d.digest_id IS NULL`;
    const due = await this.db.rows(
      sql`SELECT d.id ${from} AND d.due_at <= ${now} ORDER BY d.due_at, d.id ${limitTo(limit)}`,
      DueRow,
    );
    if (due.length > 0) return { ids: due.map(({ id }) => id), nextAt: null };
    const next = await this.db.row(sql`SELECT min(d.due_at) AS "dueAt" ${from}`, WaitRow);
    return { ids: [], nextAt: next?.dueAt ?? null };
  }

  /** Begins an attempt. @returns null where there is nothing to do: it has ended, waits, or another's mail tells of it. */
  async begin(id: string, now: Date): Promise<Delivery | null> {
    const begun = await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN, dueAt: { lte: now }, digestId: null },
      data: { attempts: { increment: 1 } },
    });
    return begun.count === 0 ? null : this.db.row(selectDelivery(id, now), DeliveryRow);
  }

  /** @returns false where an attempt has been here before: it may have handed the mail over. */
  async markHanded(id: string, now: Date): Promise<boolean> {
    const marked = await this.db.prisma.notificationDelivery.updateMany({
      where: { id, ...OPEN, handedAt: null },
      data: { handedAt: now },
    });
    return marked.count === 1;
  }

  /** The server has said that it did not take it. */
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
   * Takes all that waits for this person's mail of the day into one, that of `leadId`; what an earlier attempt took
   * stays in it. @returns null where another mail has taken the lead itself.
   */
  async gather(
    leadId: string,
    userId: string,
    events: readonly NotificationEvent[],
    now: Date,
  ): Promise<Delivery[] | null> {
    return this.db.transaction(async () => {
      const { prisma } = this.db;
      // Two digests of one person gather one after the other.
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

  /** Ends a delivery, and what its digest has taken along; one that has ended stays as it is. */
  async finish(id: string, { state, code, providerId }: Ending, now: Date): Promise<void> {
    await this.db.prisma.notificationDelivery.updateMany({
      where: { OR: [{ id }, { digestId: id }], ...OPEN },
      data: { state, errorCode: code, providerId: providerId ?? null, finishedAt: now },
    });
  }

  /** Ends whatever is still open of an event. */
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
