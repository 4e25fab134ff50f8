import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupOldRunsContract } from './contract';

export const cleanupOldRunsSchedule = scheduleEntry({
  id: 'cleanup-old-runs',
  note: 'Deletes product runs when their retention time is over.',
  // Before the aggregation at two, which then has fewer rows to skip.
  at: { hour: 1, minute: 20 },
  // A day more or less does not matter, and the batches disturb nobody, so that it need not be night
  // at any school.
  timeZone: 'UTC',
  // A long run also does the work of the next one.
  overlap: 'SKIP',
  // One run does the work of all missed runs, so after three days of outage one run is caught up.
  catchupWindow: '1 day',
  contract: cleanupOldRunsContract,
  input: null,
});
