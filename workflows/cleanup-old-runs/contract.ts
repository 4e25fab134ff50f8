import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface CleanupOldRunsResult {
  /** Runs that were deleted. */
  runs: number;
}

export type CleanupOldRunsProgress = 'deleting' | 'ended';
export const CLEANUP_OLD_RUNS_PROGRESS_QUERY = 'progress';

export const cleanupOldRunsContract: WorkflowContract<null> = {
  name: 'cleanupOldRuns',
  taskQueue: 'default',
  workflowId: () => 'cleanup-old-runs',
  summary: () => 'Deletes old product runs that belong to no submission',
};
