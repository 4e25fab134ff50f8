import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  type ProtoFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';

/** The code of everything without its own code. The failure's text stays in Temporal. */
const UNKNOWN = 'internal';

/** Returns the code of a failure, however deep it is nested; never its message, which is unchecked. */
export function codeOf(error: unknown): string {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return codeOf(error.cause);
  if (error instanceof ApplicationFailure) return error.type ?? UNKNOWN;
  if (error instanceof TimeoutFailure) return 'timeout';
  if (error instanceof CancelledFailure) return 'cancelled';
  if (error instanceof TerminatedFailure) return 'terminated';
  return UNKNOWN;
}

/** The same for a failure as Temporal stores it; it need not be decrypted for this. */
export function protoCodeOf(failure: ProtoFailure): string {
  if (failure.applicationFailureInfo != null) return failure.applicationFailureInfo.type || UNKNOWN;
  if (failure.timeoutFailureInfo != null) return 'timeout';
  if (failure.canceledFailureInfo != null) return 'cancelled';
  return failure.cause == null ? UNKNOWN : protoCodeOf(failure.cause);
}
