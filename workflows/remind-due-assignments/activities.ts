import { z } from 'zod';
import type { AssignmentRemindersService } from '../../src/features/assignments';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

/** Assignments a page; each is a short transaction of its own. */
const PAGE = 50;
/** A bound on one activity: more assignments than a large district has due in a week. */
const MAX_PAGES = 2_000;

/** How far an attempt has come. */
const Cursor = z.object({ after: z.string().nullable(), reminded: z.number() });

export interface RemindDueAssignmentsDeps {
  reminders: Pick<AssignmentRemindersService, 'remindPage'>;
  logger: Logger;
}

export function createRemindDueAssignmentsActivities({ reminders, logger }: RemindDueAssignmentsDeps) {
  return {
    /** Safe to repeat: who has been reminded of a due date is not reminded again. @returns how many students. */
    remindOfDueAssignments: (): Promise<number> =>
      runActivity(logger, async (run) => {
        const resumed = Cursor.safeParse(run.lastHeartbeat);
        let { after, reminded } = resumed.success ? resumed.data : { after: null, reminded: 0 };
        for (let page = 0; page < MAX_PAGES; page += 1) {
          run.signal.throwIfAborted();
          const done = await reminders.remindPage({ after, limit: PAGE });
          reminded += done.reminded;
          if (done.next === null) break;
          after = done.next;
          run.heartbeat({ after, reminded });
        }
        return reminded;
      }),
  };
}

export type RemindDueAssignmentsActivities = ReturnType<typeof createRemindDueAssignmentsActivities>;
