import pg from 'pg';
import type { WorkflowContract } from '../../src/platform/temporal/contract';
import type { TestNamespace } from '../../src/testing/temporal';
import { ChildWorker, startTestWorker } from './test-worker';
import { untilWorkerWaits } from './waiting-worker';

export interface Kill<Input> {
  databaseUrl: string;
  namespace: TestNamespace;
  contract: WorkflowContract<Input>;
  input: Input;
  /**
   * Takes a lock, within a transaction, for which a statement of the workflow will wait: the worker is
   * killed there.
   */
  obstruct: (blocker: pg.Client) => Promise<unknown>;
}

/**
 * Kills a worker (`kill -9`) in the middle of a statement, and lets another one continue.
 * @returns the workflow's final result
 */
export async function resultAfterKill<Input>(kill: Kill<Input>): Promise<unknown> {
  const { databaseUrl, namespace, contract, input, obstruct } = kill;
  const first = await (await ChildWorker.start({ databaseUrl, namespace })).ready();
  const blocker = new pg.Client({ connectionString: databaseUrl });
  await blocker.connect();
  await blocker.query('BEGIN');
  await obstruct(blocker);
  const handle = await namespace.client.workflow.start(contract.name, {
    workflowId: 'killed',
    taskQueue: contract.taskQueue,
    args: [input],
  });
  await untilWorkerWaits(blocker);
  await first.kill();
  await blocker.query('ROLLBACK');
  await blocker.end();
  // In this process, because it starts faster and need not be killed.
  const second = await startTestWorker({ databaseUrl, namespace });
  const result = await handle.result();
  await second.stop();
  return result;
}
