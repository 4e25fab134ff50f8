import { proxyActivities, sleep } from '@temporalio/workflow';
import type { AggregateUsageDailyActivities } from '../aggregate-usage-daily/activities';
import type { AggregateUsageMonthlyActivities } from '../aggregate-usage-monthly/activities';
import type { CleanupActivities } from '../cleanup-expired-sessions/activities';
import type { CleanupOldRunsActivities } from '../cleanup-old-runs/activities';
import type { CleanupTempFilesActivities } from '../cleanup-temp-files/activities';
import type { DeliverNotificationActivities } from '../deliver-notification/activities';
import type { ExportDataActivities } from '../export-data/activities';
import type { OpenAndCloseAssignmentsActivities } from '../open-and-close-assignments/activities';
import type { RemindDueAssignmentsActivities } from '../remind-due-assignments/activities';
import type { RunToolActivities } from '../run-tool/activities';
import type { SealAuditActivities } from '../seal-audit/activities';
import type { SendAccountMailActivities } from '../send-account-mail/activities';
import { MUST_HAPPEN, SWEEP } from '../shared/retry-profiles';

/**
 * Our workflows after a careless edit: they still work, but no running one would survive the deployment.
 * They prove that the replay test would notice it.
 */
export async function runTool({ runId }: { runId: string }): Promise<void> {
  const { beginRun, executeRun } = proxyActivities<RunToolActivities>(MUST_HAPPEN);
  await sleep('1 second');
  await beginRun(runId);
  await executeRun(runId);
}

export async function cleanupExpiredSessions({ idleHours }: { idleHours: number }): Promise<void> {
  const { completeIdleSessions, endLostRuns } = proxyActivities<CleanupActivities>(SWEEP);
  await endLostRuns();
  await completeIdleSessions(idleHours);
}

export async function sealAudit(): Promise<void> {
  const { sealChains } = proxyActivities<SealAuditActivities>(SWEEP);
  await sealChains(0);
}

export async function cleanupOldRuns(): Promise<void> {
  const { deleteOldRuns } = proxyActivities<CleanupOldRunsActivities>(SWEEP);
  await sleep('1 second');
  await deleteOldRuns();
}

export async function cleanupTempFiles(): Promise<void> {
  const { deleteStartedJobs, removeExpiredExports } = proxyActivities<CleanupTempFilesActivities>(SWEEP);
  await deleteStartedJobs();
  await removeExpiredExports();
}

export async function remindDueAssignments(): Promise<void> {
  const { remindOfDueAssignments } = proxyActivities<RemindDueAssignmentsActivities>(SWEEP);
  await sleep('1 second');
  await remindOfDueAssignments();
}

export async function openAndCloseAssignments(): Promise<void> {
  const { announceOpenedAssignments, submitEndedWork } =
    proxyActivities<OpenAndCloseAssignmentsActivities>(SWEEP);
  await submitEndedWork();
  await announceOpenedAssignments();
}

export async function aggregateUsageDaily(): Promise<void> {
  const { listUsageTenants, aggregateTenantDays } = proxyActivities<AggregateUsageDailyActivities>(SWEEP);
  await sleep('1 second');
  const until = new Date().toISOString();
  for (const tenantId of await listUsageTenants(null)) await aggregateTenantDays({ tenantId, until });
}

export async function aggregateUsageMonthly(): Promise<void> {
  const { listUsageTenants } = proxyActivities<AggregateUsageDailyActivities>(SWEEP);
  const { aggregateTenantMonths } = proxyActivities<AggregateUsageMonthlyActivities>(SWEEP);
  for (const tenantId of await listUsageTenants(null)) await aggregateTenantMonths(tenantId);
}

export async function exportData({ exportId }: { exportId: string }): Promise<void> {
  const { beginExport, writeExportRows, finishExport } = proxyActivities<ExportDataActivities>(MUST_HAPPEN);
  await sleep('1 second');
  await beginExport(exportId);
  await writeExportRows(exportId);
  await finishExport(exportId);
}

export async function sendAccountMail({ mailId }: { mailId: string }): Promise<void> {
  const { deliverAccountMail } = proxyActivities<SendAccountMailActivities>(MUST_HAPPEN);
  await sleep('1 second');
  await deliverAccountMail(mailId);
}

export async function deliverNotification({ eventId }: { eventId: string }): Promise<void> {
  const { expandNotification, listDueDeliveries, sendDelivery } =
    proxyActivities<DeliverNotificationActivities>(MUST_HAPPEN);
  await sleep('1 second');
  await expandNotification(eventId);
  for (const id of (await listDueDeliveries(eventId)).ids) await sendDelivery(id);
}
