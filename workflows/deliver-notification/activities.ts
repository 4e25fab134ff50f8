import { z } from 'zod';
import type { NotificationExecution } from '../../src/features/notifications';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/**
 * How many deliveries a workflow has in progress at once: as many as a class has students, and few enough
 * that a page is soon done.
 */
const AT_ONCE = 30;

/** How far an attempt got. */
const Cursor = z.string();

export interface DeliverNotificationDeps {
  execution: Pick<NotificationExecution, 'expand' | 'due' | 'deliver' | 'fail' | 'cancel' | 'count'>;
  logger: Logger;
}

/** The steps that notify the recipients of an event. Each step may run twice or be killed at any point. */
export function createDeliverNotificationActivities({ execution, logger }: DeliverNotificationDeps) {
  return {
    /** Safe to repeat: a recipient who has the notification keeps it. */
    expandNotification: (eventId: string) =>
      runActivity(logger, (run) =>
        execution.expand(eventId, {
          after: Cursor.safeParse(run.lastHeartbeat).data ?? null,
          onPage: (last) => run.heartbeat(last),
          signal: run.signal,
        }),
      ),

    /** Only reads. */
    listDueDeliveries: (eventId: string) => runActivity(logger, () => execution.due(eventId, AT_ONCE)),

    /**
     * Safe to repeat: an ended delivery does not change, and a mail that a server may have accepted is not
     * sent again.
     */
    sendDelivery: (deliveryId: string) =>
      runActivity(logger, ({ signal }) => execution.deliver(deliveryId, signal)),

    /** Safe to repeat: an ended delivery does not change. */
    failDelivery: (deliveryId: string, code: string) =>
      runActivity(logger, () => execution.fail(deliveryId, code)),

    /** Safe to repeat: an ended delivery does not change. */
    cancelDeliveries: (eventId: string) => runActivity(logger, () => execution.cancel(eventId)),

    /** Only reads. */
    countDeliveries: (eventId: string) => runActivity(logger, () => execution.count(eventId)),
  };
}

export type DeliverNotificationActivities = ReturnType<typeof createDeliverNotificationActivities>;
