import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageDailyContract } from './contract';

export const aggregateUsageDailySchedule = scheduleEntry({
  id: 'aggregate-usage-daily',
  note: 'Adds up AI usage by day for each tenant, at 02:00 in its time zone.',
  // Nobody waits for it, because what is not aggregated yet is read from the calls.
  at: { minute: 0 },
  // Each hour it is two somewhere: a run takes on the days of the tenants whose clocks show two or later.
  timeZone: 'UTC',
  // A long one takes on what the next would.
  overlap: 'SKIP',
  // One run does all days that are missing, however many: of those that an outage missed, the last is enough.
  catchupWindow: '1 hour',
  contract: aggregateUsageDailyContract,
  input: { continued: null },
});
