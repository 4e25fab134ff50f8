import type { Database } from './database';

const DAY_MS = 86_400_000;

export interface RetentionSettings {
  /** Days for which the record of a started job is kept. */
  jobsKeptDays: number;
}

/** Deletes temporary records of the platform itself. Each call handles one batch and is safe to repeat. */
export class PlatformRetention {
  constructor(
    private readonly db: Database,
    private readonly settings: RetentionSettings,
  ) {}

  /** Deletes answers whose Idempotency-Key has expired. @returns how many */
  async deleteExpiredKeys({ limit }: { limit: number }): Promise<number> {
    return this.db.prisma.idempotencyKey.deleteBatch({ olderThan: { expiresAt: new Date() }, limit });
  }

  /**
   * Deletes old records of started jobs. Jobs that failed to start stay, because an operator has to look at
   * them. @returns how many
   */
  async deleteStartedJobs({ limit }: { limit: number }): Promise<number> {
    const startedAt = new Date(Date.now() - this.settings.jobsKeptDays * DAY_MS);
    return this.db.prisma.outboxRow.deleteBatch({
      where: { state: 'started' },
      olderThan: { startedAt },
      limit,
    });
  }
}
