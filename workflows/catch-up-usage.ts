import type { UsageAggregation } from '../src/features/usage';
import type { Logger } from '../src/platform/logging/logger';
import type { TemporalClient } from '../src/platform/temporal/temporal-client';
import { aggregateUsageDailySchedule } from './aggregate-usage-daily/schedule';

/**
 * Triggers the aggregation now if there is too much unaggregated usage for reports to sum it up until the
 * night, as after an import. If the schedule is running or paused, this run is skipped. It never fails,
 * because the nightly run comes anyway.
 */
export async function catchUpUsage(
  temporal: Pick<TemporalClient, 'ask'>,
  aggregation: Pick<UsageAggregation, 'cannotWait'>,
  logger: Logger,
): Promise<void> {
  const { id } = aggregateUsageDailySchedule;
  try {
    if (!(await aggregation.cannotWait())) return;
    const isPaused = (await temporal.ask(({ schedules }) => schedules.find(id)))?.isPaused ?? true;
    if (isPaused) return;
    await temporal.ask(({ schedules }) => schedules.trigger(id));
    logger.info('usage that was never aggregated is being added up', { schedule: id });
  } catch (error) {
    logger.warn('usage that was never aggregated waits for its schedule', {
      reason: (error as Error).message,
    });
  }
}
