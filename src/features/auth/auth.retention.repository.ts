import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';

/** Deletes ended credentials. Valid ones are never touched. */
export class AuthRetentionRepository {
  constructor(private readonly db: Database) {}

  /**
   * Deletes refresh tokens of sign-ins that ended so long ago. Used tokens of an active sign-in stay,
   * because they reveal a copied token.
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
