import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface AggregateUsageDailyInput {
  /** Where an execution before this one stopped, as its history would have grown too long. */
  continued: { after: string; until: string; progress: AggregateUsageDailyProgress } | null;
}

export interface AggregateUsageDailyProgress {
  /** Tenants that are done. */
  tenants: number;
  /** Days that were aggregated, or again. */
  days: number;
  /** Rows written or removed. */
  rows: number;
  /** Tenants that could not be done. */
  failed: number;
}

export const AGGREGATE_USAGE_DAILY_PROGRESS_QUERY = 'progress';

export const aggregateUsageDailyContract: WorkflowContract<AggregateUsageDailyInput> = {
  name: 'aggregateUsageDaily',
  taskQueue: 'default',
  workflowId: () => 'aggregate-usage-daily',
  summary: () => 'Adds up the days of each tenant that have ended since the last run',
};
