import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  type ProtoFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';

/** Of everything that has no code of its own. Its text stays in Temporal. */
const UNKNOWN = 'internal';

/** The code of a failure, however deep it lies; never its message, which nobody has checked. */
export function codeOf(error: unknown): string {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return codeOf(error.cause);
  if (error instanceof ApplicationFailure) return error.type ?? UNKNOWN;
  if (error instanceof TimeoutFailure) return 'timeout';
  if (error instanceof CancelledFailure) return 'cancelled';
  if (error instanceof TerminatedFailure) return 'terminated';
  return UNKNOWN;
}

/** The same of a failure as it lies in Temporal, which need not be decrypted for it. */
export function protoCodeOf(failure: ProtoFailure): string {
  if (failure.applicationFailureInfo != null) return failure.applicationFailureInfo.type || UNKNOWN;
  if (failure.timeoutFailureInfo != null) return 'timeout';
  if (failure.canceledFailureInfo != null) return 'cancelled';
  return failure.cause == null ? UNKNOWN : protoCodeOf(failure.cause);
}
