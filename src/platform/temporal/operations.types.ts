/** The state of a workflow; `continued_as_new` has continued in another run. */
export const WORKFLOW_STATES = [
  'running',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
  'continued_as_new',
] as const;
export type WorkflowState = (typeof WORKFLOW_STATES)[number];

/** A workflow as Temporal lists it. */
export interface WorkflowInfo {
  workflowId: string;
  runId: string;
  /** The name of its contract. */
  kind: string;
  state: WorkflowState;
  taskQueue: string;
  /** Null if it belongs to the platform. */
  tenantId: string | null;
  subjectId: string | null;
  /** The schedule that started it, without prefix; null if a user or a script requested it. */
  scheduleId: string | null;
  startedAt: Date;
  closedAt: Date | null;
}

/** An activity for which a workflow waits. */
export interface PendingActivity {
  activity: string;
  /** Counted from 1. */
  attempt: number;
  /** The code of the previous attempt, if it failed; never a message. */
  lastFailure: string | null;
  nextAttemptAt: Date | null;
}

export interface WorkflowDetail extends WorkflowInfo {
  summary: string | null;
  pendingActivities: PendingActivity[];
  historyEvents: number;
}

/** How a workflow ended. */
export interface WorkflowEnding {
  /** The code of a failure. */
  code: string | null;
  result: unknown;
}

export interface WorkflowFilter {
  tenantId?: string | undefined;
  kind?: string | undefined;
  state?: WorkflowState | undefined;
  subjectId?: string | undefined;
}

/** A run that a schedule has started. */
export interface ScheduleRun {
  workflowId: string;
  scheduledAt: Date;
  startedAt: Date;
}

export interface ScheduleInfo {
  /** As in the table of schedules, without prefix. */
  id: string;
  kind: string;
  note: string;
  timeZone: string;
  overlap: string;
  catchupWindowSeconds: number;
  isPaused: boolean;
  nextRuns: Date[];
  /** The newest run first. */
  lastRuns: ScheduleRun[];
  running: string[];
  counts: { started: number; missedCatchup: number; skippedOverlap: number };
}
