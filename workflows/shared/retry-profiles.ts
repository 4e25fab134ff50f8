import type { ActivityOptions } from '@temporalio/workflow';

/**
 * One statement or a few that must happen in the end, since a row waits for them. A statement ends within the
 * worker's two minutes; an outage of the database is waited for, asking once a minute, for as long as a school
 * would still want the result.
 */
export const MUST_HAPPEN: ActivityOptions = {
  startToCloseTimeout: '2 minutes',
  // Also for short work: without it a worker killed in the middle would be missed only after two minutes.
  heartbeatTimeout: '10 seconds',
  scheduleToCloseTimeout: '12 hours',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
};

/**
 * Work in batches that the next scheduled run would repeat anyway: a few tries are enough. A long backlog may take
 * minutes; as the worker heartbeats every second, silence is a dead worker.
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
