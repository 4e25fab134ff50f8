import { scheduleEntry } from '../shared/schedule-entry';
import { sealAuditContract } from './contract';

export const sealAuditSchedule = scheduleEntry({
  id: 'seal-audit',
  note: 'Adds new audit events to the hash chains, so that later changes are found.',
  // An event could be changed without a trace until it is sealed. Ten minutes are short, and a round costs
  // milliseconds.
  at: { minute: [4, 14, 24, 34, 44, 54] },
  // Minutes are the same in every time zone.
  timeZone: 'UTC',
  // Chains grow one after the other; the next round seals what a long round leaves over.
  overlap: 'SKIP',
  // One round seals all waiting events, however many rounds were missed.
  catchupWindow: '10 minutes',
  contract: sealAuditContract,
  input: null,
});
