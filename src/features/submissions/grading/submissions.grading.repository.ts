import type { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import {
  GradedRow,
  lockWork,
  ReturnedRow,
  RevisionRow,
  releaseGradedWork,
  releaseWork,
  shareAssignmentOf,
} from './submissions.grading.sql';

/** An attempt that no other transaction can grade or return meanwhile. */
export type LockedWork = z.output<typeof GradedRow>;
export type ReturnedWork = z.output<typeof ReturnedRow>;

/** Stores grades: drafts, and released ones. */
export class GradingRepository {
  constructor(private readonly db: Database) {}

  /**
   * Locks the attempt, and shares its assignment, so that the points do not change until the transaction
   * ends.
   */
  async lock(id: string): Promise<LockedWork | null> {
    await this.db.rows(shareAssignmentOf(id), RevisionRow);
    return this.db.row(lockWork(id), GradedRow);
  }

  /** Stores a draft of score and feedback. */
  async saveDraft(
    id: string,
    draft: { score: number | null; feedback: string | null; by: string; at: Date },
  ): Promise<void> {
    await this.db.prisma.submission.update({
      where: { id },
      data: {
        draftScore: draft.score,
        draftFeedback: draft.feedback,
        gradedBy: draft.by,
        gradedAt: draft.at,
      },
      select: { id: true },
    });
  }

  /** Shows the draft to the student. @returns the new revision */
  async release(id: string, by: string, at: Date): Promise<number> {
    const row = await this.db.row(releaseWork(id, by, at), RevisionRow);
    return row?.revision ?? 0;
  }

  /** Releases the next unreleased drafts of an assignment, except for the grader's own work. */
  async releaseGraded(assignmentId: string, by: string, at: Date, limit: number): Promise<ReturnedWork[]> {
    return this.db.rows(releaseGradedWork(assignmentId, by, at, limit), ReturnedRow);
  }
}
