import type { z } from 'zod';
import type { WorkTerms } from '../assignments';
import type { ClassScope } from '../classes';
import type { SummaryRow } from './submissions.sql';
import type { DetailRow } from './submissions.work.sql';

export const SUBMISSION_STATES = ['in_progress', 'submitted', 'returned'] as const;
export type SubmissionState = (typeof SUBMISSION_STATES)[number];

/** An attempt of a student at an assignment, as lists show it. */
export interface SubmissionSummary extends Omit<z.output<typeof SummaryRow>, 'terms'> {
  /** The student's current terms; null after submission. */
  terms: WorkTerms | null;
}

/** An attempt with what was written. */
export interface Submission extends Omit<z.output<typeof DetailRow>, 'terms'> {
  terms: WorkTerms | null;
}

/**
 * What a list across classes contains: the caller's classes and own work, or what the caller may read of
 * the named scope.
 */
export interface SubmissionScope extends ClassScope {
  assignmentId?: string | undefined;
}

export interface ListedSubmissionFilters {
  q?: string | undefined;
  state?: SubmissionState | undefined;
  late?: boolean | undefined;
  userId?: string | undefined;
  /** Submitted without a grade, in classes where the caller grades. */
  toGrade?: boolean | undefined;
  /** Submitted with a draft grade, in classes where the caller grades. */
  toReturn?: boolean | undefined;
  updatedSince?: Date | undefined;
}

/** Counts over all classes of the caller. */
export interface SubmissionTotals {
  toGrade: number;
  toReturn: number;
  inProgress: number;
  submitted: number;
  returned: number;
}

export interface GradeInput {
  /** From 0 to the assignment's points; null for none. */
  score?: number | null | undefined;
  feedback?: string | null | undefined;
  /** Whether the student sees it immediately. */
  return?: boolean | undefined;
}

export interface ReturnInput {
  /** Allows another attempt, even if all are used or the due date has passed. */
  allowAnotherAttempt?: boolean | undefined;
  /** The due date of that attempt. */
  dueAt?: Date | undefined;
}
