import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface CleanupTempFilesResult {
  /** Exports whose time was over: file and row. */
  exports: number;
  /** Stored files without a row. */
  files: number;
  /** Refresh tokens of sign-ins that have ended. */
  signIns: number;
  apiTokens: number;
  idempotencyKeys: number;
  /** Records of jobs that were started. */
  jobs: number;
  /** Rows of exports whose files were deleted long ago. */
  exportRecords: number;
  notifications: number;
  /** Events whose notifications are all deleted. */
  notificationEvents: number;
  /** Records of reminders for due dates long past. */
  reminders: number;
  /** Chats whose groups limit how long they are kept. */
  chats: number;
  /** Links of mails and invitations, used or not, that expired long ago. */
  links: number;
  /** Mails about accounts. */
  accountMails: number;
}

/** The part that is running now. */
export type CleanupTempFilesProgress = keyof CleanupTempFilesResult | 'ended';
export const CLEANUP_TEMP_FILES_PROGRESS_QUERY = 'progress';

export const cleanupTempFilesContract: WorkflowContract<null> = {
  name: 'cleanupTempFiles',
  taskQueue: 'default',
  workflowId: () => 'cleanup-temp-files',
  summary: () =>
    'Removes expired exports, orphaned files, ended tokens, old keys, chats, notifications, links and records',
};
