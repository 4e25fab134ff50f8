import { z } from 'zod';
import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { sql } from '../../../platform/db/sql';
import type { MomentKey } from '../../../platform/db/walk';
import { CAN_BE_TOLD_OF, nextMoments } from './assignments.moments.repository';

const OPENED = { id: true, classId: true, tenantId: true } as const satisfies Prisma.AssignmentSelect;
const ClaimRow = z.object({ id: z.string(), userId: z.string() });

/** An assignment that has opened for at least one student. */
export type OpenedAssignment = Prisma.AssignmentGetPayload<{ select: typeof OPENED }>;

export class OpeningsRepository {
  constructor(private readonly db: Database) {}

  /**
   * The next moments between `since` and `now` at which assignments opened, including for single students.
   */
  async nextOpened(since: Date, now: Date, after: string | null, limit: number): Promise<MomentKey[]> {
    return nextMoments(this.db, 'opens_at', { since, until: now, after, limit });
  }

  /** Those of the assignments whose students can be notified. */
  async listOpened(ids: readonly string[]): Promise<OpenedAssignment[]> {
    return this.db.prisma.assignment.findMany({
      where: { id: { in: [...ids] }, ...CAN_BE_TOLD_OF },
      select: OPENED,
    });
  }

  /**
   * Claims the students for whom the assignment is open now and who were not notified of it. Each is
   * claimed once.
   */
  async claim(assignmentId: string, now: Date): Promise<{ id: string; userId: string }[]> {
    return this.db.rows(
      sql`INSERT INTO assignment_announcements (id, assignment_id, user_id)
          SELECT gen_random_uuid(), a.id, m.user_id
          FROM assignments a
          JOIN class_members m ON m.class_id = a.class_id AND m.role = 'student'
          JOIN users u ON u.id = m.user_id AND u.status = 'active' AND u.deleted_at IS NULL
          CROSS JOIN LATERAL assignment_terms(a.id, m.user_id, ${now}) w
          WHERE a.id = ${assignmentId}::uuid
            AND a.deleted_at IS NULL
            AND w.state = 'published'
            AND w.is_opened
            AND coalesce(w.closes_at > ${now}, TRUE)
          ORDER BY m.user_id
          ON CONFLICT (assignment_id, user_id) DO NOTHING
          RETURNING id, user_id AS "userId"`,
      ClaimRow,
    );
  }
}
