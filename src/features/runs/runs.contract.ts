import type { WorkflowContract } from '../../platform/temporal/contract';

export interface RunToolInput {
  runId: string;
}

/** Where a run has come to: `gone` where it was deleted meanwhile. */
export interface RunToolResult {
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'gone';
  /** Why it failed. */
  code: string | null;
}

/** What the workflow's `progress` query answers. */
export type RunToolProgress = 'queued' | 'running' | 'ending' | 'ended';
export const RUN_TOOL_PROGRESS_QUERY = 'progress';

/** One product run. */
export const runToolContract: WorkflowContract<RunToolInput> = {
  name: 'runTool',
  taskQueue: 'ai-runs',
  workflowId: ({ runId }) => `run/${runId}`,
  summary: () => 'Runs a product tool for one student',
};
