import { scheduleEntry } from '../shared/schedule-entry';
import { remindDueAssignmentsContract } from './contract';

export const remindDueAssignmentsSchedule = scheduleEntry({
  id: 'remind-due-assignments',
  note: 'Reminds students once of assignments that are due soon.',
  // An assignment that is published this afternoon for this afternoon is still told of in time; a round costs milliseconds.
  at: { minute: [2, 17, 32, 47] },
  // Due dates are moments, whatever the school's clock shows; quiet hours are the business of who delivers.
  timeZone: 'UTC',
  // A long round finds by itself what the next would.
  overlap: 'SKIP',
  // One round reminds of all that is still ahead, however many were missed; what is past is nothing to remind of.
  catchupWindow: '10 minutes',
  contract: remindDueAssignmentsContract,
  input: null,
});
