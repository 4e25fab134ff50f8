import type {
  ScheduleInfo,
  WorkflowDetail,
  WorkflowEnding,
  WorkflowInfo,
} from '../../platform/temporal/operations.types';

export type Schedule = ScheduleInfo;
export type Workflow = WorkflowInfo;
export type { WorkflowState } from '../../platform/temporal/operations.types';

/** A workflow with how far it is, or how it has ended. */
export interface WorkflowStory extends WorkflowDetail {
  /** What it answers when asked; null where nobody answers. */
  progress: unknown;
  /** Null while it runs. */
  ending: WorkflowEnding | null;
}

/** Beyond these a failed workflow has nothing that could be started once more. */
export const FAILED_STATES: ReadonlySet<string> = new Set(['failed', 'terminated', 'timed_out']);
