import type { WorkflowContract } from '../../platform/temporal/contract';

export interface DeliverNotificationInput {
  eventId: string;
}

/** How far an event is: what the workflow's `progress` query answers, and its result. */
export interface DeliveryProgress {
  state: 'expanding' | 'sending' | 'waiting' | 'ended';
  /** People who have it in their list or get it in another way. */
  notifications: number;
  sent: number;
  failed: number;
  skipped: number;
  /** Waiting for the end of quiet hours or for a digest, or not yet tried. */
  open: number;
}

export const DELIVER_NOTIFICATION_PROGRESS_QUERY = 'progress';

/** Tells everybody of one event. */
export const deliverNotificationContract: WorkflowContract<DeliverNotificationInput> = {
  name: 'deliverNotification',
  taskQueue: 'default',
  workflowId: ({ eventId }) => `notification/${eventId}`,
  summary: () => 'Sends the notifications of an event',
  // What has been sent is not sent again.
  restartable: true,
};
