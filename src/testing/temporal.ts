import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { testEnvironment } from './test-environment';

export interface TestNamespace {
  name: string;
  /** host:port */
  address: string;
  client: Client;
  /** The settings with which a process works in it. */
  env: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string; TEMPORAL_WAIT_MS?: string };
  close(): Promise<void>;
}

/**
 * Creates a Temporal namespace for one test file, so that no other test shares its workflows, task queues
 * and schedules. It takes a few milliseconds, and disappears with the server.
 * @param address of another server than that of the test run
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
    // A machine that is busy with other tests is no outage; tests of outages set their own.
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: name, TEMPORAL_WAIT_MS: '20000' },
    close: () => connection.close(),
  };
}
