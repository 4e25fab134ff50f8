export type { AggregatedDays, AggregatedMonths, UsageAggregation } from './usage.aggregation.service';
export { createUsageModule, type UsageModule } from './usage.module';
export { usageRules } from './usage.policy';
export { USAGE_SORTS } from './usage.read-model';
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
