import type { Container } from '../src/container';
import { createAggregateUsageDailyActivities } from './aggregate-usage-daily/activities';
import { createAggregateUsageMonthlyActivities } from './aggregate-usage-monthly/activities';
import { createCleanupActivities } from './cleanup-expired-sessions/activities';
import { createCleanupOldRunsActivities } from './cleanup-old-runs/activities';
import { createCleanupTempFilesActivities } from './cleanup-temp-files/activities';
import { createDeliverNotificationActivities } from './deliver-notification/activities';
import { createExportDataActivities } from './export-data/activities';
import { createOpenAndCloseAssignmentsActivities } from './open-and-close-assignments/activities';
import { createRemindDueAssignmentsActivities } from './remind-due-assignments/activities';
import { createRunToolActivities } from './run-tool/activities';
import { createSealAuditActivities } from './seal-audit/activities';
import { createSendAccountMailActivities } from './send-account-mail/activities';

type Activities = Record<string, (...args: never[]) => Promise<unknown>>;

/** Merges the registries of all jobs. @throws Error if two jobs have an activity of the same name */
export function mergeActivities(...registries: readonly Activities[]): Activities {
  const merged: Activities = {};
  for (const [name, activity] of registries.flatMap((registry) => Object.entries(registry))) {
    if (name in merged) throw new Error(`Two activities are called ${name}`);
    merged[name] = activity;
  }
  return merged;
}

/**
 * Creates every activity of every job, bound to the services that it calls.
 * @param stopping aborted when the worker is to stop; work that can continue elsewhere then ends at its
 * next step
 */
export function createActivities(container: Container, stopping: AbortSignal): Activities {
  const { platform, ai, auditTrail, runs, sessions } = container;
  const { logger } = platform;
  const { execution } = runs;
  return mergeActivities(
    createCleanupActivities({ sessions: sessions.cleanup, execution, gateway: ai.gateway, logger }),
    createRunToolActivities({ execution, logger }),
    createDeliverNotificationActivities({ execution: container.notifications.execution, logger }),
    createSendAccountMailActivities({ delivery: container.mails.delivery, logger }),
    createExportDataActivities({ execution: container.exports.execution, stopping, logger }),
    createAggregateUsageDailyActivities({ aggregation: container.usage.aggregation, logger }),
    createAggregateUsageMonthlyActivities({ aggregation: container.usage.aggregation, logger }),
    createSealAuditActivities({ seal: auditTrail.seal, logger }),
    createOpenAndCloseAssignmentsActivities({
      openings: container.assignments.openings,
      ended: container.submissions.ended,
      logger,
    }),
    createRemindDueAssignmentsActivities({ reminders: container.reminders, logger }),
    createCleanupOldRunsActivities({ retention: runs.retention, logger }),
    createCleanupTempFilesActivities({
      ...container.temporaryFiles,
      auth: container.auth.retention,
      sessions: sessions.cleanup,
      notifications: container.notifications.retention,
      reminders: container.reminders,
      mails: container.mails.retention,
      invitations: container.invitations.retention,
      platform: container.retention,
      logger,
    }),
  );
}
