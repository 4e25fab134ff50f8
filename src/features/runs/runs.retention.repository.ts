import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';

const CountRow = z.object({ tenantId: z.string(), count: z.number() });

export class RunsRetentionRepository {
  constructor(private readonly db: Database) {}

  /** Deletes runs that ended so long ago and belong to no submission. Their costs stay recorded. */
  async deleteOld(olderThanDays: number, limit: number): Promise<{ tenantId: string; count: number }[]> {
    return this.db.rows(
      sql`WITH old AS (
            SELECT id
            FROM runs
            WHERE submission_id IS NULL
              AND finished_at IS NOT NULL
              AND finished_at < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY finished_at
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED),
          gone AS (
            DELETE FROM runs r
            USING old
            WHERE r.id = old.id
            RETURNING r.tenant_id)
          SELECT tenant_id AS "tenantId", count(*) AS count
          FROM gone
          GROUP BY tenant_id`,
      CountRow,
    );
  }
}
