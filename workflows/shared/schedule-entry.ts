import type { WorkflowContract } from '../../src/platform/temporal/contract';

/**
 * When a schedule starts: each given field must match; fields smaller than the smallest given one are zero,
 * larger ones are free.
 */
export interface ScheduleTime {
  /** One minute, or several of each hour. */
  minute: number | readonly number[];
  hour?: number;
  dayOfMonth?: number;
}

/** A row of the schedule table. */
export interface ScheduleEntry<Input = unknown> {
  /** Stable, because it identifies the schedule in Temporal. */
  id: string;
  /** Shown to operators. */
  note: string;
  at: ScheduleTime;
  /** An IANA time zone. */
  timeZone: string;
  /** What happens if the previous run is still open. */
  overlap: 'SKIP' | 'BUFFER_ONE';
  /** How late a run may start after an outage. */
  catchupWindow: '10 minutes' | '1 hour' | '1 day' | '7 days';
  contract: WorkflowContract<Input>;
  input: Input;
}

/** Lets a table hold entries with different inputs, each checked against its own contract. */
export function scheduleEntry<Input>(entry: ScheduleEntry<Input>): ScheduleEntry {
  return entry as ScheduleEntry;
}
