import type { Platform } from '../../platform/platform';
import { UsageAggregatesRepository } from './usage.aggregates.repository';
import { UsageAggregation } from './usage.aggregation.service';
import { UsageController } from './usage.controller';
import { UsageProgressRepository } from './usage.progress.repository';
import { UsageReadModel } from './usage.read-model';
import { UsageReader } from './usage.reader';
import { usageRoutes } from './usage.routes';
import { UsageService, type UsageServiceDeps } from './usage.service';

/** Builds the feature: aggregation of usage, and its reports. */
export function createUsageModule(
  { db, lists, clock, config }: Platform,
  deps: Pick<UsageServiceDeps, 'groups' | 'classes' | 'people'>,
) {
  const progress = new UsageProgressRepository(db);
  const reader = new UsageReader(db, progress, new UsageReadModel(db, lists), clock);
  const service = new UsageService({ ...deps, reader, clock });
  return {
    routes: usageRoutes(new UsageController(service, config.BILLING_CURRENCY)),
    reader,
    aggregation: new UsageAggregation({
      db,
      progress,
      aggregates: new UsageAggregatesRepository(db),
    }),
  };
}

export type UsageModule = ReturnType<typeof createUsageModule>;
