import type { AggregatedMonths, UsageAggregation } from '../../src/features/usage';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** One hour after the last day is aggregated, in the tenant's time zone. */
const FROM_HOUR = 3;

export interface AggregateUsageMonthlyDeps {
  aggregation: Pick<UsageAggregation, 'aggregateMonths'>;
  logger: Logger;
}

/** The activities of the job. Each is safe to repeat. */
export function createAggregateUsageMonthlyActivities({ aggregation, logger }: AggregateUsageMonthlyDeps) {
  return {
    /** Safe to repeat: each month is one transaction that also records that the month is up to date. */
    aggregateTenantMonths: (tenantId: string): Promise<AggregatedMonths> =>
      runActivity(logger, (run) =>
        aggregation.aggregateMonths(
          tenantId,
          (month) => {
            run.heartbeat(month);
            run.signal.throwIfAborted();
          },
          { fromHour: FROM_HOUR },
        ),
      ),
  };
}

export type AggregateUsageMonthlyActivities = ReturnType<typeof createAggregateUsageMonthlyActivities>;
