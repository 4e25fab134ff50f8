import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageDailyContract } from './contract';

export const aggregateUsageDailySchedule = scheduleEntry({
  id: 'aggregate-usage-daily',
  note: 'Adds up AI usage by day for each tenant, at 02:00 in its time zone.',
  // The minute does not matter, because reports read days that are not aggregated from the calls.
  at: { minute: 0 },
  // It is two o'clock somewhere at every hour: a run aggregates the days of the tenants whose clocks show
  // two or later.
  timeZone: 'UTC',
  // A long run also does the work of the next one.
  overlap: 'SKIP',
  // One run aggregates all missing days. After an outage, the last missed run is therefore enough.
  catchupWindow: '1 hour',
  contract: aggregateUsageDailyContract,
  input: { continued: null },
});
