import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageMonthlyContract } from './contract';

export const aggregateUsageMonthlySchedule = scheduleEntry({
  id: 'aggregate-usage-monthly',
  note: 'Adds up AI usage by month from the daily totals, on the first day at 03:00 in the time zone of each tenant.',
  // Ten minutes after the daily aggregation of the same hour.
  at: { minute: 10 },
  // It is three o'clock somewhere at every hour.
  timeZone: 'UTC',
  // A long run also does the work of the next one.
  overlap: 'SKIP',
  // The next run aggregates the months that an outage missed.
  catchupWindow: '1 hour',
  contract: aggregateUsageMonthlyContract,
  input: { continued: null },
});
