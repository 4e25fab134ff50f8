import type { Principal } from '../../authz/ability';

/** A submission on which its owner is working now, and to which a session or a run belongs. */
export interface OpenSubmission {
  submissionId: string;
  assignmentId: string;
  userId: string;
  tenantId: string;
  classId: string;
  /** The group of the class. */
  groupId: string;
  groupPath: string;
  toolId: string;
  /** Pinned when the attempt was started. */
  toolVersion: number;
  toolType: 'chat' | 'product';
  attempt: number;
}

/** What other features may read about submissions. */
export interface SubmissionsReader {
  /**
   * Returns the submission if this person may work on it now: their own, in progress, its assignment open
   * for them.
   * @throws SubmissionNotFoundError if they may not see it, ForbiddenError if it is another person's,
   * ConflictError `submission.not_in_progress`, `assignment.closed` or `assignment.not_open`
   */
  getForWork(principal: Principal, submissionId: string): Promise<OpenSubmission>;
}
