import type { AuditService } from '../audit';
import { ScoresAbovePointsError } from './assignments.errors';
import type { ScoresRepository } from './assignments.scores.repository';

/** Holds scores and points together. */
export class ScoresService {
  constructor(
    private readonly scores: ScoresRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Call it in the transaction that changes the points, before the change. With `scale` every score keeps its share of
   * the points, with a record for each student. @throws ScoresAbovePointsError if a score would be above them.
   */
  async fitTo(
    { id, tenantId }: { id: string; tenantId: string },
    points: number,
    choice: 'scale' | undefined,
  ): Promise<void> {
    const before = await this.scores.lock(id);
    if (before === null || before === points) return;
    // Of no points at all no score has a share.
    if (choice === 'scale' && before > 0) {
      const students = await this.scores.scale(id, before, points);
      const details = { from: before, to: points };
      await this.audit.recordAbout(
        { action: 'assignment.scores_scaled', subjectType: 'assignment', subjectId: id, tenantId, details },
        students,
      );
      return;
    }
    const above = points < before ? await this.scores.countAbove(id, points) : 0;
    if (above > 0) throw new ScoresAbovePointsError(above, points);
  }
}
