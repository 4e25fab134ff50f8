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

/**
 * Aggregates, tenant by tenant, every month that is over and is not aggregated yet or has a day that
 * changed since.
 */
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
      // A month with a missing day would wait for the next month. Usually there is nothing to do here.
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
  // Fails so that operators see it. The next run does the remaining work.
  if (progress.failed > 0)
    throw ApplicationFailure.nonRetryable('usage.incomplete', 'usage.incomplete', progress);
  return progress;
}
