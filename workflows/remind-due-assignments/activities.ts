import type { AssignmentRemindersService } from '../../src/features/assignments';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inPages } from '../shared/in-pages';

/**
 * Each assignment is its own short transaction. All pages together cover more assignments than a large
 * district has due in a week.
 */
const DUE = { size: 50, maxPages: 2_000 };

export interface RemindDueAssignmentsDeps {
  reminders: Pick<AssignmentRemindersService, 'remindPage'>;
  logger: Logger;
}

/** The activities of the job. Each is safe to repeat. */
export function createRemindDueAssignmentsActivities({ reminders, logger }: RemindDueAssignmentsDeps) {
  return {
    /**
     * Safe to repeat: a student who was reminded of a due date is not reminded again. @returns how many
     * students were reminded
     */
    remindOfDueAssignments: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, DUE, (part) => reminders.remindPage(part))),
  };
}

export type RemindDueAssignmentsActivities = ReturnType<typeof createRemindDueAssignmentsActivities>;
