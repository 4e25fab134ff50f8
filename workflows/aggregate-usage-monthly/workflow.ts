import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { AggregateUsageDailyActivities } from '../aggregate-usage-daily/activities';
import { forEachTenant } from '../shared/for-each-tenant';
import { SWEEP } from '../shared/retry-profiles';
import type { AggregateUsageMonthlyActivities } from './activities';
import {
  AGGREGATE_USAGE_MONTHLY_PROGRESS_QUERY,
  type AggregateUsageMonthlyInput,
  type AggregateUsageMonthlyProgress,
} from './contract';

const { listUsageTenants, aggregateTenantDays, aggregateTenantMonths } = proxyActivities<
  AggregateUsageDailyActivities & AggregateUsageMonthlyActivities
>(SWEEP);

export const aggregateUsageMonthlyProgress = defineQuery<AggregateUsageMonthlyProgress>(
  AGGREGATE_USAGE_MONTHLY_PROGRESS_QUERY,
);

/** Tenant after tenant, all months that are over and not aggregated, or of which a day has changed since. */
export async function aggregateUsageMonthly({
  continued,
}: AggregateUsageMonthlyInput): Promise<AggregateUsageMonthlyProgress> {
  const until = continued?.until ?? new Date().toISOString();
  const progress = { ...(continued?.progress ?? { tenants: 0, months: 0, rows: 0, failed: 0 }) };
  setHandler(aggregateUsageMonthlyProgress, () => progress);
  const after = await forEachTenant({
    after: continued?.after ?? null,
    list: listUsageTenants,
    work: async (tenantId) => {
      // A month of which a day is missing would wait for a month: usually there is nothing to do here.
      while ((await aggregateTenantDays({ tenantId, until })).hasMore);
      const done = await aggregateTenantMonths(tenantId);
      progress.months += done.months;
      progress.rows += done.rows;
      progress.tenants += 1;
    },
    onFailure: () => {
      progress.failed += 1;
    },
  });
  if (after !== null)
    return continueAsNew<typeof aggregateUsageMonthly>({ continued: { after, until, progress } });
  // So that operations see it. The next run does what this one has left.
  if (progress.failed > 0)
    throw ApplicationFailure.nonRetryable('usage.incomplete', 'usage.incomplete', progress);
  return progress;
}
