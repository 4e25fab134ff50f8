import type { ActivityOptions } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Half of what production waits for a silent worker: still more than a busy machine keeps one from its heartbeat. */
const HEARTBEAT_TIMEOUT = '5 seconds';
/** What failed on purpose succeeds the next time. */
const FIRST_RETRY = '200 milliseconds';

const hastened = (options: ActivityOptions): ActivityOptions => ({
  ...options,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { ...options.retry, initialInterval: FIRST_RETRY },
});

/** In the bundle of the tests alone: what has to be tried again is tried again sooner. How often it is stays as it is. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [{ scheduleActivity: (input, next) => next({ ...input, options: hastened(input.options) }) }],
});
