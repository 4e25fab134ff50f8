import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';

/**
 * Returns the stable code of an activity's failure: its own code, or what happened to its worker.
 * @param subject the first word of codes made here: `run` gives `run.worker_lost`
 */
export function failureCode(error: unknown, subject: string): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type) return cause.type;
  if (cause instanceof TimeoutFailure) {
    return cause.timeoutType === 'HEARTBEAT' ? `${subject}.worker_lost` : `${subject}.timed_out`;
  }
  return 'internal';
}
