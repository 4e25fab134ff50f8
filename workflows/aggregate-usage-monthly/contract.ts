import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface AggregateUsageMonthlyInput {
  /** Where an execution before this one stopped, as its history would have grown too long. */
  continued: { after: string; until: string; progress: AggregateUsageMonthlyProgress } | null;
}

export interface AggregateUsageMonthlyProgress {
  /** Tenants that are done. */
  tenants: number;
  /** Months that were aggregated, or again. */
  months: number;
  /** Rows written or removed. */
  rows: number;
  /** Tenants that could not be done. */
  failed: number;
}

export const AGGREGATE_USAGE_MONTHLY_PROGRESS_QUERY = 'progress';

export const aggregateUsageMonthlyContract: WorkflowContract<AggregateUsageMonthlyInput> = {
  name: 'aggregateUsageMonthly',
  taskQueue: 'default',
  workflowId: () => 'aggregate-usage-monthly',
  summary: () => 'Adds up the months of each tenant from the daily totals',
};
