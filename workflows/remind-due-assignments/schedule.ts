import { scheduleEntry } from '../shared/schedule-entry';
import { remindDueAssignmentsContract } from './contract';

export const remindDueAssignmentsSchedule = scheduleEntry({
  id: 'remind-due-assignments',
  note: 'Reminds students once of assignments that are due soon.',
  // An assignment that is published for the same afternoon still gets its reminder in time; a round costs
  // milliseconds.
  at: { minute: [2, 17, 32, 47] },
  // Due dates are stored as moments, whatever the school's clock shows; the delivery respects quiet hours.
  timeZone: 'UTC',
  // A long round also does the work of the next one.
  overlap: 'SKIP',
  // One round reminds of all future due dates, however many rounds were missed; past due dates
  // need no reminder.
  catchupWindow: '10 minutes',
  contract: remindDueAssignmentsContract,
  input: null,
});
