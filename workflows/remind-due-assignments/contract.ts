import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface RemindDueAssignmentsResult {
  /** Students who were reminded, counted once per assignment. */
  reminders: number;
}

export type RemindDueAssignmentsProgress = 'reminding' | 'ended';
export const REMIND_DUE_ASSIGNMENTS_PROGRESS_QUERY = 'progress';

export const remindDueAssignmentsContract: WorkflowContract<null> = {
  name: 'remindDueAssignments',
  taskQueue: 'default',
  workflowId: () => 'remind-due-assignments',
  summary: () => 'Reminds students of assignments that are due soon',
};
