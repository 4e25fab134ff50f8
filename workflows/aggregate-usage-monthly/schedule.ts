import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageMonthlyContract } from './contract';

export const aggregateUsageMonthlySchedule = scheduleEntry({
  id: 'aggregate-usage-monthly',
  note: 'Adds up AI usage by month from the daily totals, on the first day at 03:00 in the time zone of each tenant.',
  // When the days of the same hour are done.
  at: { minute: 10 },
  // Each hour it is three somewhere.
  timeZone: 'UTC',
  // A long one takes on what the next would.
  overlap: 'SKIP',
  // The next one does the months that an outage missed.
  catchupWindow: '1 hour',
  contract: aggregateUsageMonthlyContract,
  input: { continued: null },
});
