import type {
  ScheduleInfo,
  WorkflowDetail,
  WorkflowEnding,
  WorkflowInfo,
} from '../../platform/temporal/operations.types';

export type Schedule = ScheduleInfo;
export type Workflow = WorkflowInfo;
export type { WorkflowState } from '../../platform/temporal/operations.types';

/** A workflow with its progress, or with its end. */
export interface WorkflowStory extends WorkflowDetail {
  /** The answer of the progress query; null if no worker answers. */
  progress: unknown;
  /** Null while it runs. */
  ending: WorkflowEnding | null;
}

/** Only workflows that ended in these states can be restarted. */
export const FAILED_STATES: ReadonlySet<string> = new Set(['failed', 'terminated', 'timed_out']);
