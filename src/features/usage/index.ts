export type { AggregatedDays, AggregatedMonths, UsageAggregation } from './usage.aggregation.service';
export { createUsageModule, type UsageModule } from './usage.module';
export { usageRules } from './usage.policy';
export type { UsageReader } from './usage.reader';
export {
  type AggregatedFilter,
  USAGE_ROLES,
  type UsageDimension,
  type UsageFilter,
  type UsageRole,
  type UsageRow,
  type UsageSummary,
  type UsageSums,
} from './usage.types';
