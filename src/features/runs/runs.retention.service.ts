import type { Database } from '../../platform/db/database';
import type { AuditService } from '../audit';
import type { RunsRetentionRepository } from './runs.retention.repository';

/**
 * Removes runs that nobody needs any more. They are deleted as a whole: what went in and came out is all that a run
 * is about, and its costs are on record elsewhere. A run that was handed in stays as long as its submission.
 */
export class RunsRetentionService {
  constructor(
    private readonly db: Database,
    private readonly repository: RunsRetentionRepository,
    private readonly audit: AuditService,
    private readonly keptDays: number,
  ) {}

  /** One batch, together with its audit events. @returns how many runs: as long as that is `limit`, there are more. */
  async deleteOld({ limit }: { limit: number }): Promise<number> {
    return this.db.transaction(async () => {
      const byTenant = await this.repository.deleteOld(this.keptDays, limit);
      for (const { tenantId, count } of byTenant)
        await this.audit.record({ type: 'run', id: null, tenantId }, 'run.deleted_old', {
          count,
          olderThanDays: this.keptDays,
        });
      return byTenant.reduce((sum, { count }) => sum + count, 0);
    });
  }
}
