import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';

/** Deletes old notifications. Deliveries that still wait are never touched. */
export class NotificationRetentionRepository {
  constructor(private readonly db: Database) {}

  /** Deletes notifications that were read so long ago, and all that are so old, with their deliveries. */
  async deleteOld(readDays: number, allDays: number, limit: number): Promise<number> {
    const hasEnded = sql`NOT EXISTS (
      SELECT
      FROM notification_deliveries d
      WHERE d.notification_id = n.id AND d.state IN ('pending', 'deferred'))`;
    return this.db.execute(
      sql`WITH old AS MATERIALIZED (
            (SELECT id
             FROM notifications n
             WHERE created_at < now() - make_interval(days => ${allDays}::int) AND ${hasEnded}
             ORDER BY created_at
             ${limitTo(limit)})
            UNION
            (SELECT id
             FROM notifications n
             WHERE read_at < now() - make_interval(days => ${readDays}::int) AND ${hasEnded}
             ORDER BY read_at
             ${limitTo(limit)})
            ${limitTo(limit)}),
          taken AS (
            SELECT n.id
            FROM notifications n
            JOIN old USING (id)
            FOR UPDATE OF n SKIP LOCKED)
          DELETE FROM notifications n
          USING taken
          WHERE n.id = taken.id`,
    );
  }

  /** Deletes events that are so old and have no notifications left. */
  async deleteOldEvents(allDays: number, limit: number): Promise<number> {
    return this.db.execute(
      sql`WITH old AS (
            SELECT id
            FROM notification_events e
            WHERE created_at < now() - make_interval(days => ${allDays}::int)
              AND NOT EXISTS (
                SELECT
                FROM notifications n
                WHERE n.event_id = e.id)
            ORDER BY created_at
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED)
          DELETE FROM notification_events e
          USING old
          WHERE e.id = old.id`,
    );
  }
}
