import { CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { runInContext } from '../../src/platform/context';
import type { Logger } from '../../src/platform/logging/logger';
import { AppError } from '../../src/shared/errors';
import { toActivityFailure } from './activity-errors';

/** Many within the shortest heartbeat timeout, as a busy moment is no death; and cancellations come back with them. */
const HEARTBEAT_EVERY_MS = 1_000;

export interface ActivityRun {
  /** Aborted when the activity is cancelled, timed out or its worker shuts down. */
  signal: AbortSignal;
  /** Tells Temporal how far the work is, so that the next attempt can go on from there. */
  heartbeat(details: unknown): void;
  /** What the attempt before told last. */
  lastHeartbeat: unknown;
}

/**
 * The frame around every activity: runs as the system, proves that its worker is alive, and lets out nothing but
 * codes.
 */
export async function runActivity<T>(logger: Logger, work: (run: ActivityRun) => Promise<T>): Promise<T> {
  const context = Context.current();
  const { activityType, attempt, workflowExecution, heartbeatDetails } = context.info;
  let details: unknown = heartbeatDetails;
  const heartbeat = (next: unknown): void => {
    details = next;
    context.heartbeat(details);
  };
  // Also without progress: waiting for a slow model is no reason to be taken for dead.
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

/** A worker that shuts down is no reason for the work to be cancelled: another attempt does it elsewhere. */
function cancellationOf(context: Context): Error {
  const code = 'worker.shutdown';
  if (context.cancellationDetails?.workerShutdown === true) return ApplicationFailure.retryable(code, code);
  return new CancelledFailure('cancelled');
}
