/** Every workflow: the entry point of the sandbox bundle. */
export { aggregateUsageDaily } from './aggregate-usage-daily/workflow';
export { aggregateUsageMonthly } from './aggregate-usage-monthly/workflow';
export { cleanupExpiredSessions } from './cleanup-expired-sessions/workflow';
export { cleanupOldRuns } from './cleanup-old-runs/workflow';
export { cleanupTempFiles } from './cleanup-temp-files/workflow';
export { deliverNotification } from './deliver-notification/workflow';
export { exportData } from './export-data/workflow';
export { openAndCloseAssignments } from './open-and-close-assignments/workflow';
export { remindDueAssignments } from './remind-due-assignments/workflow';
export { runTool } from './run-tool/workflow';
export { sealAudit } from './seal-audit/workflow';
export { sendAccountMail } from './send-account-mail/workflow';
