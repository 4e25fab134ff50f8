import type { OpeningsService } from '../../src/features/assignments';
import type { EndedWorkService } from '../../src/features/submissions';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inPages } from '../shared/in-pages';

/**
 * Each assignment is its own short transaction. All pages together cover more assignments than a large
 * district opens in days.
 */
const OPENED = { size: 50, maxPages: 2_000 };
/**
 * Each attempt may need an audit event and a notification. All pages together cover more attempts than a
 * large district has in progress.
 */
const IN_PROGRESS = { size: 100, maxPages: 10_000 };

export interface OpenAndCloseAssignmentsDeps {
  openings: Pick<OpeningsService, 'emitPage'>;
  ended: Pick<EndedWorkService, 'submitEnded'>;
  logger: Logger;
}

/** The activities of the job. Each is safe to repeat. */
export function createOpenAndCloseAssignmentsActivities({
  openings,
  ended,
  logger,
}: OpenAndCloseAssignmentsDeps) {
  return {
    /**
     * Safe to repeat: a student who was notified of an assignment is not notified again. @returns how many
     * students were notified
     */
    announceOpenedAssignments: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, OPENED, (part) => openings.emitPage(part))),
    /** Safe to repeat: submitted work is no longer in progress. @returns how many attempts were submitted */
    submitEndedWork: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, IN_PROGRESS, (part) => ended.submitEnded(part))),
  };
}

export type OpenAndCloseAssignmentsActivities = ReturnType<typeof createOpenAndCloseAssignmentsActivities>;
