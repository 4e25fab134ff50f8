import type { AssignmentRemindersService } from '../../src/features/assignments';
import type { AuthRetentionService } from '../../src/features/auth';
import type { ExportCleanup } from '../../src/features/exports';
import type { InvitationsRetentionService } from '../../src/features/invitations';
import type { MailsRetentionService } from '../../src/features/mails';
import type { NotificationRetentionService } from '../../src/features/notifications';
import type { SessionsModule } from '../../src/features/sessions';
import type { PlatformRetention } from '../../src/platform/db/retention';
import type { Logger } from '../../src/platform/logging/logger';
import type { OrphanedFiles } from '../../src/platform/storage/storage.orphans';
import { runActivity } from '../shared/activity';
import { inBatches } from '../shared/in-batches';
import { inPages } from '../shared/in-pages';

/** Short rows: a transaction of this size takes some ten milliseconds. */
const ROWS = { size: 1_000, maxBatches: 1_000 };
/** Deleting a chat also deletes its messages and detaches its calls. */
const CHATS = { size: 200, maxPages: 10_000 };
/** Each export has a file to delete, over the network if it is in a bucket. */
const FILES = { size: 20, maxBatches: 1_000 };
/** Exports in progress. */
const UNFINISHED = { size: 200, maxPages: 1_000 };
/** A file without a row may still get one within this time: no export takes longer. */
const ORPHANED_AFTER_MS = 24 * 60 * 60_000;

export interface CleanupTempFilesDeps {
  exports: Pick<ExportCleanup, 'endLost' | 'expire' | 'forget'>;
  orphans: Pick<OrphanedFiles, 'remove'>;
  auth: Pick<AuthRetentionService, 'deleteEndedSignIns' | 'deleteEndedApiTokens'>;
  notifications: Pick<NotificationRetentionService, 'deleteOld' | 'deleteOldEvents'>;
  reminders: Pick<AssignmentRemindersService, 'deleteOld'>;
  sessions: Pick<SessionsModule['cleanup'], 'deleteOld'>;
  invitations: Pick<InvitationsRetentionService, 'deleteOld'>;
  mails: Pick<MailsRetentionService, 'deleteOldLinks' | 'deleteOldMails'>;
  platform: Pick<PlatformRetention, 'deleteExpiredKeys' | 'deleteStartedJobs'>;
  logger: Logger;
}

/**
 * Each activity is safe to repeat, because deleted data is not found again. Each returns how much it
 * removed.
 */
export function createCleanupTempFilesActivities(deps: CleanupTempFilesDeps) {
  const { exports, orphans, auth, notifications, reminders, sessions, mails, invitations, platform, logger } =
    deps;
  const sweep = (limits: typeof ROWS, batch: (limits: { limit: number }) => Promise<number>) =>
    runActivity(logger, (run) => inBatches(run, limits, () => batch({ limit: limits.size })));
  return {
    removeExpiredExports: () =>
      runActivity(logger, async (run) => {
        const again = { ...run, lastHeartbeat: undefined, heartbeat: () => {} };
        await inPages(again, UNFINISHED, (part) => exports.endLost(part));
        return inBatches(run, FILES, () => exports.expire({ limit: FILES.size }));
      }),

    removeOrphanedFiles: () =>
      runActivity(logger, async (run) => {
        let removed = typeof run.lastHeartbeat === 'number' ? run.lastHeartbeat : 0;
        for await (const count of orphans.remove(new Date(Date.now() - ORPHANED_AFTER_MS))) {
          run.signal.throwIfAborted();
          removed += count;
          run.heartbeat(removed);
        }
        return removed;
      }),

    deleteEndedSignIns: () => sweep(ROWS, (limits) => auth.deleteEndedSignIns(limits)),
    deleteEndedApiTokens: () => sweep(ROWS, (limits) => auth.deleteEndedApiTokens(limits)),
    deleteExpiredIdempotencyKeys: () => sweep(ROWS, (limits) => platform.deleteExpiredKeys(limits)),
    deleteStartedJobs: () => sweep(ROWS, (limits) => platform.deleteStartedJobs(limits)),
    deleteOldExportRecords: () => sweep(ROWS, (limits) => exports.forget(limits)),
    deleteOldNotifications: () => sweep(ROWS, (limits) => notifications.deleteOld(limits)),
    deleteOldNotificationEvents: () => sweep(ROWS, (limits) => notifications.deleteOldEvents(limits)),
    deleteOldChats: () =>
      runActivity(logger, (run) => inPages(run, CHATS, (part) => sessions.deleteOld(part))),
    deleteOldReminders: () => sweep(ROWS, (limits) => reminders.deleteOld(limits)),
    deleteOldLinks: () =>
      sweep(ROWS, async (limits) => {
        const links = await mails.deleteOldLinks(limits);
        return links + (await invitations.deleteOld(limits));
      }),
    deleteOldAccountMails: () => sweep(ROWS, (limits) => mails.deleteOldMails(limits)),
  };
}

export type CleanupTempFilesActivities = ReturnType<typeof createCleanupTempFilesActivities>;
