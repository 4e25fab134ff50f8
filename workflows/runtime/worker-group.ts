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

/** Connecting takes milliseconds; a server that takes longer is asked again after a pause. */
const CONNECT_TIMEOUT_MS = 10_000;
/** After the activities' own grace: to tell Temporal that they were broken off, before the process ends anyway. */
const FORCE_MARGIN_MS = 2_000;
/** A cancelled run stops within about this, as cancellations come back with heartbeats. */
const HEARTBEAT_THROTTLE_MS = 1_000;
/**
 * A living worker takes the next task of a workflow that it remembers within milliseconds. One that was killed is waited for
 * this long, once for each of its workflows, before another takes over; all that costs one who was merely busy is a replay.
 */
const STICKY_TIMEOUT_MS = 2_000;
/** Each poller is a waiting request to Temporal. */
const POLLERS = { type: 'autoscaling', minimum: 1, initial: 2, maximum: 5 } as const;

export interface WorkerGroupOptions {
  config: Config;
  logger: Logger;
  activities: object;
  workflowBundle: WorkflowBundleOption;
  /** Done whenever Temporal has become reachable, before work is taken. A failure delays the work, nothing else. */
  onReachable: () => Promise<void>;
  interceptors: WorkerInterceptors;
  // biome-ignore lint/suspicious/noExplicitAny: as the SDK declares it.
  sinks: InjectedSinks<any>;
  /** Called each time when all queues are being worked on. */
  onRunning: () => void;
}

/** How the worker of a queue is. */
export interface QueueStatus {
  queue: TaskQueue;
  /** Whether it takes work. */
  isServed: boolean;
  /** Activities in hand, of at most so many. */
  activities: number;
  slots: number;
}

/**
 * One worker for each task queue that this process serves, kept running: where Temporal is away, at the start or later, they wait and begin
 * again; a worker that fails takes the others down with it and all begin anew.
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

  start(): void {
    this.stopped = false;
    this.running = this.supervise();
  }

  /** Every queue that this process is to serve, with its worker as it is now. */
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

  /** Takes no more work, lets activities end for the grace time, then breaks them off. */
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
      // The first one shows whether Temporal lets us: a worker that was made can only be got rid of by running it.
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
    // One that comes after all is not wanted any more.
    connecting.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
