import type { AggregatedDays, UsageAggregation } from '../../src/features/usage';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** Their ids are two kilobytes of history. */
const TENANTS_PER_PAGE = 50;
/** At a second a day, as for the largest districts, far within an activity's time; a longer backlog takes several. */
const MAX_DAYS = 100;

/** At night, wherever the tenant is: what a day's last calls have settled late is in it, and nobody is at school. */
const FROM_HOUR = 2;

export interface AggregateUsageDailyDeps {
  aggregation: Pick<UsageAggregation, 'listTenantIds' | 'aggregateDays'>;
  logger: Logger;
}

export interface AggregateTenantDaysInput {
  tenantId: string;
  /** Days that had ended by then, and of which the tenant's night is far enough, are aggregated. */
  until: string;
}

export function createAggregateUsageDailyActivities({ aggregation, logger }: AggregateUsageDailyDeps) {
  return {
    /** The next tenants by id. */
    listUsageTenants: (after: string | null): Promise<string[]> =>
      runActivity(logger, () => aggregation.listTenantIds(after, TENANTS_PER_PAGE)),

    /** Safe to repeat: each day is a transaction that also notes how far the tenant is; what is done is found done. */
    aggregateTenantDays: ({ tenantId, until }: AggregateTenantDaysInput): Promise<AggregatedDays> =>
      runActivity(logger, (run) =>
        aggregation.aggregateDays({
          tenantId,
          until: new Date(until),
          fromHour: FROM_HOUR,
          limit: MAX_DAYS,
          onDay: (day) => {
            run.heartbeat(day);
            run.signal.throwIfAborted();
          },
        }),
      ),
  };
}

export type AggregateUsageDailyActivities = ReturnType<typeof createAggregateUsageDailyActivities>;
