import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import type { MomentKey } from '../../../platform/db/walk';
import { CAN_BE_TOLD_OF, nextMoments } from '../openings/assignments.moments.repository';

const DAY_MS = 86_400_000;

const ReminderRow = z.object({ id: z.string(), userId: z.string(), dueAt: z.date() });

/** An assignment that is due soon for at least one student. */
export interface DueAssignment {
  id: string;
  classId: string;
  groupId: string;
  tenantId: string;
}

/** A reminder of a due date for one student. */
export type Reminder = z.infer<typeof ReminderRow>;

export class AssignmentRemindersRepository {
  constructor(private readonly db: Database) {}

  /**
   * The next due dates between `now` and `until`, including those of single students, with their
   * assignments.
   */
  async nextDue(now: Date, until: Date, after: string | null, limit: number): Promise<MomentKey[]> {
    return nextMoments(this.db, 'due_at', { since: now, until, after, limit });
  }

  /** Those of the assignments of which students can be reminded. */
  async listDue(ids: readonly string[]): Promise<DueAssignment[]> {
    const found = await this.db.prisma.assignment.findMany({
      where: { id: { in: [...ids] }, ...CAN_BE_TOLD_OF },
      select: { id: true, classId: true, tenantId: true, class: { select: { groupId: true } } },
    });
    return found.map(({ class: { groupId }, ...assignment }) => ({ ...assignment, groupId }));
  }

  /**
   * Claims the students to be reminded now: their due date in force is between `now` and `until`, the work
   * is open to them, and they have neither submitted nor been excused. Each is claimed once per date.
   */
  async claim(assignmentId: string, now: Date, until: Date): Promise<Reminder[]> {
    return this.db.rows(
      sql`INSERT INTO assignment_reminders (id, assignment_id, user_id, due_at)
          SELECT gen_random_uuid(), a.id, m.user_id, w.due_at
          FROM assignments a
          JOIN class_members m ON m.class_id = a.class_id AND m.role = 'student'
          JOIN users u ON u.id = m.user_id AND u.status = 'active' AND u.deleted_at IS NULL
          CROSS JOIN LATERAL assignment_terms(a.id, m.user_id, ${now}) w
          WHERE a.id = ${assignmentId}::uuid
            AND a.deleted_at IS NULL
            AND w.is_open
            AND NOT w.excused
            AND w.due_at > ${now}
            AND w.due_at <= ${until}
            AND NOT EXISTS (
              SELECT
              FROM submissions s
              WHERE s.assignment_id = a.id AND s.user_id = m.user_id AND s.state <> 'in_progress')
          ORDER BY m.user_id
          ON CONFLICT (assignment_id, user_id, due_at) DO NOTHING
          RETURNING id, user_id AS "userId", due_at AS "dueAt"`,
      ReminderRow,
    );
  }

  /** Deletes records of reminders for old dates. A past date is never reminded of again. */
  async deleteOld(olderThanDays: number, limit: number): Promise<number> {
    const dueAt = new Date(Date.now() - olderThanDays * DAY_MS);
    return this.db.prisma.assignmentReminder.deleteBatch({ olderThan: { dueAt }, limit });
  }
}
