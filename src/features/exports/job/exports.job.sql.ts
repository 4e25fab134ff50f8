import { z } from 'zod';
import { empty, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { ExportCursor } from '../exports.types';

export interface PartDone {
  /** The number of earlier parts; another number means that another attempt was faster. */
  part: number;
  rows: number;
  cursor: ExportCursor;
  activeMs: number;
}

export const LostRow = z.object({ id: z.string(), isLost: z.boolean() });

/** Uses the database's clock, because the exported rows have its times. */
export function fixSnapshot(id: string, timeZone: string): Sql {
  return sql`UPDATE exports
             SET snapshot_at = date_trunc('milliseconds', clock_timestamp()), time_zone = ${timeZone}
             WHERE id = ${id}::uuid AND state = 'running' AND snapshot_at IS NULL`;
}

/** Counts a stored part, if no other attempt has counted one meanwhile and the export is still running. */
export function countPart(id: string, { part, rows, cursor, activeMs }: PartDone): Sql {
  return sql`UPDATE exports
             SET parts_done = parts_done + 1,
                 rows_done = rows_done + ${rows}::int,
                 rows_total = greatest(rows_total, rows_done + ${rows}::int),
                 cursor = ${JSON.stringify(cursor)}::jsonb,
                 active_ms = active_ms + ${activeMs}::bigint
             WHERE id = ${id}::uuid AND state = 'running' AND parts_done = ${part}::int`;
}

/** Records that the export's files are deleted. */
export function forgetFiles(id: string): Sql {
  return sql`UPDATE exports
             SET files_deleted_at = now(),
                 storage_key = NULL,
                 state = CASE state WHEN 'succeeded' THEN 'expired' ELSE state END
             WHERE id = ${id}::uuid AND state NOT IN ('queued', 'running') AND files_deleted_at IS NULL`;
}

/** Deletes the oldest rows of ended exports without files. */
export function deleteOldExports(olderThanDays: number, limit: number): Sql {
  return sql`WITH old AS (
               SELECT id
               FROM exports
               WHERE files_deleted_at IS NOT NULL
                 AND state NOT IN ('queued', 'running')
                 AND finished_at < now() - make_interval(days => ${olderThanDays}::int)
               ORDER BY finished_at
               ${limitTo(limit)}
               FOR UPDATE SKIP LOCKED)
             DELETE FROM exports e
             USING old
             WHERE e.id = old.id`;
}

/**
 * Unfinished exports, by id. An export is lost if its workflow was started so long ago that it cannot be
 * running any more, or could never start.
 */
export function selectUnfinished(olderThanHours: number, after: string | null, limit: number): Sql {
  const behind = after === null ? empty : sql`AND id > ${after}::uuid`;
  return sql`SELECT
               e.id,
               o.state IS DISTINCT FROM 'pending'
                 AND (coalesce(o.state = 'failed', FALSE)
                   OR coalesce(o.started_at, e.created_at)
                     < now() - make_interval(hours => ${olderThanHours}::int)
                 ) AS "isLost"
             FROM (
               SELECT id, created_at
               FROM exports
               WHERE state IN ('queued', 'running') ${behind}
               ORDER BY id
               ${limitTo(limit)}) e
             LEFT JOIN outbox o ON o.workflow_id = 'export/' || e.id AND o.operation = 'start'
             ORDER BY e.id`;
}

/** Expired files, and files that failed and cancelled exports have left behind. */
export function selectExpired(limit: number): Sql {
  return sql`(SELECT id
              FROM exports
              WHERE state = 'succeeded' AND expires_at <= now()
              ORDER BY expires_at
              ${limitTo(limit)})
             UNION ALL
             (SELECT id
              FROM exports
              WHERE files_deleted_at IS NULL AND state IN ('failed', 'cancelled', 'expired')
              ORDER BY finished_at
              ${limitTo(limit)})
             ${limitTo(limit)}`;
}
