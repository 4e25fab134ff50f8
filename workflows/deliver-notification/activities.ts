import { z } from 'zod';
import type { NotificationExecution } from '../../src/features/notifications';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** Deliveries that a workflow has under way at once: a class, and few enough that a page is soon done. */
const AT_ONCE = 30;

/** How far an attempt has come. */
const Cursor = z.string();

export interface DeliverNotificationDeps {
  execution: Pick<NotificationExecution, 'expand' | 'due' | 'deliver' | 'fail' | 'cancel' | 'count'>;
  logger: Logger;
}

/** Steps of telling people of an event. Each may run twice or be killed anywhere. */
export function createDeliverNotificationActivities({ execution, logger }: DeliverNotificationDeps) {
  return {
    /** Safe to repeat: who has their notification keeps that one. */
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

    /** Safe to repeat: what has ended stays, and what may have been taken by a mail server is not sent again. */
    sendDelivery: (deliveryId: string) =>
      runActivity(logger, ({ signal }) => execution.deliver(deliveryId, signal)),

    /** Safe to repeat: what has ended stays as it is. */
    failDelivery: (deliveryId: string, code: string) =>
      runActivity(logger, () => execution.fail(deliveryId, code)),

    /** Safe to repeat: what has ended stays as it is. */
    cancelDeliveries: (eventId: string) => runActivity(logger, () => execution.cancel(eventId)),

    /** Only reads. */
    countDeliveries: (eventId: string) => runActivity(logger, () => execution.count(eventId)),
  };
}

export type DeliverNotificationActivities = ReturnType<typeof createDeliverNotificationActivities>;
