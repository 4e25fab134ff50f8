import { continueAsNew, defineQuery, proxyActivities } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import { sweepUsage } from '../shared/usage-sweep';
import type { AggregateUsageDailyActivities } from './activities';
import {
  AGGREGATE_USAGE_DAILY_PROGRESS_QUERY,
  type AggregateUsageDailyInput,
  type AggregateUsageDailyProgress,
} from './contract';

const { listUsageTenants, aggregateTenantDays } = proxyActivities<AggregateUsageDailyActivities>(SWEEP);

export const aggregateUsageDailyProgress = defineQuery<AggregateUsageDailyProgress>(
  AGGREGATE_USAGE_DAILY_PROGRESS_QUERY,
);

/**
 * Aggregates, tenant by tenant, every day that has ended and is not aggregated yet or got a late
 * settlement.
 */
export async function aggregateUsageDaily({
  continued,
}: AggregateUsageDailyInput): Promise<AggregateUsageDailyProgress> {
  return sweepUsage<AggregateUsageDailyProgress>({
    continued,
    initial: { tenants: 0, days: 0, rows: 0, failed: 0 },
    query: aggregateUsageDailyProgress,
    list: listUsageTenants,
    work: async (tenantId, until, progress) => {
      for (let hasMore = true; hasMore; ) {
        const done = await aggregateTenantDays({ tenantId, until });
        progress.days += done.days;
        progress.rows += done.rows;
        hasMore = done.hasMore;
      }
    },
    continueAsNew: (next) => continueAsNew<typeof aggregateUsageDaily>({ continued: next }),
  });
}
