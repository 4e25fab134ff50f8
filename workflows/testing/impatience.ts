import type { ActivityOptions } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Half of production's heartbeat timeout: still more than a busy machine delays a heartbeat. */
const HEARTBEAT_TIMEOUT = '5 seconds';
/** Activities that fail on purpose succeed at the next attempt. */
const FIRST_RETRY = '200 milliseconds';

const hastened = (options: ActivityOptions): ActivityOptions => ({
  ...options,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { ...options.retry, initialInterval: FIRST_RETRY },
});

/** Only in the bundle of the tests: retries come sooner. How often an activity is retried does not change. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [{ scheduleActivity: (input, next) => next({ ...input, options: hastened(input.options) }) }],
});
