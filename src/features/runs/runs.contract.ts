import type { WorkflowContract } from '../../platform/temporal/contract';

export interface RunToolInput {
  runId: string;
}

/** The state of a run: `gone` if it was deleted meanwhile. */
export interface RunToolResult {
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'gone';
  /** Why it failed. */
  code: string | null;
}

/** The answer of the workflow's `progress` query. */
export type RunToolProgress = 'queued' | 'running' | 'ending' | 'ended';
export const RUN_TOOL_PROGRESS_QUERY = 'progress';

/** The contract of the workflow of one product run. */
export const runToolContract: WorkflowContract<RunToolInput> = {
  name: 'runTool',
  taskQueue: 'ai-runs',
  workflowId: ({ runId }) => `run/${runId}`,
  summary: () => 'Runs a product tool for one student',
};
