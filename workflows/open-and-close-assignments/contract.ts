import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface OpenAndCloseAssignmentsResult {
  /** Students who were notified of an opened assignment, counted once per assignment. */
  announced: number;
  /** Attempts that were submitted for their students. */
  submitted: number;
}

export type OpenAndCloseAssignmentsProgress = 'announcing' | 'submitting' | 'ended';
export const OPEN_AND_CLOSE_ASSIGNMENTS_PROGRESS_QUERY = 'progress';

export const openAndCloseAssignmentsContract: WorkflowContract<null> = {
  name: 'openAndCloseAssignments',
  taskQueue: 'default',
  workflowId: () => 'open-and-close-assignments',
  summary: () => 'Notifies students of opened assignments and hands in work when its time is over',
};
