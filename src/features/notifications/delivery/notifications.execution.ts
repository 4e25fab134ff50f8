import type { Clock } from '../../../shared/clock';
import type { DeliveryProgress } from '../notifications.contract';
import { specOf } from '../notifications.events';
import type { DeliveriesRepository } from './notifications.deliveries.repository';
import type { DeliveryService } from './notifications.delivery.service';
import type { ExpansionRepository } from './notifications.expansion.repository';

/** People per statement: a few milliseconds. */
const PAGE = 200;

export interface DueDeliveries {
  ids: string[];
  /** How long until there is something to do; null if there never will be. */
  waitMs: number | null;
}

type Counts = Omit<DeliveryProgress, 'state'>;

/** The steps that notify the recipients of an event. Each step may run twice or be killed at any point. */
export class NotificationExecution {
  constructor(
    private readonly deps: {
      clock: Clock;
      expansion: ExpansionRepository;
      deliveries: DeliveriesRepository;
      delivery: DeliveryService;
    },
  ) {}

  /**
   * Creates the notifications of all recipients. @param after where an earlier attempt stopped; `onPage`
   * receives the progress of this one
   */
  async expand(
    eventId: string,
    { after, onPage, signal }: { after: string | null; onPage: (last: string) => void; signal: AbortSignal },
  ): Promise<Counts> {
    const { clock, deliveries, expansion } = this.deps;
    const found = await expansion.find(eventId);
    if (found?.expandedAt === null) {
      let last = after;
      for (;;) {
        signal.throwIfAborted();
        const page = await expansion.createForRecipients(eventId, specOf(found.event), {
          after: last,
          limit: PAGE,
          now: clock.now(),
        });
        if (page.count < PAGE || page.last === null) break;
        last = page.last;
        onPage(last);
      }
      await expansion.markExpanded(eventId, clock.now());
    }
    return deliveries.count(eventId);
  }

  /** Lists what can be tried now. */
  async due(eventId: string, limit: number): Promise<DueDeliveries> {
    const now = this.deps.clock.now();
    const { ids, nextAt } = await this.deps.deliveries.listDue(eventId, now, limit);
    return { ids, waitMs: nextAt === null ? null : Math.max(nextAt.getTime() - now.getTime(), 0) };
  }

  /** Makes one attempt. @throws DeliveryDelayedError */
  async deliver(deliveryId: string, signal: AbortSignal): Promise<void> {
    await this.deps.delivery.deliver(deliveryId, signal);
  }

  /** Gives a delivery up. */
  async fail(deliveryId: string, code: string): Promise<void> {
    const { clock, deliveries } = this.deps;
    await deliveries.finish(deliveryId, { state: 'failed', code }, clock.now());
  }

  /** Stops all further deliveries. */
  async cancel(eventId: string): Promise<Counts> {
    await this.deps.deliveries.skipOpen(eventId, 'cancelled', this.deps.clock.now());
    return this.deps.deliveries.count(eventId);
  }

  /** Counts the notifications of an event, and its deliveries by state. */
  async count(eventId: string): Promise<Counts> {
    return this.deps.deliveries.count(eventId);
  }
}
