import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface AggregateUsageDailyInput {
  /** Where the execution before this one stopped because its history would have grown too long. */
  continued: { after: string; until: string; progress: AggregateUsageDailyProgress } | null;
}

export interface AggregateUsageDailyProgress {
  /** Tenants whose days are aggregated. */
  tenants: number;
  /** Days that were aggregated for the first time or again. */
  days: number;
  /** Rows that were written or removed. */
  rows: number;
  /** Tenants for whom the aggregation failed. */
  failed: number;
}

export const AGGREGATE_USAGE_DAILY_PROGRESS_QUERY = 'progress';

export const aggregateUsageDailyContract: WorkflowContract<AggregateUsageDailyInput> = {
  name: 'aggregateUsageDaily',
  taskQueue: 'default',
  workflowId: () => 'aggregate-usage-daily',
  summary: () => 'Adds up the days of each tenant that have ended since the last run',
};
