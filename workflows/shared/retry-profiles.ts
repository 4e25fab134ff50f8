import type { ActivityOptions } from '@temporalio/workflow';

/**
 * For one or a few statements that must succeed in the end, because a row waits for them. A statement ends
 * within the worker's two minutes. An outage of the database is waited for, with one attempt per minute,
 * for as long as the result is useful to a school.
 */
export const MUST_HAPPEN: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  // Needed for short work too: otherwise a killed worker would be missed only after two minutes.
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
};

/**
 * For work in batches that the next scheduled run would repeat anyway, so a few attempts are enough. A long
 * backlog may take minutes; the worker sends a heartbeat every second, so a missing one means a dead
 * worker.
 */
export const SWEEP: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10 seconds',
  retry: {
    initialInterval: '5 seconds',
    backoffCoefficient: 3,
    maximumInterval: '2 minutes',
    maximumAttempts: 5,
  },
};
