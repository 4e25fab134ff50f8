import type { WorkflowContract } from '../../platform/temporal/contract';

export interface DeliverNotificationInput {
  eventId: string;
}

/** The progress of an event: the answer of the workflow's `progress` query, and its result. */
export interface DeliveryProgress {
  state: 'expanding' | 'sending' | 'waiting' | 'ended';
  /** People who have it in their list or get it in another way. */
  notifications: number;
  sent: number;
  failed: number;
  skipped: number;
  /** Waiting for the end of quiet hours or for a digest, or not tried yet. */
  open: number;
}

export const DELIVER_NOTIFICATION_PROGRESS_QUERY = 'progress';

/** The contract of the workflow that notifies the recipients of one event. */
export const deliverNotificationContract: WorkflowContract<DeliverNotificationInput> = {
  name: 'deliverNotification',
  taskQueue: 'default',
  workflowId: ({ eventId }) => `notification/${eventId}`,
  summary: () => 'Sends the notifications of an event',
  // A sent mail is not sent again.
  restartable: true,
};
