import type { WorkTerms } from '../assignments';
import type { ClassScope } from '../classes';

export const SUBMISSION_STATES = ['in_progress', 'submitted', 'returned'] as const;
export type SubmissionState = (typeof SUBMISSION_STATES)[number];

/** A student's attempt at an assignment, as lists show it: without its contents. */
export interface SubmissionSummary {
  /** Whether its class is archived; it is then read-only. */
  isArchived: boolean;
  id: string;
  tenantId: string;
  assignmentId: string;
  assignmentTitle: string;
  classId: string;
  className: string;
  groupPath: string;
  userId: string;
  userName: string;
  attempt: number;
  toolId: string;
  toolVersion: number;
  state: SubmissionState;
  startedAt: Date;
  submittedAt: Date | null;
  /** The due date that applied to the student when they submitted. */
  dueAtInForce: Date | null;
  late: boolean;
  lateBySeconds: number;
  /** Whether it was submitted automatically when time was up. */
  autoSubmitted: boolean;
  /** Only for teachers until it is returned. */
  draftScore: number | null;
  releasedScore: number | null;
  points: number;
  gradedAt: Date | null;
  returnedAt: Date | null;
  /** Whether it is the grade that counts; with `average`, a part of it. */
  counts: boolean;
  /** The student's current terms; null after submission. */
  terms: WorkTerms | null;
  /** Whether it is in progress and has content to submit. */
  hasContent: boolean;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface Submission extends SubmissionSummary {
  /** The group of the class. */
  groupId: string;
  toolType: 'chat' | 'product';
  answer: string | null;
  draftFeedback: string | null;
  releasedFeedback: string | null;
  /** The newest chat about it. */
  sessionId: string | null;
  /** The newest run for it. */
  runId: string | null;
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
