import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupOldRunsContract } from './contract';

export const cleanupOldRunsSchedule = scheduleEntry({
  id: 'cleanup-old-runs',
  note: 'Deletes product runs when their retention time is over.',
  // Before the aggregation at two, which then has fewer rows to pass over.
  at: { hour: 1, minute: 20 },
  // A day more or less does not matter, and batches disturb nobody: no school's night has to be met.
  timeZone: 'UTC',
  // A long one goes on by itself with what the next would do.
  overlap: 'SKIP',
  // One run does the work of all that were missed: of three days' stop one is caught up, and it finds everything.
  catchupWindow: '1 day',
  contract: cleanupOldRunsContract,
  input: null,
});
