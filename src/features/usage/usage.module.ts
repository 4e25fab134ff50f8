import type { Platform } from '../../platform/platform';
import type { GroupsModule } from '../groups';
import { UsageAggregatesRepository } from './usage.aggregates.repository';
import { UsageAggregation } from './usage.aggregation.service';
import { UsageController } from './usage.controller';
import { UsageProgressRepository } from './usage.progress.repository';
import { UsageReadModel } from './usage.read-model';
import { UsageReader } from './usage.reader';
import { usageRoutes } from './usage.routes';
import { UsageService } from './usage.service';

export function createUsageModule(
  { db, lists, clock, config }: Platform,
  { groups }: { groups: Pick<GroupsModule['finder'], 'getFor'> },
) {
  const progress = new UsageProgressRepository(db);
  const reader = new UsageReader(db, progress, new UsageReadModel(db, lists), clock);
  return {
    routes: usageRoutes(
      new UsageController(new UsageService(reader, groups, clock), config.BILLING_CURRENCY),
    ),
    reader,
    aggregation: new UsageAggregation({
      db,
      progress,
      aggregates: new UsageAggregatesRepository(db),
    }),
  };
}

export type UsageModule = ReturnType<typeof createUsageModule>;
