import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupExpiredSessionsContract, IDLE_HOURS } from './contract';

export const cleanupExpiredSessionsSchedule = scheduleEntry({
  id: 'cleanup-expired-sessions',
  note: 'Completes chat sessions that have been idle for a day.',
  // Seven minutes past, when nothing else of the world's cron jobs runs.
  at: { minute: 7 },
  // Hours are the same everywhere.
  timeZone: 'UTC',
  // What a long one leaves undone it would do itself.
  overlap: 'SKIP',
  // After an outage one run does the work of all that were missed.
  catchupWindow: '1 hour',
  contract: cleanupExpiredSessionsContract,
  input: { idleHours: IDLE_HOURS },
});
