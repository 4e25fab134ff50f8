import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupTempFilesContract } from './contract';

export const cleanupTempFilesSchedule = scheduleEntry({
  id: 'cleanup-temp-files',
  note: 'Removes expired exports, orphaned files, ended tokens, old keys, chats, notifications and records.',
  // Half an hour after the clean-up of runs, so that the two do not read from the same disk at once.
  at: { hour: 1, minute: 50 },
  // A day more or less does not matter, and the batches disturb nobody, so that it need not be night
  // at any school.
  timeZone: 'UTC',
  // A long run also does the work of the next one.
  overlap: 'SKIP',
  // One run does the work of all missed runs, so after three days of outage one run is caught up.
  catchupWindow: '1 day',
  contract: cleanupTempFilesContract,
  input: null,
});
