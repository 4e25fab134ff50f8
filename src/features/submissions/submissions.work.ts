import type { Assignment, Dates } from '../assignments';
import type { WorkConflict } from './submissions.errors';

/** The state of an assignment, as it holds for one student. */
export interface WorkConditions extends Dates {
  state: Assignment['state'];
  latePolicy: 'accept' | 'refuse';
}

/** What keeps a student from working on an assignment at this moment, or null. */
export function obstacleToWork(
  { state, opensAt, dueAt, closesAt, latePolicy }: WorkConditions,
  now: Date,
): WorkConflict | null {
  if (state === 'draft') return 'assignment.not_published';
  if (state === 'archived') return 'assignment.archived';
  if (state === 'closed') return 'assignment.closed';
  if (opensAt !== null && opensAt > now) return 'assignment.not_open';
  if (closesAt !== null && closesAt <= now) return 'assignment.closed';
  if (latePolicy === 'refuse' && dueAt !== null && dueAt < now) return 'submission.too_late';
  return null;
}

/** Whole seconds after the due date, rounded up; 0 for work in time. */
export function lateBySeconds(dueAt: Date | null, now: Date): number {
  return dueAt === null ? 0 : Math.max(0, Math.ceil((now.getTime() - dueAt.getTime()) / 1000));
}
