import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';

const StudentRow = z.object({ userId: z.string() });

/** The scores of an assignment whose points change. */
export class ScoresRepository {
  constructor(private readonly db: Database) {}

  /** Locks the assignment, so that nothing is graded until the transaction ends. @returns its points */
  async lock(assignmentId: string): Promise<number | null> {
    const where = { id: assignmentId };
    const row = await this.db.prisma.assignment.lock({ where, select: { points: true } });
    return row === null ? null : row.points.toNumber();
  }

  /** Counts the attempts with a score above these points, returned or not. */
  async countAbove(assignmentId: string, points: number): Promise<number> {
    const above = { gt: points };
    return this.db.prisma.submission.count({
      where: { assignmentId, OR: [{ draftScore: above }, { releasedScore: above }] },
    });
  }

  /** Scales each score with the points. @returns the students whose scores changed */
  async scale(assignmentId: string, from: number, to: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`WITH scaled AS (
            UPDATE submissions
            SET draft_score = round(draft_score * ${to}::numeric / ${from}::numeric, 2),
                released_score = round(released_score * ${to}::numeric / ${from}::numeric, 2)
            WHERE assignment_id = ${assignmentId}::uuid
              AND (draft_score IS NOT NULL OR released_score IS NOT NULL)
            RETURNING user_id)
          SELECT DISTINCT user_id AS "userId"
          FROM scaled`,
      StudentRow,
    );
    return rows.map(({ userId }) => userId);
  }
}
