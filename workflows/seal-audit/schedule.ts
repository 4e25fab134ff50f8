import { scheduleEntry } from '../shared/schedule-entry';
import { sealAuditContract } from './contract';

export const sealAuditSchedule = scheduleEntry({
  id: 'seal-audit',
  note: 'Adds new audit events to the hash chains, so that later changes are found.',
  // Until it is sealed an event could be changed without a trace: ten minutes are short, and a round costs milliseconds.
  at: { minute: [4, 14, 24, 34, 44, 54] },
  // Minutes are the same everywhere.
  timeZone: 'UTC',
  // Chains grow one after the other; what a long round leaves over the next one seals.
  overlap: 'SKIP',
  // One round seals all that has gathered, however many were missed.
  catchupWindow: '10 minutes',
  contract: sealAuditContract,
  input: null,
});
