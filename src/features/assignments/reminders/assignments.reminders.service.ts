import type { Database } from '../../../platform/db/database';
import { nextOf } from '../../../platform/db/walk';
import type { Clock } from '../../../shared/clock';
import type { WalkedPage } from '../../../shared/pages';
import type { Notify } from '../../notifications';
import type { AssignmentRemindersRepository, DueAssignment } from './assignments.reminders.repository';

const HOUR_MS = 3_600_000;
/** The longest lead that a group can set. */
const MAX_LEAD_HOURS = 168;

export interface AssignmentRemindersDeps {
  db: Database;
  clock: Clock;
  repository: AssignmentRemindersRepository;
  notify: Notify;
  /** How long before the due date the students of a group are reminded; 0 means never. */
  leadHoursOf: (groupId: string) => Promise<number>;
  /** How long after the due date the reminders stay recorded. */
  keptDays: number;
}

/** Reminds students of work that is due soon: each once per assignment and due date. */
export class AssignmentRemindersService {
  constructor(private readonly deps: AssignmentRemindersDeps) {}

  /**
   * Processes a page of assignments. It is safe to run twice, even at the same time: a claimed student is
   * not claimed again. @returns how many
   */
  async remindPage({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const now = this.deps.clock.now();
    const until = new Date(now.getTime() + MAX_LEAD_HOURS * HOUR_MS);
    const keys = await this.deps.repository.nextDue(now, until, after, limit);
    let done = 0;
    for (const assignment of await this.deps.repository.listDue(keys.map(({ id }) => id)))
      done += await this.remind(assignment, now);
    return { done, next: nextOf(keys, limit) };
  }

  /**
   * Deletes a batch of old reminders; safe to repeat. @returns how many; fewer than `limit` means that none
   * may be left
   */
  deleteOld({ limit }: { limit: number }): Promise<number> {
    return this.deps.repository.deleteOld(this.deps.keptDays, limit);
  }

  private async remind(assignment: DueAssignment, now: Date): Promise<number> {
    const { db, repository, notify, leadHoursOf } = this.deps;
    const leadHours = await leadHoursOf(assignment.groupId);
    if (leadHours === 0) return 0;
    const until = new Date(now.getTime() + leadHours * HOUR_MS);
    return db.transaction(async () => {
      const reminders = await repository.claim(assignment.id, now, until);
      const first = reminders[0];
      if (first === undefined) return 0;
      await notify.emit({
        event: 'assignment.due_soon',
        tenantId: assignment.tenantId,
        subjectId: assignment.id,
        assignmentId: assignment.id,
        classId: assignment.classId,
        userIds: reminders.map(({ userId }) => userId),
        // One event for each time that students were claimed, because a student may join the class an hour
        // later.
        occurrence: first.id,
      });
      return reminders.length;
    });
  }
}
