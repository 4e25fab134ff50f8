import { scheduleEntry } from '../shared/schedule-entry';
import { aggregateUsageDailyContract } from './contract';

export const aggregateUsageDailySchedule = scheduleEntry({
  id: 'aggregate-usage-daily',
  note: 'Sums up the use of models by the days of each tenant.',
  at: { hour: 2, minute: 0 },
  // Where days end last on Earth (UTC-12; the sign is POSIX's): at two there, yesterday is over for every tenant,
  // whatever its zone. Nobody waits for it, as what is not aggregated yet is read from the calls.
  timeZone: 'Etc/GMT+12',
  // A long one takes on what the next would.
  overlap: 'SKIP',
  // One run does all days that are missing, however many: of those that an outage missed, the last is enough.
  catchupWindow: '1 day',
  contract: aggregateUsageDailyContract,
  input: { continued: null },
});
