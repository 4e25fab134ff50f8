import type { WorkTerms } from '../assignments';
import type { ClassScope } from '../classes';

export const SUBMISSION_STATES = ['in_progress', 'submitted', 'returned'] as const;
export type SubmissionState = (typeof SUBMISSION_STATES)[number];

/** An attempt of a student at an assignment, as lists show it: without what was written. */
export interface SubmissionSummary {
  /** Whether its class is archived: then it can be read, and nothing else. */
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
  /** The due date that held for the student when they handed in. */
  dueAtInForce: Date | null;
  late: boolean;
  lateBySeconds: number;
  /** Whether it was handed in for the student when time was up. */
  autoSubmitted: boolean;
  /** Teachers only, until returned. */
  draftScore: number | null;
  releasedScore: number | null;
  points: number;
  gradedAt: Date | null;
  returnedAt: Date | null;
  /** Whether it is the grade that counts; with `average`: a part of it. */
  counts: boolean;
  /** What holds for its student now; null once it was handed in. */
  terms: WorkTerms | null;
  /** Whether it is in progress and there is something to hand in. */
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
  /** The newest chat on it. */
  sessionId: string | null;
  /** The newest run on it. */
  runId: string | null;
}

/** Of what a list across classes is: of the caller's classes and work, or what of these the caller may read. */
export interface SubmissionScope extends ClassScope {
  assignmentId?: string | undefined;
}

export interface ListedSubmissionFilters {
  q?: string | undefined;
  state?: SubmissionState | undefined;
  late?: boolean | undefined;
  userId?: string | undefined;
  /** Handed in without a grade, in classes where the caller grades. */
  toGrade?: boolean | undefined;
  /** Handed in with a draft of a grade, in classes where the caller grades. */
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
  /** Whether the student gets to see it at once. */
  return?: boolean | undefined;
}

export interface ReturnInput {
  /** Another attempt, also if all are used or the due date has passed. */
  allowAnotherAttempt?: boolean | undefined;
  /** When that attempt is due. */
  dueAt?: Date | undefined;
}
