import { CancelledFailure } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import { Gauge, Histogram, Registry } from 'prom-client';
import type { OutboxLag } from '../../src/platform/outbox/outbox.repository';
import type { QueueStatus } from './worker-group';

/** From a single statement to the longest export. */
const ACTIVITY_BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800];
/** Scrapers come every ten seconds or so; two of them must not ask the database twice. */
const LAG_REMEMBERED_MS = 1_000;

export interface WorkerMetricsOptions {
  lag: () => Promise<OutboxLag>;
  queues: () => readonly QueueStatus[];
}

/**
 * What can be counted in a worker, for Prometheus. Labels are names of our own code alone: no id, no tenant, so that
 * there are as many series as there are jobs.
 */
export class WorkerMetrics {
  readonly registry = new Registry();
  private readonly activitySeconds = new Histogram({
    name: 'rapt_activity_seconds',
    help: 'How long attempts at activities took, by how they ended: completed, failed, cancelled.',
    labelNames: ['workflow', 'activity', 'outcome'],
    buckets: ACTIVITY_BUCKETS,
    registers: [this.registry],
  });
  private lagAsked = 0;
  private lagAnswer: Promise<OutboxLag | null> = Promise.resolve(null);

  constructor(private readonly options: WorkerMetricsOptions) {
    this.addOutbox();
    this.addQueues();
  }

  /** Measures every activity. */
  readonly interceptors: WorkerInterceptors = {
    activity: [
      ({ info }) => ({
        inbound: {
          execute: async (input, next) => {
            const labels = { workflow: info.workflowType ?? '', activity: info.activityType };
            const end = this.activitySeconds.startTimer(labels);
            try {
              const result = await next(input);
              end({ outcome: 'completed' });
              return result;
            } catch (error) {
              end({ outcome: error instanceof CancelledFailure ? 'cancelled' : 'failed' });
              throw error;
            }
          },
        },
      }),
    ],
  };

  private addOutbox(): void {
    const gauge = (name: string, help: string, value: (lag: OutboxLag) => number) => {
      const made = new Gauge({
        name,
        help,
        registers: [this.registry],
        collect: async () => {
          const lag = await this.lag();
          // While the database is away nothing is known: better no number than an old one.
          if (lag === null) made.reset();
          else made.set(value(lag));
        },
      });
    };
    gauge('rapt_outbox_pending', 'Jobs that wait to be started.', ({ pending }) => pending);
    gauge('rapt_outbox_failed', 'Jobs that could not be started and were given up.', ({ failed }) => failed);
    gauge('rapt_outbox_oldest_seconds', 'For how long the oldest of them waits.', (lag) => lag.oldestSeconds);
  }

  private addQueues(): void {
    const { queues } = this.options;
    const gauge = (name: string, help: string, value: (status: QueueStatus) => number) => {
      const made = new Gauge({
        name,
        help,
        labelNames: ['queue'],
        registers: [this.registry],
        collect: () => {
          for (const status of queues()) made.set({ queue: status.queue }, value(status));
        },
      });
    };
    gauge('rapt_worker_serving', 'Whether the queue is being served: 1 or 0.', ({ isServed }) =>
      Number(isServed),
    );
    gauge('rapt_worker_activities', 'Activities in hand.', ({ activities }) => activities);
    gauge('rapt_worker_activity_slots', 'Activities that can be in hand at once.', ({ slots }) => slots);
  }

  private lag(): Promise<OutboxLag | null> {
    if (Date.now() - this.lagAsked > LAG_REMEMBERED_MS) {
      this.lagAsked = Date.now();
      this.lagAnswer = this.options.lag().catch(() => null);
    }
    return this.lagAnswer;
  }
}
