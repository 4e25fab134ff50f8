import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupTempFilesContract } from './contract';

export const cleanupTempFilesSchedule = scheduleEntry({
  id: 'cleanup-temp-files',
  note: 'Removes expired exports, orphaned files, ended tokens, old keys, chats, notifications and records.',
  // Half an hour behind the clean-up of runs, so that the two do not read from the same disk at once.
  at: { hour: 1, minute: 50 },
  // A day more or less does not matter, and batches disturb nobody: no school's night has to be met.
  timeZone: 'UTC',
  // A long one goes on by itself with what the next would do.
  overlap: 'SKIP',
  // One run does the work of all that were missed: of three days' stop one is caught up, and it finds everything.
  catchupWindow: '1 day',
  contract: cleanupTempFilesContract,
  input: null,
});
