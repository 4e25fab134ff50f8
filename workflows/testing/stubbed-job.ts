import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { testWorkflowBundle } from './bundle';
import { type WorkflowHistory, writeHistory } from './history-file';

type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

/** A workflow whose activities are stubs. */
export interface StubbedJob {
  /** The folder below `workflows`. */
  job: string;
  contract: { name: string; taskQueue: string };
  /** The queue of some of its activities, if it is not the job's own. */
  activityQueue?: string;
  input: unknown;
  /** Stubs with which everything succeeds. */
  activities: Activities;
}

/** An activity that runs until it is cancelled. */
export function endless(onBegin: () => void = () => {}): () => Promise<never> {
  return async () => {
    onBegin();
    const context = Context.current();
    while (!context.cancellationSignal.aborted) {
      context.heartbeat();
      await sleep(50);
    }
    throw new CancelledFailure('cancelled');
  };
}

export const failing =
  (code = 'internal') =>
  (): Promise<never> =>
    Promise.reject(ApplicationFailure.nonRetryable(code, code));

/** Fails once, then answers. The pause of the retry profile is not under test. */
export function failingOnce<T>(answer: T): () => Promise<T> {
  let calls = 0;
  return () => {
    calls += 1;
    return calls === 1
      ? Promise.reject(
          ApplicationFailure.create({
            message: 'database.unavailable',
            type: 'database.unavailable',
            nextRetryDelay: 50,
          }),
        )
      : Promise.resolve(answer);
  };
}

/**
 * Runs stubbed jobs one after the other, in their own namespace, because another worker would take their
 * work.
 */
export class StubbedRunner {
  private constructor(
    private readonly namespace: TestNamespace,
    private readonly connection: NativeConnection,
  ) {}

  static async create(): Promise<StubbedRunner> {
    const namespace = await createTestNamespace();
    return new StubbedRunner(namespace, await NativeConnection.connect({ address: namespace.address }));
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.namespace.close();
  }

  handle(workflowId: string) {
    return this.namespace.client.workflow.getHandle(workflowId);
  }

  async history(workflowId: string): Promise<WorkflowHistory> {
    return this.handle(workflowId).fetchHistory();
  }

  /**
   * Runs the job once with some activities replaced.
   * @param meanwhile runs while the job runs
   * @returns its result, or the name of the status in which it ended
   */
  async outcome(
    { contract, activityQueue, input, activities }: StubbedJob,
    workflowId: string,
    replaced: Activities = {},
    meanwhile: () => Promise<void> = async () => {},
  ): Promise<unknown> {
    const options = {
      connection: this.connection,
      namespace: this.namespace.name,
      maxHeartbeatThrottleInterval: 100,
      activities: { ...activities, ...replaced },
    };
    const { taskQueue } = contract;
    const worker = await Worker.create({ ...options, taskQueue, workflowBundle: await testWorkflowBundle() });
    const work = async () => {
      const handle = await this.namespace.client.workflow.start(contract.name, {
        workflowId,
        taskQueue: contract.taskQueue,
        args: [input],
      });
      await meanwhile();
      return handle.result().catch(() => handle.describe().then(({ status }) => status.name));
    };
    if (activityQueue === undefined) return worker.runUntil(work);
    const other = await Worker.create({ ...options, taskQueue: activityQueue });
    return worker.runUntil(() => other.runUntil(work));
  }

  /** Runs the job, cancels it while this activity is in progress, and queries its progress. */
  async cancelled(
    job: StubbedJob,
    workflowId: string,
    activity: string,
  ): Promise<{ outcome: unknown; progress: unknown }> {
    let begun: () => void = () => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let progress: unknown;
    const outcome = await this.outcome(job, workflowId, { [activity]: endless(begun) }, async () => {
      await beginning;
      const handle = this.namespace.client.workflow.getHandle(workflowId);
      // Short jobs have no progress query.
      progress = await handle.query('progress').catch(() => null);
      await handle.cancel();
    });
    return { outcome, progress };
  }
}

/**
 * Records the three ways in which a job can go, with one activity that fails or is cancelled in the middle.
 */
export async function recordStubbedJob(stubbed: StubbedJob, activity: string): Promise<void> {
  const runner = await StubbedRunner.create();
  const idOf = (name: string) => `${stubbed.job}-${name}`;
  await runner.outcome(stubbed, idOf('completed'));
  await runner.outcome(stubbed, idOf('failed'), { [activity]: failing() });
  await runner.cancelled(stubbed, idOf('cancelled'), activity);
  for (const name of ['completed', 'failed', 'cancelled'])
    writeHistory({ job: stubbed.job, name, history: await runner.history(idOf(name)) });
  await runner.close();
}

/** Records one more way: with this activity replaced, or cancelled while it is in progress. */
export async function recordStubbedEnding(
  stubbed: StubbedJob,
  name: string,
  activity: string,
  replacement?: () => Promise<unknown>,
): Promise<void> {
  const runner = await StubbedRunner.create();
  const id = `${stubbed.job}-${name}`;
  if (replacement === undefined) await runner.cancelled(stubbed, id, activity);
  else await runner.outcome(stubbed, id, { [activity]: replacement });
  writeHistory({ job: stubbed.job, name, history: await runner.history(id) });
  await runner.close();
}
