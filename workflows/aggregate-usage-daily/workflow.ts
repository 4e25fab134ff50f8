import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { forEachTenant } from '../shared/for-each-tenant';
import { SWEEP } from '../shared/retry-profiles';
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
 * settlement. One moment decides for all tenants which days have ended.
 */
export async function aggregateUsageDaily({
  continued,
}: AggregateUsageDailyInput): Promise<AggregateUsageDailyProgress> {
  const until = continued?.until ?? new Date().toISOString();
  const progress = { ...(continued?.progress ?? { tenants: 0, days: 0, rows: 0, failed: 0 }) };
  setHandler(aggregateUsageDailyProgress, () => progress);
  const after = await forEachTenant({
    after: continued?.after ?? null,
    list: listUsageTenants,
    work: async (tenantId) => {
      for (let hasMore = true; hasMore; ) {
        const done = await aggregateTenantDays({ tenantId, until });
        progress.days += done.days;
        progress.rows += done.rows;
        hasMore = done.hasMore;
      }
      progress.tenants += 1;
    },
    onFailure: () => {
      progress.failed += 1;
    },
  });
  if (after !== null)
    return continueAsNew<typeof aggregateUsageDaily>({ continued: { after, until, progress } });
  // Fails so that operators see it. The next run does the remaining work.
  if (progress.failed > 0)
    throw ApplicationFailure.nonRetryable('usage.incomplete', 'usage.incomplete', progress);
  return progress;
}
