import type { Database } from './database';
import { sql } from './sql';
import { limitTo } from './walk';

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
    return this.db.execute(
      sql`WITH old AS (
            SELECT id FROM idempotency_keys WHERE expires_at < now() ORDER BY expires_at ${limitTo(limit)} FOR UPDATE SKIP LOCKED)
          DELETE FROM idempotency_keys k USING old WHERE k.id = old.id`,
    );
  }

  /** Jobs that were started so long ago. Those that failed to start stay, as somebody has to look at them. @returns how many. */
  async deleteStartedJobs({ limit }: { limit: number }): Promise<number> {
    return this.db.execute(
      sql`WITH old AS (
            SELECT id FROM outbox WHERE state = 'started' AND started_at < now() - make_interval(days => ${this.settings.jobsKeptDays}::int)
            ORDER BY started_at ${limitTo(limit)} FOR UPDATE SKIP LOCKED)
          DELETE FROM outbox o USING old WHERE o.id = old.id`,
    );
  }
}
