import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { testEnvironment } from './test-environment';

export interface TestNamespace {
  name: string;
  /** host:port */
  address: string;
  client: Client;
  /** What a process needs to work in it. */
  env: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string; TEMPORAL_WAIT_MS?: string };
  close(): Promise<void>;
}

/**
 * A Temporal namespace of its own for a test file: its workflows, task queues and schedules are nobody else's. Made in
 * a few milliseconds; it goes away with the server.
 * @param address of another server than the one of the test run.
 */
export async function createTestNamespace(
  address = testEnvironment().temporalAddress,
): Promise<TestNamespace> {
  const name = `test-${process.env.JEST_WORKER_ID ?? '0'}-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace: name,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  return {
    name,
    address,
    client: new Client({ connection, namespace: name }),
    // A machine that is busy with other tests is no outage; tests about outages set their own.
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: name, TEMPORAL_WAIT_MS: '20000' },
    close: () => connection.close(),
  };
}
