import type { WorkflowContract } from '../../src/platform/temporal/contract';

/**
 * Sessions without a message for this long are closed. It is longer than a school day, so that no session
 * ends at noon.
 */
export const IDLE_HOURS = 24;

export interface CleanupExpiredSessionsInput {
  idleHours: number;
}

export interface CleanupExpiredSessionsResult {
  /** Sessions that were completed. */
  sessions: number;
  /** Runs that were ended because no workflow would end them any more. */
  runs: number;
  /** Calls to models that were settled because their process is gone. */
  calls: number;
}

export const cleanupExpiredSessionsContract: WorkflowContract<CleanupExpiredSessionsInput> = {
  name: 'cleanupExpiredSessions',
  taskQueue: 'default',
  workflowId: () => 'cleanup-expired-sessions',
  summary: () => 'Completes idle chat sessions and ends answers that a dead process left open',
};
