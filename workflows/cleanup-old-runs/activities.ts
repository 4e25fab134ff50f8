import type { RunsRetentionService } from '../../src/features/runs';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inBatches } from '../shared/in-batches';

/** The rows contain texts: a transaction of this size still takes well under a second. */
const LIMITS = { size: 200, maxBatches: 1_000 };

export interface CleanupOldRunsDeps {
  retention: Pick<RunsRetentionService, 'deleteOld'>;
  logger: Logger;
}

/** The activities of the job. Each is safe to repeat. */
export function createCleanupOldRunsActivities({ retention, logger }: CleanupOldRunsDeps) {
  return {
    /** Safe to repeat: deleted runs are not found again. @returns how many runs were deleted */
    deleteOldRuns: (): Promise<number> =>
      runActivity(logger, (run) => inBatches(run, LIMITS, () => retention.deleteOld({ limit: LIMITS.size }))),
  };
}

export type CleanupOldRunsActivities = ReturnType<typeof createCleanupOldRunsActivities>;
