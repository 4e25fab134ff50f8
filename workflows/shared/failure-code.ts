import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';

/**
 * The stable code of what an activity failed with: the one that it gave itself, or what became of its worker.
 * @param subject the first word of codes made here: `run` gives `run.worker_lost`.
 */
export function failureCode(error: unknown, subject: string): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type) return cause.type;
  if (cause instanceof TimeoutFailure) {
    return cause.timeoutType === 'HEARTBEAT' ? `${subject}.worker_lost` : `${subject}.timed_out`;
  }
  return 'internal';
}
