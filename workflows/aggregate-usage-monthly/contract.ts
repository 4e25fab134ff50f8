import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface AggregateUsageMonthlyInput {
  /** Where the execution before this one stopped because its history would have grown too long. */
  continued: { after: string; until: string; progress: AggregateUsageMonthlyProgress } | null;
}

export interface AggregateUsageMonthlyProgress {
  /** Tenants whose months are aggregated. */
  tenants: number;
  /** Months that were aggregated for the first time or again. */
  months: number;
  /** Rows that were written or removed. */
  rows: number;
  /** Tenants for whom the aggregation failed. */
  failed: number;
}

export const AGGREGATE_USAGE_MONTHLY_PROGRESS_QUERY = 'progress';

export const aggregateUsageMonthlyContract: WorkflowContract<AggregateUsageMonthlyInput> = {
  name: 'aggregateUsageMonthly',
  taskQueue: 'default',
  workflowId: () => 'aggregate-usage-monthly',
  summary: () => 'Adds up the months of each tenant from the daily totals',
};
