import { scheduleEntry } from '../shared/schedule-entry';
import { openAndCloseAssignmentsContract } from './contract';

export const openAndCloseAssignmentsSchedule = scheduleEntry({
  id: 'open-and-close-assignments',
  note: 'Notifies students when an assignment opens for them, and hands in work when its time is over.',
  // A class that begins with its assignment hears of it within minutes; a round without work costs milliseconds.
  at: { minute: [1, 11, 21, 31, 41, 51] },
  // Dates are moments, whatever the school's clock shows.
  timeZone: 'UTC',
  // A long round finds by itself what the next would.
  overlap: 'SKIP',
  // One round does all that was missed.
  catchupWindow: '10 minutes',
  contract: openAndCloseAssignmentsContract,
  input: null,
});
