export {
  RUN_TOOL_PROGRESS_QUERY,
  type RunToolInput,
  type RunToolProgress,
  type RunToolResult,
  runToolContract,
} from './runs.contract';
export type { RunExecution } from './runs.execution';
export { createRunsModule } from './runs.module';
export { runRules } from './runs.policy';
export type { RunsRetentionService } from './runs.retention.service';
export type { Run, RunState } from './runs.types';
