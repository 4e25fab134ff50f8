import { deliverNotificationContract } from '../../src/features/notifications/notifications.contract';
import type { StubbedJob } from './stubbed-job';

const EVENT_ID = '0197a000-0000-7000-8000-0000000000e1';
const DELIVERIES = ['0197a000-0000-7000-8000-0000000000d1', '0197a000-0000-7000-8000-0000000000d2'];

const counts = { notifications: 2, sent: 2, failed: 0, skipped: 0, open: 0 };

/** Two deliveries at once, then one that has waited for a moment, then none. */
const STEPS = [
  { ids: DELIVERIES, waitMs: null },
  { ids: [], waitMs: 50 },
  { ids: DELIVERIES.slice(0, 1), waitMs: null },
  { ids: [], waitMs: null },
];

let asked = 0;

export const stubbedDeliverNotification: StubbedJob = {
  job: 'deliver-notification',
  contract: deliverNotificationContract,
  activityQueue: 'deliveries',
  input: { eventId: EVENT_ID },
  activities: {
    // The first activity of each job resets the steps.
    expandNotification: () => {
      asked = 0;
      return Promise.resolve({ ...counts, sent: 0, open: 2 });
    },
    listDueDeliveries: () => {
      const step = STEPS[Math.min(asked, STEPS.length - 1)];
      asked += 1;
      return Promise.resolve(step);
    },
    sendDelivery: () => Promise.resolve(),
    failDelivery: () => Promise.resolve(),
    cancelDeliveries: () => Promise.resolve({ ...counts, sent: 0, skipped: 2 }),
    countDeliveries: () => Promise.resolve(counts),
  },
};
