import type { Database } from './database';

const DAY_MS = 86_400_000;

export interface RetentionSettings {
  /** Days for which the record of a started job is kept. */
  jobsKeptDays: number;
}

/** Removes what the platform itself has written down for a time. Each call works on one batch and can be run twice. */
export class PlatformRetention {
  constructor(
    private readonly db: Database,
    private readonly settings: RetentionSettings,
  ) {}

  /** Answers whose Idempotency-Key has run out. @returns how many. */
  async deleteExpiredKeys({ limit }: { limit: number }): Promise<number> {
    return this.db.prisma.idempotencyKey.deleteBatch({ olderThan: { expiresAt: new Date() }, limit });
  }

  /** Jobs that were started so long ago. Those that failed to start stay, as somebody has to look at them. @returns how many. */
  async deleteStartedJobs({ limit }: { limit: number }): Promise<number> {
    const startedAt = new Date(Date.now() - this.settings.jobsKeptDays * DAY_MS);
    return this.db.prisma.outboxRow.deleteBatch({
      where: { state: 'started' },
      olderThan: { startedAt },
      limit,
    });
  }
}
