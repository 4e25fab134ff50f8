import type { AiGateway } from '../../src/features/ai';
import type { RunExecution } from '../../src/features/runs';
import type { SessionsCleanupService } from '../../src/features/sessions';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inBatches } from '../shared/in-batches';
import { inPages } from '../shared/in-pages';

/** A transaction of this size takes well under a second and blocks nobody. */
const BATCH = 200;
/** A bound on one activity: a backlog of this size takes minutes, and the rest waits for the next hour. */
const MAX_BATCHES = 500;
const BATCHES = { size: BATCH, maxBatches: MAX_BATCHES };
const PAGES = { size: BATCH, maxPages: MAX_BATCHES };
/** No workflow of a run lives this long, because all its time limits together are shorter. */
const LOST_RUN_HOURS = 24;
/** Twice the longest time limit of a call. */
const ABANDONED_CALL_SECONDS = 20 * 60;

export interface CleanupDeps {
  sessions: Pick<SessionsCleanupService, 'completeIdle' | 'endOverdue' | 'freeStuckTurns'>;
  execution: Pick<RunExecution, 'failLost'>;
  gateway: Pick<AiGateway, 'settleAbandoned'>;
  logger: Logger;
}

/** The activities of the job. Each is safe to repeat. */
export function createCleanupActivities({ sessions, execution, gateway, logger }: CleanupDeps) {
  const sweep = (batch: () => Promise<number>) =>
    runActivity(logger, (run) => inBatches(run, BATCHES, batch));
  return {
    /**
     * Completes sessions without a message for `idleHours`. Before that, it releases sessions from turns whose
     * process died, and ends sessions whose time is over. Safe to repeat: a completed session is not found again.
     * @returns how many sessions were completed, including those of earlier attempts of this activity
     */
    completeIdleSessions: (idleHours: number): Promise<number> =>
      runActivity(logger, async (run) => {
        // These steps keep no heartbeat details: a further attempt looks at all of them again.
        const again = { ...run, lastHeartbeat: undefined, heartbeat: () => {} };
        await inBatches(again, BATCHES, () => sessions.freeStuckTurns({ limit: BATCH }));
        await inPages(again, PAGES, (part) => sessions.endOverdue(part));
        return inBatches(run, BATCHES, () => sessions.completeIdle({ idleHours, limit: BATCH }));
      }),

    /** @returns how many runs were ended */
    endLostRuns: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, PAGES, (part) => execution.failLost(LOST_RUN_HOURS, part))),

    /** @returns how many calls were settled */
    settleAbandonedCalls: (): Promise<number> =>
      sweep(() => gateway.settleAbandoned({ olderThanSeconds: ABANDONED_CALL_SECONDS, limit: BATCH })),
  };
}

export type CleanupActivities = ReturnType<typeof createCleanupActivities>;
