import { continueAsNew, defineQuery, proxyActivities } from '@temporalio/workflow';
import type { AggregateUsageDailyActivities } from '../aggregate-usage-daily/activities';
import { SWEEP } from '../shared/retry-profiles';
import { sweepUsage } from '../shared/usage-sweep';
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
  return sweepUsage<AggregateUsageMonthlyProgress>({
    continued,
    initial: { tenants: 0, months: 0, rows: 0, failed: 0 },
    query: aggregateUsageMonthlyProgress,
    list: listUsageTenants,
    work: async (tenantId, until, progress) => {
      // A month with a missing day would wait for the next month. Usually there is nothing to do here.
      while ((await aggregateTenantDays({ tenantId, until })).hasMore);
      const done = await aggregateTenantMonths(tenantId);
      progress.months += done.months;
      progress.rows += done.rows;
    },
    continueAsNew: (next) => continueAsNew<typeof aggregateUsageMonthly>({ continued: next }),
  });
}
