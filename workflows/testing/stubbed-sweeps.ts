import { aggregateUsageDailyContract } from '../aggregate-usage-daily/contract';
import { aggregateUsageMonthlyContract } from '../aggregate-usage-monthly/contract';
import { cleanupExpiredSessionsContract, IDLE_HOURS } from '../cleanup-expired-sessions/contract';
import { cleanupOldRunsContract } from '../cleanup-old-runs/contract';
import { cleanupTempFilesContract } from '../cleanup-temp-files/contract';
import { openAndCloseAssignmentsContract } from '../open-and-close-assignments/contract';
import { remindDueAssignmentsContract } from '../remind-due-assignments/contract';
import { sealAuditContract } from '../seal-audit/contract';
import type { StubbedJob } from './stubbed-job';

const answer =
  <T>(value: T) =>
  (): Promise<T> =>
    Promise.resolve(value);

export const stubbedSealAudit: StubbedJob = {
  job: 'seal-audit',
  contract: sealAuditContract,
  input: null,
  activities: { settleAudit: answer(42), sealChains: answer({ events: 7, chains: 2, failed: 0 }) },
};

const stubbedCleanupExpiredSessions: StubbedJob = {
  job: 'cleanup-expired-sessions',
  contract: cleanupExpiredSessionsContract,
  input: { idleHours: IDLE_HOURS },
  activities: { completeIdleSessions: answer(3), endLostRuns: answer(0), settleAbandonedCalls: answer(0) },
};

export const stubbedCleanupOldRuns: StubbedJob = {
  job: 'cleanup-old-runs',
  contract: cleanupOldRunsContract,
  input: null,
  activities: { deleteOldRuns: answer(3) },
};

export const stubbedCleanupTempFiles: StubbedJob = {
  job: 'cleanup-temp-files',
  contract: cleanupTempFilesContract,
  input: null,
  activities: {
    removeExpiredExports: answer(1),
    removeOrphanedFiles: answer(2),
    deleteEndedSignIns: answer(3),
    deleteEndedApiTokens: answer(4),
    deleteExpiredIdempotencyKeys: answer(5),
    deleteStartedJobs: answer(6),
    deleteOldExportRecords: answer(7),
    deleteOldNotifications: answer(8),
    deleteOldNotificationEvents: answer(9),
    deleteOldReminders: answer(10),
    deleteOldChats: answer(11),
    deleteOldLinks: answer(12),
    deleteOldAccountMails: answer(13),
  },
};

export const stubbedOpenAndCloseAssignments: StubbedJob = {
  job: 'open-and-close-assignments',
  contract: openAndCloseAssignmentsContract,
  input: null,
  activities: { announceOpenedAssignments: answer(3), submitEndedWork: answer(2) },
};

export const stubbedRemindDueAssignments: StubbedJob = {
  job: 'remind-due-assignments',
  contract: remindDueAssignmentsContract,
  input: null,
  activities: { remindOfDueAssignments: answer(3) },
};

const TENANTS = ['0197a000-0000-7000-8000-000000000001', '0197a000-0000-7000-8000-000000000002'];
const listUsageTenants = (after: string | null): Promise<string[]> =>
  Promise.resolve(TENANTS.filter((id) => after === null || id > after));

export const stubbedAggregateUsageDaily: StubbedJob = {
  job: 'aggregate-usage-daily',
  contract: aggregateUsageDailyContract,
  input: { continued: null },
  activities: { listUsageTenants, aggregateTenantDays: answer({ days: 1, rows: 5, hasMore: false }) },
};

export const stubbedAggregateUsageMonthly: StubbedJob = {
  job: 'aggregate-usage-monthly',
  contract: aggregateUsageMonthlyContract,
  input: { continued: null },
  activities: {
    listUsageTenants,
    aggregateTenantDays: answer({ days: 0, rows: 0, hasMore: false }),
    aggregateTenantMonths: answer({ months: 1, rows: 5 }),
  },
};

/** Each job with the activity in which it fails or is cancelled in its recorded histories. */
export const STUBBED_SWEEPS: readonly (readonly [StubbedJob, string])[] = [
  [stubbedSealAudit, 'sealChains'],
  [stubbedAggregateUsageDaily, 'aggregateTenantDays'],
  [stubbedAggregateUsageMonthly, 'aggregateTenantMonths'],
  [stubbedCleanupExpiredSessions, 'completeIdleSessions'],
  [stubbedCleanupOldRuns, 'deleteOldRuns'],
  [stubbedCleanupTempFiles, 'deleteEndedSignIns'],
  [stubbedOpenAndCloseAssignments, 'submitEndedWork'],
  [stubbedRemindDueAssignments, 'remindOfDueAssignments'],
];
