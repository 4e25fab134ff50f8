import { CancelledFailure } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import type { OutboxLag } from '../../src/platform/outbox/outbox.repository';
import type { Metrics, Reading } from '../../src/telemetry/metrics';
import type { GaugeName } from '../../src/telemetry/metrics.table';
import type { QueueStatus } from './worker-group';

/** Scrapers come every ten seconds or so; two of them must not ask the database twice. */
const REMEMBERED_MS = 1_000;

export interface WorkerMetricsOptions {
  metrics: Metrics;
  lag: () => Promise<OutboxLag>;
  activeSessions: () => Promise<number>;
  queues: () => readonly QueueStatus[];
}

/** The answer of `ask`, remembered for a moment. */
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

const one = (value: number): Reading<GaugeName> => [{ labels: {} as never, value }];

/** Shows what a worker does. While the database is away its figures are not shown: better no number than an old one. */
export function measureWorker({ metrics, queues, ...ask }: WorkerMetricsOptions): void {
  const lag = remembered(ask.lag);
  const activeSessions = remembered(ask.activeSessions);
  metrics.gauge('rapt_outbox_pending', async () => one((await lag()).pending));
  metrics.gauge('rapt_outbox_failed', async () => one((await lag()).failed));
  metrics.gauge('rapt_outbox_oldest_seconds', async () => one((await lag()).oldestSeconds));
  metrics.gauge('active_sessions', async () => one(await activeSessions()));
  const ofQueues = (value: (status: QueueStatus) => number) => () =>
    queues().map((status) => ({ labels: { queue: status.queue }, value: value(status) }));
  metrics.gauge(
    'rapt_worker_serving',
    ofQueues(({ isServed }) => Number(isServed)),
  );
  metrics.gauge(
    'rapt_worker_activities',
    ofQueues(({ activities }) => activities),
  );
  metrics.gauge(
    'rapt_worker_activity_slots',
    ofQueues(({ slots }) => slots),
  );
}

type ActivityInterceptor = NonNullable<WorkerInterceptors['activity']>[number];

/** Measures every attempt at an activity. */
export function measureActivities(metrics: Metrics): ActivityInterceptor {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const startedAt = performance.now();
        const end = (outcome: string): void => {
          const labels = { workflow: info.workflowType ?? '', activity: info.activityType, outcome };
          metrics.observe('rapt_activity_seconds', labels, (performance.now() - startedAt) / 1000);
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
}
