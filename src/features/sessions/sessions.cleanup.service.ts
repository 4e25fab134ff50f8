import type { Database } from '../../platform/db/database';
import { nextOf } from '../../platform/db/walk';
import type { WalkedPage } from '../../shared/pages';
import type { AuditService } from '../audit';
import type { SessionsCleanupRepository } from './sessions.cleanup.repository';

/**
 * Jobs for sessions that nobody ends, and for those that may no longer be kept. Each call handles one batch
 * and is safe to repeat.
 */
export class SessionsCleanupService {
  constructor(
    private readonly db: Database,
    private readonly repository: SessionsCleanupRepository,
    private readonly audit: AuditService,
  ) {}

  /** Counts the open sessions, for monitoring. */
  async countActive(): Promise<number> {
    return this.repository.countActive();
  }

  /**
   * Releases sessions from turns whose process died. @returns how many; as long as that is `limit`, there
   * are more
   */
  async freeStuckTurns({ limit }: { limit: number }): Promise<number> {
    return this.repository.expireTurns(limit);
  }

  /** Ends the sessions on a page of open ones whose time is over. @returns how many */
  async endOverdue({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const keys = await this.repository.nextActive(after, limit);
    const done = await this.repository.expireOverdue(keys.map(({ id }) => id));
    return { done, next: nextOf(keys, limit) };
  }

  /**
   * Completes sessions that were idle for so many hours, at most `limit` of them.
   * @returns how many; as long as that is `limit`, there are more
   */
  async completeIdle(input: { idleHours: number; limit: number }): Promise<number> {
    const { idleHours, limit } = input;
    return this.db.transaction(async () => {
      const byTenant = await this.repository.completeIdle(idleHours, limit);
      return this.recordAll('session.completed_idle', byTenant, { idleHours });
    });
  }

  /**
   * Deletes the chats on a page of old ones that are older than the groups'
   * `settings.privacy.chatRetentionDays`. Their costs stay recorded. @returns how many
   */
  async deleteOld({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const keys = await this.repository.nextOld(after, limit);
    const ids = keys.map(({ id }) => id);
    const done = await this.db.transaction(async () =>
      this.recordAll('session.deleted_old', await this.repository.deleteOld(ids)),
    );
    return { done, next: nextOf(keys, limit) };
  }

  private async recordAll(
    action: string,
    byTenant: readonly { tenantId: string; count: number }[],
    details: Record<string, unknown> = {},
  ): Promise<number> {
    for (const { tenantId, count } of byTenant)
      await this.audit.record({ type: 'session', id: null, tenantId }, action, { count, ...details });
    return byTenant.reduce((sum, { count }) => sum + count, 0);
  }
}
