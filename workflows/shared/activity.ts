import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { runInContext } from '../../src/platform/context';
import type { Logger } from '../../src/platform/logging/logger';
import { AppError } from '../../src/shared/errors';
import { toActivityFailure } from './activity-errors';

/**
 * Several fit into the shortest heartbeat timeout, so that a busy moment is not taken for a dead worker.
 * Cancellations arrive with them.
 */
const HEARTBEAT_EVERY_MS = 1_000;

export interface ActivityRun {
  /** Aborted when the activity is cancelled or timed out, or its worker shuts down. */
  signal: AbortSignal;
  /** Reports the progress to Temporal, so that the next attempt can continue from there. */
  heartbeat(details: unknown): void;
  /** The last progress that the previous attempt reported. */
  lastHeartbeat: unknown;
}

/**
 * The frame of every activity: runs the work as the system, proves that its worker is alive, and lets only
 * codes out.
 */
export async function runActivity<T>(logger: Logger, work: (run: ActivityRun) => Promise<T>): Promise<T> {
  const context = Context.current();
  const { activityType, attempt, workflowExecution, heartbeatDetails } = context.info;
  let details: unknown = heartbeatDetails;
  const heartbeat = (next: unknown): void => {
    details = next;
    context.heartbeat(details);
  };
  // Sent without progress too, because a worker that waits for a slow model must not be taken for dead.
  const timer = setInterval(() => context.heartbeat(details), HEARTBEAT_EVERY_MS);
  try {
    return await runInContext({ actorKind: 'system' }, () =>
      work({ signal: context.cancellationSignal, heartbeat, lastHeartbeat: heartbeatDetails }),
    );
  } catch (error) {
    if (context.cancellationSignal.aborted) throw cancellationOf(context);
    if (!(error instanceof AppError) && !(error instanceof ApplicationFailure)) {
      logger.error('an activity failed', {
        activity: activityType,
        attempt,
        workflowId: workflowExecution?.workflowId,
        error,
      });
    }
    throw toActivityFailure(error);
  } finally {
    clearInterval(timer);
  }
}

/** A worker that shuts down does not cancel the work: another attempt runs elsewhere. */
function cancellationOf(context: Context): Error {
  const code = 'worker.shutdown';
  if (context.cancellationDetails?.workerShutdown === true) return ApplicationFailure.retryable(code, code);
  return new CancelledFailure('cancelled');
}
