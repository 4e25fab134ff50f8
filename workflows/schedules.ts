import { aggregateUsageDailySchedule } from './aggregate-usage-daily/schedule';
import { aggregateUsageMonthlySchedule } from './aggregate-usage-monthly/schedule';
import { cleanupExpiredSessionsSchedule } from './cleanup-expired-sessions/schedule';
import { cleanupOldRunsSchedule } from './cleanup-old-runs/schedule';
import { cleanupTempFilesSchedule } from './cleanup-temp-files/schedule';
import { openAndCloseAssignmentsSchedule } from './open-and-close-assignments/schedule';
import { remindDueAssignmentsSchedule } from './remind-due-assignments/schedule';
import { sealAuditSchedule } from './seal-audit/schedule';
import type { ScheduleEntry } from './shared/schedule-entry';

/** Every schedule. A worker makes Temporal equal to this table when it starts. */
export const SCHEDULES: readonly ScheduleEntry[] = [
  openAndCloseAssignmentsSchedule, // every ten minutes
  sealAuditSchedule, // every ten minutes
  remindDueAssignmentsSchedule, // every quarter of an hour
  cleanupExpiredSessionsSchedule, // hourly
  cleanupOldRunsSchedule, // daily
  cleanupTempFilesSchedule, // daily
  aggregateUsageDailySchedule, // hourly
  aggregateUsageMonthlySchedule, // hourly
];
