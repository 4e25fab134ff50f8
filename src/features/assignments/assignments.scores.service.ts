import type { AuditService } from '../audit';
import { ScoresAbovePointsError } from './assignments.errors';
import type { ScoresRepository } from './assignments.scores.repository';

/** Keeps scores within the assignment's points. */
export class ScoresService {
  constructor(
    private readonly scores: ScoresRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Call it in the transaction that changes the points, before the change. With `scale`, every score keeps
   * its share of the points, with an audit event for each student. @throws ScoresAbovePointsError if a
   * score would exceed the points
   */
  async fitTo(
    { id, tenantId }: { id: string; tenantId: string },
    points: number,
    choice: 'scale' | undefined,
  ): Promise<void> {
    const before = await this.scores.lock(id);
    if (before === null || before === points) return;
    // With zero points, a score has no share to keep.
    if (choice === 'scale' && before > 0) {
      const students = await this.scores.scale(id, before, points);
      const details = { from: before, to: points };
      await this.audit.recordAbout(
        { type: 'assignment', id, tenantId },
        students,
        'assignment.scores_scaled',
        details,
      );
      return;
    }
    const above = points < before ? await this.scores.countAbove(id, points) : 0;
    if (above > 0) throw new ScoresAbovePointsError(above, points);
  }
}
