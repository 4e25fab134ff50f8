import { z } from 'zod';
import type { OpeningsService } from '../../src/features/assignments';
import type { EndedWorkService } from '../../src/features/submissions';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inBatches } from '../shared/in-batches';

/** Assignments a page; each is a short transaction of its own. */
const PAGE = 50;
/** A bound on one activity: more assignments than open in a large district in days. */
const MAX_PAGES = 2_000;
/** Attempts a transaction, each with an audit event and a notification: some hundred milliseconds. */
const BATCH = { size: 100, maxBatches: 1_000 };

/** How far an attempt has come. */
const Cursor = z.object({ after: z.string().nullable(), announced: z.number() });

export interface OpenAndCloseAssignmentsDeps {
  openings: Pick<OpeningsService, 'announcePage'>;
  ended: Pick<EndedWorkService, 'submitEnded'>;
  logger: Logger;
}

export function createOpenAndCloseAssignmentsActivities({
  openings,
  ended,
  logger,
}: OpenAndCloseAssignmentsDeps) {
  return {
    /** Safe to repeat: who has been told of an assignment is not told again. @returns how many students. */
    announceOpenedAssignments: (): Promise<number> =>
      runActivity(logger, async (run) => {
        const resumed = Cursor.safeParse(run.lastHeartbeat);
        let { after, announced } = resumed.success ? resumed.data : { after: null, announced: 0 };
        for (let page = 0; page < MAX_PAGES; page += 1) {
          run.signal.throwIfAborted();
          const done = await openings.announcePage({ after, limit: PAGE });
          announced += done.announced;
          if (done.next === null) break;
          after = done.next;
          run.heartbeat({ after, announced });
        }
        return announced;
      }),
    /** Safe to repeat: what was handed in is in progress no more. @returns how many attempts. */
    submitEndedWork: (): Promise<number> =>
      runActivity(logger, (run) => inBatches(run, BATCH, () => ended.submitEnded({ limit: BATCH.size }))),
  };
}

export type OpenAndCloseAssignmentsActivities = ReturnType<typeof createOpenAndCloseAssignmentsActivities>;
