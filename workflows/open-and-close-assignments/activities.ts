import type { OpeningsService } from '../../src/features/assignments';
import type { EndedWorkService } from '../../src/features/submissions';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inPages } from '../shared/in-pages';

/** Assignments, each a short transaction of its own; in all, more than open in a large district in days. */
const OPENED = { size: 50, maxPages: 2_000 };
/** Attempts, each of which may need an audit event and a notification; in all, more than a large district has under way. */
const IN_PROGRESS = { size: 100, maxPages: 10_000 };

export interface OpenAndCloseAssignmentsDeps {
  openings: Pick<OpeningsService, 'emitPage'>;
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
      runActivity(logger, (run) => inPages(run, OPENED, (part) => openings.emitPage(part))),
    /** Safe to repeat: what was handed in is in progress no more. @returns how many attempts. */
    submitEndedWork: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, IN_PROGRESS, (part) => ended.submitEnded(part))),
  };
}

export type OpenAndCloseAssignmentsActivities = ReturnType<typeof createOpenAndCloseAssignmentsActivities>;
