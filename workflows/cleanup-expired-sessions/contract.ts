import type { WorkflowContract } from '../../src/platform/temporal/contract';

/** Sessions without a message for this long are over: longer than a school day, so that nobody loses one at noon. */
export const IDLE_HOURS = 24;

export interface CleanupExpiredSessionsInput {
  idleHours: number;
}

export interface CleanupExpiredSessionsResult {
  /** Sessions completed. */
  sessions: number;
  /** Runs ended that no workflow would have ended any more. */
  runs: number;
  /** Calls to models that nobody would have settled any more. */
  calls: number;
}

export const cleanupExpiredSessionsContract: WorkflowContract<CleanupExpiredSessionsInput> = {
  name: 'cleanupExpiredSessions',
  taskQueue: 'default',
  workflowId: () => 'cleanup-expired-sessions',
  summary: () => 'Completes idle chat sessions and ends answers that a dead process left open',
};
