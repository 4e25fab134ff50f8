import type { WorkflowContract } from '../../src/platform/temporal/contract';

/** When: each given field must match; those below the smallest given one are zero, those above are free. */
export interface ScheduleTime {
  /** One, or several of each hour. */
  minute: number | readonly number[];
  hour?: number;
  dayOfMonth?: number;
}

/** A row of the schedule table. */
export interface ScheduleEntry<Input = unknown> {
  /** Stable, as it is how the schedule is found again. */
  id: string;
  /** Shown to operations. */
  note: string;
  at: ScheduleTime;
  /** IANA name. */
  timeZone: string;
  /** What happens where the run before is still going on. */
  overlap: 'SKIP' | 'BUFFER_ONE';
  /** How late a run may still be started after an outage. */
  catchupWindow: '10 minutes' | '1 hour' | '1 day' | '7 days';
  contract: WorkflowContract<Input>;
  input: Input;
}

/** Lets a table hold entries of different inputs, each checked against its own contract. */
export function scheduleEntry<Input>(entry: ScheduleEntry<Input>): ScheduleEntry {
  return entry as ScheduleEntry;
}
