import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';

/** Removes credentials that have ended. One that is still good is never touched. */
export class AuthRetentionRepository {
  constructor(private readonly db: Database) {}

  /**
   * Refresh tokens of sign-ins that ended so long ago. Used ones of a living sign-in stay: by them it is noticed that
   * somebody holds an old copy.
   */
  async deleteEndedSignIns(olderThanDays: number, limit: number): Promise<number> {
    return this.db.execute(
      sql`WITH old AS (
            SELECT id
            FROM refresh_tokens
            WHERE least(family_expires_at, revoked_at) < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY least(family_expires_at, revoked_at)
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED)
          DELETE FROM refresh_tokens t
          USING old
          WHERE t.id = old.id`,
    );
  }

  async deleteEndedApiTokens(olderThanDays: number, limit: number): Promise<number> {
    return this.db.execute(
      sql`WITH old AS (
            SELECT id
            FROM api_tokens
            WHERE least(expires_at, revoked_at) < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY least(expires_at, revoked_at)
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED)
          DELETE FROM api_tokens t
          USING old
          WHERE t.id = old.id`,
    );
  }
}
