import {
  type InjectedSinks,
  NativeConnection,
  Worker,
  type WorkerInterceptors,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Config } from '../../src/config/config';
import type { Logger } from '../../src/platform/logging/logger';
import { Outage } from '../../src/platform/outage';
import { temporalAddress } from '../../src/platform/temporal/connection';
import type { TaskQueue } from '../../src/platform/temporal/contract';
import { createDataConverter } from '../../src/platform/temporal/data-converter';
import { describeTemporalError } from '../../src/platform/temporal/errors';
import { WakeUp } from '../../src/platform/wake-up';
import { QUEUE_CAPACITY } from '../task-queues';

/** Connecting takes milliseconds; a slower server is asked again after a pause. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Time after the activities' own grace period, to report to Temporal that they were aborted before the
 * process ends.
 */
const FORCE_MARGIN_MS = 2_000;
/** A cancelled run stops within about this time, because cancellations arrive with heartbeats. */
const HEARTBEAT_THROTTLE_MS = 1_000;
/**
 * A living worker takes the next task of a cached workflow within milliseconds. If it was killed, each of
 * its workflows waits this long before another worker takes over; a worker that was only busy loses no more
 * than a replay.
 */
const STICKY_TIMEOUT_MS = 2_000;
/** Each poller is a waiting request to Temporal. */
const POLLERS = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 5 } as const;

export interface WorkerGroupOptions {
  config: Config;
  logger: Logger;
  activities: object;
  workflowBundle: WorkflowBundleOption;
  /** Called whenever Temporal becomes reachable, before work is taken. A failure only delays the work. */
  onReachable: () => Promise<void>;
  interceptors: WorkerInterceptors;
  // biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK.
  sinks: InjectedSinks<any>;
  /** Called each time all queues are being served. */
  onRunning: () => void;
}

/** The state of a queue's worker. */
export interface QueueStatus {
  queue: TaskQueue;
  /** Whether it takes work. */
  isServed: boolean;
  /** Activities in progress, and how many it takes at most. */
  activities: number;
  slots: number;
}

/**
 * Keeps one worker running for each task queue of this process. While Temporal is unreachable, the workers
 * wait and begin again. A worker that fails stops the others with it, and all begin anew.
 */
export class WorkerGroup {
  private readonly stopping = new WakeUp();
  private readonly outage: Outage;
  private workers: readonly { queue: TaskQueue; worker: Worker }[] = [];
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly options: WorkerGroupOptions) {
    this.outage = new Outage(options.logger, 'Temporal, no workflow is worked on');
  }

  /** Starts to connect and to take work. Returns immediately. */
  start(): void {
    this.stopped = false;
    this.running = this.supervise();
  }

  /** Lists every queue of this process with the current state of its worker. */
  status(): QueueStatus[] {
    return this.options.config.WORKER_QUEUES.map((queue) => {
      const status = this.workers.find((each) => each.queue === queue)?.worker.getStatus();
      return {
        queue,
        isServed: status?.runState === 'RUNNING',
        activities: status?.numInFlightActivities ?? 0,
        slots: QUEUE_CAPACITY[queue].activities,
      };
    });
  }

  /** Takes no more work, waits for activities during the grace period, then aborts them. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopping.call();
    this.shutDownWorkers();
    await this.running;
  }

  private async supervise(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.options.onReachable();
        await this.work();
      } catch (error) {
        await this.stopping.wait(this.outage.failed(describeTemporalError(error)));
      }
    }
  }

  private async work(): Promise<void> {
    const connection = await connect(this.options.config);
    try {
      const [first, ...others] = this.options.config.WORKER_QUEUES;
      if (first === undefined) throw new Error('this worker has no queue to serve');
      // The first worker shows whether Temporal accepts us, because a worker that was created can only be
      // disposed of by running it.
      const firstWorker = await this.createWorker(first, connection);
      this.workers = [
        firstWorker,
        ...(await Promise.all(others.map((queue) => this.createWorker(queue, connection)))),
      ];
      const runs = this.workers.map(({ worker }) => worker.run());
      for (const run of runs) run.catch(() => this.shutDownWorkers());
      this.outage.over();
      this.options.onRunning();
      if (this.stopped) this.shutDownWorkers();
      const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
      if (failed !== undefined && !this.stopped) throw failed.reason;
    } finally {
      this.workers = [];
      await connection.close().catch(() => {});
    }
  }

  private async createWorker(taskQueue: TaskQueue, connection: NativeConnection) {
    const { config, activities, workflowBundle, interceptors, sinks } = this.options;
    const capacity = QUEUE_CAPACITY[taskQueue];
    const worker = await Worker.create({
      connection,
      namespace: config.TEMPORAL_NAMESPACE,
      taskQueue,
      activities,
      ...(capacity.cachedWorkflows === null
        ? {}
        : { workflowBundle, maxCachedWorkflows: capacity.cachedWorkflows }),
      interceptors,
      sinks,
      dataConverter: createDataConverter(config),
      maxConcurrentActivityTaskExecutions: capacity.activities,
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
      workflowTaskPollerBehavior: POLLERS,
      activityTaskPollerBehavior: POLLERS,
      maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
      shutdownGraceTime: config.SHUTDOWN_GRACE_MS,
      shutdownForceTime: config.SHUTDOWN_GRACE_MS + FORCE_MARGIN_MS,
    });
    return { queue: taskQueue, worker };
  }

  private shutDownWorkers(): void {
    for (const { worker } of this.workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }
}

async function connect(config: Config): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(temporalAddress(config));
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no connection within 10 s')), CONNECT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([connecting, tooLate]);
  } catch (error) {
    // A connection that comes too late is not needed any more.
    connecting.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
