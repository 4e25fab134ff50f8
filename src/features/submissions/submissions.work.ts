import { reasonNotToWork } from '../assignments';
import type { WorkConflict } from './submissions.errors';
import type { SubmissionSummary } from './submissions.types';

type Work = Pick<SubmissionSummary, 'state' | 'terms' | 'hasContent'>;

/** Why the student cannot write, chat or run on this attempt now; null if they can. Pure. */
export function reasonNotToGoOn({ state, terms }: Work, now: Date): WorkConflict | null {
  if (state !== 'in_progress' || terms === null) return 'submission.not_in_progress';
  return reasonNotToWork(terms, now);
}

/** Why the student cannot submit this attempt now; null if they can. Pure. */
export function reasonNotToSubmit(work: Work, now: Date): WorkConflict | null {
  return reasonNotToGoOn(work, now) ?? (work.hasContent ? null : 'submission.empty');
}

/** Whole seconds after the due date, rounded up; 0 for work in time. */
export function lateBySeconds(dueAt: Date | null, now: Date): number {
  return dueAt === null ? 0 : Math.max(0, Math.ceil((now.getTime() - dueAt.getTime()) / 1000));
}
