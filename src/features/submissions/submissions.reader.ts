import type { Principal } from '../../authz/ability';

/** A submission on which its owner is working right now: what a session or a run hangs on. */
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

/** What other features may ask of submissions. */
export interface SubmissionsReader {
  /**
   * The submission, if this person may work on it now: their own, in progress, its assignment open for them.
   * @throws SubmissionNotFoundError where they cannot see it, ForbiddenError where it is somebody else's,
   * ConflictError `submission.not_in_progress`, `assignment.closed` or `assignment.not_open`.
   */
  getForWork(principal: Principal, submissionId: string): Promise<OpenSubmission>;
}
