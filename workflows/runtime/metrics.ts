import { metrics, type ObservableCallback } from '@opentelemetry/api';
import { CancelledFailure } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import type { OutboxLag } from '../../src/platform/outbox/outbox.repository';
import type { QueueStatus } from './worker-group';

/** Scrapers come every ten seconds or so; two of them must not query the database twice. */
const REMEMBERED_MS = 1_000;
/** From a single statement to the longest export, in seconds. */
const ACTIVITY_SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800];

const meter = metrics.getMeter('raptscallions');
const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
const sessions = gauge(
  'active_sessions',
  'Chat sessions that are open. Every worker counts all of them: take the greatest, not the sum.',
);
const outboxPending = gauge('rapt_outbox_pending', 'Jobs that wait to be started.');
const outboxFailed = gauge('rapt_outbox_failed', 'Jobs that could not be started and were given up.');
const outboxOldest = gauge('rapt_outbox_oldest_seconds', 'For how long the oldest of them waits.');
const serving = gauge('rapt_worker_serving', 'Whether the queue is being served: 1 or 0.');
const activities = gauge('rapt_worker_activities', 'Activities in hand.');
const activitySlots = gauge('rapt_worker_activity_slots', 'Activities that can be in hand at once.');
const activityDuration = meter.createHistogram('rapt_activity_seconds', {
  description: 'How long attempts at activities took, by how they ended: completed, failed, cancelled.',
  advice: { explicitBucketBoundaries: ACTIVITY_SECONDS },
});

export interface WorkerMetricsOptions {
  lag: () => Promise<OutboxLag>;
  activeSessions: () => Promise<number>;
  queues: () => readonly QueueStatus[];
}

/** Returns `ask` with its answer cached for a moment. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked = 0;
  let answer: Promise<T>;
  return () => {
    if (asked === 0 || Date.now() - asked > REMEMBERED_MS) {
      asked = Date.now();
      answer = ask();
    }
    return answer;
  };
}

/**
 * Observes the work of a worker. While the database is unreachable its figures are absent, because no value
 * is better than an old one.
 */
export function measureWorker({ queues, ...ask }: WorkerMetricsOptions): void {
  const lag = remembered(ask.lag);
  const activeSessions = remembered(ask.activeSessions);
  outboxPending.addCallback(async (result) => result.observe((await lag()).pending));
  outboxFailed.addCallback(async (result) => result.observe((await lag()).failed));
  outboxOldest.addCallback(async (result) => result.observe((await lag()).oldestSeconds));
  sessions.addCallback(async (result) => result.observe(await activeSessions()));
  const ofQueues =
    (value: (status: QueueStatus) => number): ObservableCallback =>
    (result) => {
      for (const status of queues()) result.observe(value(status), { queue: status.queue });
    };
  serving.addCallback(ofQueues(({ isServed }) => Number(isServed)));
  activities.addCallback(ofQueues(({ activities: inHand }) => inHand));
  activitySlots.addCallback(ofQueues(({ slots }) => slots));
}

type ActivityInterceptor = NonNullable<WorkerInterceptors['activity']>[number];

/** Measures every attempt at an activity. */
export const measureActivities: ActivityInterceptor = ({ info }) => ({
  inbound: {
    execute: async (input, next) => {
      const startedAt = performance.now();
      const end = (outcome: string): void => {
        const labels = { workflow: info.workflowType ?? '', activity: info.activityType, outcome };
        activityDuration.record((performance.now() - startedAt) / 1000, labels);
      };
      try {
        const result = await next(input);
        end('completed');
        return result;
      } catch (error) {
        end(error instanceof CancelledFailure ? 'cancelled' : 'failed');
        throw error;
      }
    },
  },
});
