import { scheduleEntry } from '../shared/schedule-entry';
import { openAndCloseAssignmentsContract } from './contract';

export const openAndCloseAssignmentsSchedule = scheduleEntry({
  id: 'open-and-close-assignments',
  note: 'Notifies students when an assignment opens for them, and hands in work when its time is over.',
  // A class that begins with its assignment is notified within minutes; a round without work costs
  // milliseconds.
  at: { minute: [1, 11, 21, 31, 41, 51] },
  // Dates are stored as moments, whatever the school's clock shows.
  timeZone: 'UTC',
  // A long round also does the work of the next one.
  overlap: 'SKIP',
  // One round does all the missed work.
  catchupWindow: '10 minutes',
  contract: openAndCloseAssignmentsContract,
  input: null,
});
