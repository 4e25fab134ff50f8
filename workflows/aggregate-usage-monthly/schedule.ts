import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageMonthlyContract } from './contract';

export const aggregateUsageMonthlySchedule = scheduleEntry({
  id: 'aggregate-usage-monthly',
  note: 'Sums up the use of models by month, from the days.',
  // An hour after the days.
  at: { dayOfMonth: 1, hour: 3, minute: 0 },
  // Where months end last on Earth (UTC-12), so that the month before is over for every tenant.
  timeZone: 'Etc/GMT+12',
  // A long one takes on what the next would.
  overlap: 'SKIP',
  // There is one a month: it is started even a week late.
  catchupWindow: '7 days',
  contract: aggregateUsageMonthlyContract,
  input: { continued: null },
});
