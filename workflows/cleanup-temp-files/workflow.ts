import {
  ApplicationFailure,
  defineQuery,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { failureCode } from '../shared/failure-code';
import { SWEEP } from '../shared/retry-profiles';
import type { CleanupTempFilesActivities } from './activities';
import {
  CLEANUP_TEMP_FILES_PROGRESS_QUERY,
  type CleanupTempFilesProgress,
  type CleanupTempFilesResult,
} from './contract';

const {
  removeExpiredExports,
  removeOrphanedFiles,
  deleteEndedSignIns,
  deleteEndedApiTokens,
  deleteExpiredIdempotencyKeys,
  deleteStartedJobs,
  deleteOldExportRecords,
  deleteOldNotifications,
  deleteOldNotificationEvents,
  deleteOldReminders,
  deleteOldChats,
} = proxyActivities<CleanupTempFilesActivities>(SWEEP);

/** In this order. What a part leaves undone the next night does. */
const PARTS: readonly (readonly [keyof CleanupTempFilesResult, () => Promise<number>])[] = [
  // First, since what expires here must not be taken for orphaned below.
  ['exports', removeExpiredExports],
  ['files', removeOrphanedFiles],
  ['signIns', deleteEndedSignIns],
  ['apiTokens', deleteEndedApiTokens],
  ['idempotencyKeys', deleteExpiredIdempotencyKeys],
  ['jobs', deleteStartedJobs],
  ['exportRecords', deleteOldExportRecords],
  ['notifications', deleteOldNotifications],
  // Behind those who hold on to them.
  ['notificationEvents', deleteOldNotificationEvents],
  ['reminders', deleteOldReminders],
  ['chats', deleteOldChats],
];

export const cleanupTempFilesProgress = defineQuery<CleanupTempFilesProgress>(
  CLEANUP_TEMP_FILES_PROGRESS_QUERY,
);

/** Removes what was kept for a time only. Each part stands for itself: one that fails does not hold up the others. */
export async function cleanupTempFiles(): Promise<CleanupTempFilesResult> {
  const done: CleanupTempFilesResult = {
    exports: 0,
    files: 0,
    signIns: 0,
    apiTokens: 0,
    idempotencyKeys: 0,
    jobs: 0,
    exportRecords: 0,
    notifications: 0,
    notificationEvents: 0,
    reminders: 0,
    chats: 0,
  };
  let progress: CleanupTempFilesProgress = 'exports';
  setHandler(cleanupTempFilesProgress, () => progress);
  let failure: string | null = null;
  for (const [part, remove] of PARTS) {
    progress = part;
    try {
      done[part] = await remove();
    } catch (error) {
      if (isCancellation(error)) throw error;
      failure ??= failureCode(error, 'cleanup');
      log.warn('a part of the clean-up failed', { part, code: failure });
    }
  }
  progress = 'ended';
  // So that operations see it as failed, too.
  if (failure !== null) throw ApplicationFailure.nonRetryable(failure, failure);
  return done;
}
