import type { AssignmentState, LatePolicy } from './assignments.kinds';

/** When work opens, is due, and closes. Null: no such moment. */
export interface Dates {
  opensAt: Date | null;
  dueAt: Date | null;
  closesAt: Date | null;
}

/**
 * The terms of one student at an assignment, after their override: the row of the database view
 * `assignment_terms`. The functions below decide everything that depends on dates and attempts.
 */
export interface Terms extends Dates {
  state: AssignmentState;
  latePolicy: LatePolicy;
  /** Null: any number. */
  maxAttempts: number | null;
  excused: boolean;
  /** How many attempts the student has begun. */
  attempts: number;
  /** The attempt that is in progress. */
  openAttempt: string | null;
}

/** Submitted work stays readable: its assignment can be archived, but not deleted. */
export const mayBeDeleted = ({ hasWork }: { hasWork: boolean }): boolean => !hasWork;

/** A draft is deleted instead, because no student has seen it. */
export const mayBeArchived = ({ state }: { state: AssignmentState }): boolean => state !== 'draft';

export type WorkTerms = Pick<Terms, 'state' | 'opensAt' | 'dueAt' | 'closesAt' | 'latePolicy'>;
export type WorkReason =
  | 'assignment.archived'
  | 'assignment.not_published'
  | 'assignment.not_open'
  | 'assignment.closed'
  | 'submission.too_late';
export type StartReason = WorkReason | 'submission.excused' | 'submission.no_attempts_left';

/** Why a student sees only title and dates; null if they see everything. Closed work stays readable. Pure. */
export function reasonNotToRead(
  { state, opensAt }: Pick<Terms, 'state' | 'opensAt'>,
  now: Date,
): WorkReason | null {
  if (state === 'draft') return 'assignment.not_published';
  return opensAt !== null && opensAt > now ? 'assignment.not_open' : null;
}

/** Why a student cannot write, chat, run or submit at this moment; null if they can. Pure. */
export function reasonNotToWork(terms: WorkTerms, now: Date): WorkReason | null {
  const { state, dueAt, closesAt, latePolicy } = terms;
  if (state === 'archived') return 'assignment.archived';
  if (state === 'closed') return 'assignment.closed';
  const unread = reasonNotToRead(terms, now);
  if (unread !== null) return unread;
  if (closesAt !== null && closesAt <= now) return 'assignment.closed';
  return latePolicy === 'refuse' && dueAt !== null && dueAt < now ? 'submission.too_late' : null;
}

/** Why a student cannot begin an attempt or continue the one in progress; null if they can. Pure. */
export function reasonNotToStart(terms: Terms, now: Date): StartReason | null {
  const { excused, maxAttempts, attempts, openAttempt } = terms;
  const reason = reasonNotToWork(terms, now);
  if (reason !== null) return reason;
  if (excused) return 'submission.excused';
  if (openAttempt !== null) return null;
  return maxAttempts !== null && attempts >= maxAttempts ? 'submission.no_attempts_left' : null;
}

/** Whether dates are in order: opens, then due, then closes. Pure. */
export function areInOrder({ opensAt, dueAt, closesAt }: Dates): boolean {
  const isAfter = (one: Date | null, other: Date | null) => one !== null && other !== null && one > other;
  const opensAsItCloses = opensAt !== null && closesAt !== null && opensAt >= closesAt;
  return !isAfter(opensAt, dueAt) && !isAfter(dueAt, closesAt) && !opensAsItCloses;
}

/**
 * The dates of an assignment, replaced by those of an override. For a check before they are written. Pure.
 */
export function datesInForce(assignment: Dates, override: Dates): Dates {
  return {
    opensAt: override.opensAt ?? assignment.opensAt,
    dueAt: override.dueAt ?? assignment.dueAt,
    closesAt: override.closesAt ?? assignment.closesAt,
  };
}
