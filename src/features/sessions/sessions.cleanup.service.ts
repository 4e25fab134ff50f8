import type { Database } from '../../platform/db/database';
import type { AuditService } from '../audit';
import type { SessionsCleanupRepository } from './sessions.cleanup.repository';

/** A bound for one call; what is left waits for the next. */
const MAX_BATCHES = 100;

/** Repeats a batch until it finds less than a whole one to do. */
async function untilFewer(limit: number, batch: () => Promise<number>): Promise<void> {
  for (let n = 0; n < MAX_BATCHES && (await batch()) >= limit; n += 1);
}

/** What an hourly job does for sessions that nobody ends. Each call works on one batch and can be run twice. */
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
      for (const { tenantId, count } of byTenant) {
        await this.audit.record({
          action: 'session.completed_idle',
          subjectType: 'session',
          subjectId: null,
          tenantId,
          details: { count, idleHours },
        });
      }
      return byTenant.reduce((sum, { count }) => sum + count, 0);
    });
  }
}
