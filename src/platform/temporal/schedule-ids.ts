/**
 * Marks a schedule as ours, so that one that is no longer in the table can be distinguished from other
 * people's.
 */
const PREFIX = 'rapt/';

/** The id of a row of our table as Temporal knows it. */
export const temporalScheduleId = (id: string): string => PREFIX + id;

/** Our id of one of Temporal's schedules; null if it is not ours. */
export function ownScheduleId(scheduleId: string): string | null {
  return scheduleId.startsWith(PREFIX) ? scheduleId.slice(PREFIX.length) : null;
}
