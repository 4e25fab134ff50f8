import type { WorkTerms } from '../assignments';

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
