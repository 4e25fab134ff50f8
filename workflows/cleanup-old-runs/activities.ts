import type { RunsRetentionService } from '../../src/features/runs';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inBatches } from '../shared/in-batches';

/** Rows with texts in them: a transaction of this size still takes well under a second. */
const LIMITS = { size: 200, maxBatches: 1_000 };

export interface CleanupOldRunsDeps {
  retention: Pick<RunsRetentionService, 'deleteOld'>;
  logger: Logger;
}

export function createCleanupOldRunsActivities({ retention, logger }: CleanupOldRunsDeps) {
  return {
    /** Safe to repeat: what is gone is not found again. @returns how many runs. */
    deleteOldRuns: (): Promise<number> =>
      runActivity(logger, (run) => inBatches(run, LIMITS, () => retention.deleteOld({ limit: LIMITS.size }))),
  };
}

export type CleanupOldRunsActivities = ReturnType<typeof createCleanupOldRunsActivities>;
