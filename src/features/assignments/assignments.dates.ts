import type { AssignmentState, Dates, Override } from './assignments.types';

/** The dates that hold for a student: each of the override where it has one, else of the assignment. */
export function datesInForce(assignment: Dates, override: Override | null): Dates {
  return {
    opensAt: override?.opensAt ?? assignment.opensAt,
    dueAt: override?.dueAt ?? assignment.dueAt,
    closesAt: override?.closesAt ?? assignment.closesAt,
  };
}

/** How many attempts a student has; null for as many as they like. */
export function attemptsInForce(
  assignment: { maxAttempts: number | null },
  override: Override | null,
): number | null {
  return override?.maxAttempts ?? assignment.maxAttempts;
}

/** Whether students can work on it at this moment: from `opensAt` on, and up to but not at `closesAt`. */
export function isOpenAt(now: Date, state: AssignmentState, { opensAt, closesAt }: Dates): boolean {
  return (
    state === 'published' && (opensAt === null || opensAt <= now) && (closesAt === null || now < closesAt)
  );
}

/** Whether the dates stand in their order: opens, then due, then closes. */
export function areInOrder({ opensAt, dueAt, closesAt }: Dates): boolean {
  const isAfter = (one: Date | null, other: Date | null) => one !== null && other !== null && one > other;
  const opensAsItCloses = opensAt !== null && closesAt !== null && opensAt >= closesAt;
  return !isAfter(opensAt, dueAt) && !isAfter(dueAt, closesAt) && !opensAsItCloses;
}
