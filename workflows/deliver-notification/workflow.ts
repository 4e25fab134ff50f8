import {
  ActivityCancellationType,
  CancellationScope,
  continueAsNew,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  DELIVER_NOTIFICATION_PROGRESS_QUERY,
  type DeliverNotificationInput,
  type DeliveryProgress,
} from '../../src/features/notifications/notifications.contract';
import { failureCode } from '../shared/failure-code';
import { MUST_HAPPEN } from '../shared/retry-profiles';
import type { DeliverNotificationActivities } from './activities';

const { expandNotification, listDueDeliveries, failDelivery, cancelDeliveries, countDeliveries } =
  proxyActivities<DeliverNotificationActivities>(MUST_HAPPEN);

const { sendDelivery } = proxyActivities<DeliverNotificationActivities>({
  taskQueue: 'deliveries',
  // A whole conversation with a slow mail server takes a minute at most.
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  // Yesterday's notification is no longer useful, and Resend remembers its idempotency keys for a day.
  scheduleToCloseTimeout: '6 hours',
  // A mail server that asks for a pause (greylisting) means minutes.
  retry: { initialInterval: '1 second', backoffCoefficient: 3, maximumInterval: '5 minutes' },
  // Only when the attempt has ended is it known whether the mail was sent.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** A changed preference takes effect within a day, and the database's clock may differ from ours. */
const LONGEST_SLEEP_MS = 24 * 3_600_000;

export const deliverNotificationProgress = defineQuery<DeliveryProgress>(DELIVER_NOTIFICATION_PROGRESS_QUERY);

/**
 * Notifies all recipients of one event: in their lists immediately, and on each other channel separately,
 * at the time their preferences allow.
 */
export async function deliverNotification(input: DeliverNotificationInput): Promise<DeliveryProgress> {
  const { eventId } = input;
  let progress: DeliveryProgress = {
    state: 'expanding',
    ...{ notifications: 0, sent: 0, failed: 0, skipped: 0, open: 0 },
  };
  setHandler(deliverNotificationProgress, () => progress);
  let isUnfinished = false;
  try {
    progress = { ...(await expandNotification(eventId)), state: 'sending' };
    for (;;) {
      const { ids, waitMs } = await listDueDeliveries(eventId);
      if (ids.length === 0 && waitMs === null) break;
      await Promise.all(ids.map(deliver));
      progress = { ...(await countDeliveries(eventId)), state: 'sending' };
      if (workflowInfo().continueAsNewSuggested) {
        isUnfinished = true;
        break;
      }
      if (ids.length === 0 && waitMs !== null) {
        progress = { ...progress, state: 'waiting' };
        await sleep(Math.min(Math.max(waitMs, 1), LONGEST_SLEEP_MS));
      }
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancelDeliveries(eventId));
    throw error;
  }
  // A large district continues in a new execution. The rows record who is notified, so the input does not.
  if (isUnfinished) await continueAsNew<typeof deliverNotification>(input);
  progress = { ...progress, state: 'ended' };
  return progress;
}

/** Sends one delivery with its own retries. Whatever happens, its row ends or waits. */
async function deliver(deliveryId: string): Promise<void> {
  try {
    await sendDelivery(deliveryId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    await failDelivery(deliveryId, failureCode(error, 'delivery'));
  }
}
