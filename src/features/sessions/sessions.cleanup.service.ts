import type { Database } from '../../platform/db/database';
import type { AuditService } from '../audit';
import type { SessionsCleanupRepository } from './sessions.cleanup.repository';

/** A bound for one call; what is left waits for the next. */
const MAX_BATCHES = 100;

/** Repeats a batch until it finds less than a whole one to do. */
async function untilFewer(limit: number, batch: () => Promise<number>): Promise<void> {
  for (let n = 0; n < MAX_BATCHES && (await batch()) >= limit; n += 1);
}

/** What jobs do for sessions that nobody ends, and for those that nobody may keep. Each call works on one batch and can be run twice. */
export class SessionsCleanupService {
  constructor(
    private readonly db: Database,
    private readonly repository: SessionsCleanupRepository,
    private readonly audit: AuditService,
  ) {}

  /** How many sessions are open just now, for those who watch over the system. */
  async countActive(): Promise<number> {
    return this.repository.countActive();
  }

  /**
   * Completes sessions that were idle for so many hours, at most `limit` of them; before that, it frees sessions from
   * turns whose process died and ends those whose time is over.
   * @returns how many it completed: as long as that is `limit`, there are more.
   */
  async completeIdleSessions(input: { idleHours: number; limit: number }): Promise<number> {
    const { idleHours, limit } = input;
    await untilFewer(limit, () => this.repository.expireTurns(limit));
    await untilFewer(limit, () => this.repository.expireOverdue(limit));
    return this.db.transaction(async () => {
      const byTenant = await this.repository.completeIdle(idleHours, limit);
      return this.recordAll('session.completed_idle', byTenant, { idleHours });
    });
  }

  /**
   * Deletes chats that are older than the groups' `settings.privacy.chatRetentionDays` lets them be. What they cost
   * stays recorded. @returns how many: as long as that is `limit`, there are more.
   */
  async deleteOld({ limit }: { limit: number }): Promise<number> {
    return this.db.transaction(async () =>
      this.recordAll('session.deleted_old', await this.repository.deleteOld(limit)),
    );
  }

  private async recordAll(
    action: string,
    byTenant: readonly { tenantId: string; count: number }[],
    details: Record<string, unknown> = {},
  ): Promise<number> {
    for (const { tenantId, count } of byTenant)
      await this.audit.record({
        action,
        subjectType: 'session',
        subjectId: null,
        tenantId,
        details: { count, ...details },
      });
    return byTenant.reduce((sum, { count }) => sum + count, 0);
  }
}
