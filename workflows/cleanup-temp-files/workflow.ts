import {
  ApplicationFailure,
  defineQuery,
  isCancellation,
  log,
  patched,
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
  deleteOldLinks,
  deleteOldAccountMails,
} = proxyActivities<CleanupTempFilesActivities>(SWEEP);

/** Runs in this order. The next night's run does what a part leaves undone. */
const PARTS: readonly (readonly [keyof CleanupTempFilesResult, () => Promise<number>])[] = [
  // First, because files that expire here must not count as orphaned below.
  ['exports', removeExpiredExports],
  ['files', removeOrphanedFiles],
  ['signIns', deleteEndedSignIns],
  ['apiTokens', deleteEndedApiTokens],
  ['idempotencyKeys', deleteExpiredIdempotencyKeys],
  ['jobs', deleteStartedJobs],
  ['exportRecords', deleteOldExportRecords],
  ['notifications', deleteOldNotifications],
  // After the rows that refer to them.
  ['notificationEvents', deleteOldNotificationEvents],
  ['reminders', deleteOldReminders],
  ['chats', deleteOldChats],
];
/** Since there are mails about accounts; a run that began before does without them. */
const MAIL_PARTS: typeof PARTS = [
  ['links', deleteOldLinks],
  ['accountMails', deleteOldAccountMails],
];

export const cleanupTempFilesProgress = defineQuery<CleanupTempFilesProgress>(
  CLEANUP_TEMP_FILES_PROGRESS_QUERY,
);

/**
 * Removes data that is kept for a limited time. The parts are independent: a part that fails does not block
 * the others.
 */
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
    links: 0,
    accountMails: 0,
  };
  let progress: CleanupTempFilesProgress = 'exports';
  setHandler(cleanupTempFilesProgress, () => progress);
  let failure: string | null = null;
  const parts = patched('account-mails') ? [...PARTS, ...MAIL_PARTS] : PARTS;
  for (const [part, remove] of parts) {
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
  // Fails so that operators see it.
  if (failure !== null) throw ApplicationFailure.nonRetryable(failure, failure);
  return done;
}
