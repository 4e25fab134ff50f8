import { scheduleEntry } from '../shared/schedule-entry';
import { cleanupExpiredSessionsContract, IDLE_HOURS } from './contract';

export const cleanupExpiredSessionsSchedule = scheduleEntry({
  id: 'cleanup-expired-sessions',
  note: 'Completes chat sessions that have been idle for a day.',
  // Seven minutes past the hour, when few other cron jobs run.
  at: { minute: 7 },
  // Hours are the same in every time zone.
  timeZone: 'UTC',
  // A long run also does the work of the next one.
  overlap: 'SKIP',
  // After an outage, one run does the work of all missed runs.
  catchupWindow: '1 hour',
  contract: cleanupExpiredSessionsContract,
  input: { idleHours: IDLE_HOURS },
});
