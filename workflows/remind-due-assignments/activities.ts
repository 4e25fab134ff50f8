import type { AssignmentRemindersService } from '../../src/features/assignments';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';
import { inPages } from '../shared/in-pages';

/** Assignments, each a short transaction of its own; in all, more than a large district has due in a week. */
const DUE = { size: 50, maxPages: 2_000 };

export interface RemindDueAssignmentsDeps {
  reminders: Pick<AssignmentRemindersService, 'remindPage'>;
  logger: Logger;
}

export function createRemindDueAssignmentsActivities({ reminders, logger }: RemindDueAssignmentsDeps) {
  return {
    /** Safe to repeat: who has been reminded of a due date is not reminded again. @returns how many students. */
    remindOfDueAssignments: (): Promise<number> =>
      runActivity(logger, (run) => inPages(run, DUE, (part) => reminders.remindPage(part))),
  };
}

export type RemindDueAssignmentsActivities = ReturnType<typeof createRemindDueAssignmentsActivities>;
