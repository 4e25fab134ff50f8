import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface CleanupTempFilesResult {
  /** Exports whose time was over: file and row. */
  exports: number;
  /** Stored files that no row knows. */
  files: number;
  /** Refresh tokens of sign-ins that have ended. */
  signIns: number;
  apiTokens: number;
  idempotencyKeys: number;
  /** Records of jobs that were started. */
  jobs: number;
  /** Rows of exports whose files are long gone. */
  exportRecords: number;
  notifications: number;
  /** What notifications told of, and nobody has any more. */
  notificationEvents: number;
  /** Who was reminded of due dates long past. */
  reminders: number;
  /** Chats that groups let be kept for so long only. */
  chats: number;
}

/** What is being removed just now. */
export type CleanupTempFilesProgress = keyof CleanupTempFilesResult | 'ended';
export const CLEANUP_TEMP_FILES_PROGRESS_QUERY = 'progress';

export const cleanupTempFilesContract: WorkflowContract<null> = {
  name: 'cleanupTempFiles',
  taskQueue: 'default',
  workflowId: () => 'cleanup-temp-files',
  summary: () =>
    'Removes expired exports, orphaned files, ended tokens, old keys, chats, notifications and records',
};
