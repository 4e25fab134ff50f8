import { cleanupExpiredSessionsSchedule } from './cleanup-expired-sessions/schedule';
import type { ScheduleEntry } from './shared/schedule-entry';

/** Every schedule. A worker makes Temporal equal to this table when it starts. */
export const SCHEDULES: readonly ScheduleEntry[] = [
  cleanupExpiredSessionsSchedule, // hourly
];
