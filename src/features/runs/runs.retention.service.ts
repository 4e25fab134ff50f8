import type { Database } from '../../platform/db/database';
import type { AuditService } from '../audit';
import type { RunsRetentionRepository } from './runs.retention.repository';

/**
 * Deletes old runs completely, because they consist of nothing but their input and output, and their costs
 * are recorded elsewhere. A submitted run stays as long as its submission.
 */
export class RunsRetentionService {
  constructor(
    private readonly db: Database,
    private readonly repository: RunsRetentionRepository,
    private readonly audit: AuditService,
    private readonly keptDays: number,
  ) {}

  /**
   * Deletes one batch together with its audit events. @returns how many runs; as long as that is `limit`,
   * there are more
   */
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
