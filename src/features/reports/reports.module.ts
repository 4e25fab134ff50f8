import type { Platform } from '../../platform/platform';
import type { GroupsReader } from '../groups';
import { ClassReportReadModel } from './reports.class.read-model';
import { ReportsService } from './reports.service';
import { UsageReportReadModel } from './reports.usage.read-model';

/** Builds the feature: class reports and usage reports. */
export function createReportsModule({ config, db }: Platform, { groups }: { groups: GroupsReader }) {
  const classes = new ClassReportReadModel(db);
  const usage = new UsageReportReadModel(db);
  return {
    reports: new ReportsService({
      classes: { find: (...subject) => db.onReplica(() => classes.find(...subject)) },
      usage: { find: (...subject) => db.onReplica(() => usage.find(...subject)) },
      groups,
      currency: config.BILLING_CURRENCY,
      groupOfClass: (classId) => classes.groupOf(classId),
    }),
  };
}

export type ReportsModule = ReturnType<typeof createReportsModule>;
