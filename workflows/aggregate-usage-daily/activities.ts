import type { AggregatedDays, UsageAggregation } from '../../src/features/usage';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** Their ids take two kilobytes of the history. */
const TENANTS_PER_PAGE = 50;
/**
 * At one second per day, as in the largest districts, this stays far within the activity's time limit. A
 * longer backlog takes several activities.
 */
const MAX_DAYS = 100;

/** At 02:00 in the tenant's time zone, the last calls of the day are settled and nobody is at school. */
const FROM_HOUR = 2;

export interface AggregateUsageDailyDeps {
  aggregation: Pick<UsageAggregation, 'listTenantIds' | 'aggregateDays'>;
  logger: Logger;
}

export interface AggregateTenantDaysInput {
  tenantId: string;
  /** Aggregates days that had ended at this moment, if it is late enough in the tenant's night. */
  until: string;
}

/** The activities of the job. Each is safe to repeat. */
export function createAggregateUsageDailyActivities({ aggregation, logger }: AggregateUsageDailyDeps) {
  return {
    /** Returns the next tenants, sorted by id. */
    listUsageTenants: (after: string | null): Promise<string[]> =>
      runActivity(logger, () => aggregation.listTenantIds(after, TENANTS_PER_PAGE)),

    /**
     * Safe to repeat: each day is one transaction that also records the tenant's progress, so finished days
     * are skipped.
     */
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
