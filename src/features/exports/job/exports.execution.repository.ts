import { z } from 'zod';
import type { Database } from '../../../platform/db/database';
import { empty, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';
import type { ExportCursor, ExportManifest } from '../exports.types';

const IdRow = z.object({ id: z.string() });
const LostRow = z.object({ id: z.string(), isLost: z.boolean() });

export interface PartDone {
  /** The number of parts before this one: whoever finds another number was overtaken. */
  part: number;
  rows: number;
  cursor: ExportCursor;
  activeMs: number;
}

/** The side of the job. */
export class ExportExecutionRepository {
  constructor(private readonly db: Database) {}

  /** Takes a queued export in hand. @returns whether it was queued. */
  async begin(id: string): Promise<boolean> {
    const begun = await this.db.execute(
      sql`UPDATE exports SET state = 'running', started_at = now() WHERE id = ${id}::uuid AND state = 'queued' AND cancel_requested_at IS NULL`,
    );
    return begun === 1;
  }

  /** The group that the export is of, or that its class belongs to. */
  async groupOf(id: string): Promise<string> {
    const row = await this.db.row(
      sql`SELECT coalesce(c.group_id, e.group_id) AS id FROM exports e LEFT JOIN classes c ON c.id = e.class_id WHERE e.id = ${id}::uuid`,
      IdRow,
    );
    if (row === null) throw new Error('an export without a group');
    return row.id;
  }

  /** Fixes as of when and in which zone it is made; once only, whoever comes first. */
  async fixSnapshot(id: string, timeZone: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET snapshot_at = date_trunc('milliseconds', clock_timestamp()), time_zone = ${timeZone}
          WHERE id = ${id}::uuid AND state = 'running' AND snapshot_at IS NULL`,
    );
  }

  async setTotal(id: string, rows: number): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET rows_total = ${rows} WHERE id = ${id}::uuid AND state = 'running' AND rows_total IS NULL`,
    );
  }

  /** Forgets the parts that are stored; those that come are stored in their place. */
  async restart(id: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET parts_done = 0, rows_done = 0, active_ms = 0, cursor = NULL
          WHERE id = ${id}::uuid AND state = 'running'`,
    );
  }

  /** Counts a stored part as done. @returns false where the export has ended or another attempt was faster. */
  async advance(id: string, { part, rows, cursor, activeMs }: PartDone): Promise<boolean> {
    const advanced = await this.db.execute(
      sql`UPDATE exports SET parts_done = parts_done + 1, rows_done = rows_done + ${rows}::int, cursor = ${JSON.stringify(cursor)}::jsonb,
            active_ms = active_ms + ${activeMs}::bigint, rows_total = greatest(rows_total, rows_done + ${rows}::int)
          WHERE id = ${id}::uuid AND state = 'running' AND parts_done = ${part}::int`,
    );
    return advanced === 1;
  }

  /** @returns false where it has ended already. */
  async succeed(
    id: string,
    storageKey: string,
    manifest: ExportManifest,
    keptDays: number,
  ): Promise<boolean> {
    const { bytes, sha256 } = manifest;
    const ended = await this.db.execute(
      sql`UPDATE exports SET state = 'succeeded', storage_key = ${storageKey}, bytes = ${bytes}::bigint, sha256 = ${sha256}, manifest = ${JSON.stringify(manifest)}::jsonb,
            finished_at = now(), expires_at = now() + make_interval(days => ${keptDays}::int), cursor = NULL
          WHERE id = ${id}::uuid AND state = 'running'`,
    );
    return ended === 1;
  }

  /** Ends one that has no file. @returns false where it has ended already. */
  async giveUp(id: string, state: 'failed' | 'cancelled', code: string | null): Promise<boolean> {
    const ended = await this.db.execute(
      sql`UPDATE exports SET state = ${state}, error_code = ${code}, finished_at = now(), cursor = NULL
          WHERE id = ${id}::uuid AND state IN ('queued', 'running')`,
    );
    return ended === 1;
  }

  /** There is nothing of it in the storage any more. */
  async markFilesDeleted(id: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE exports SET files_deleted_at = now(), storage_key = NULL, state = CASE state WHEN 'succeeded' THEN 'expired' ELSE state END
          WHERE id = ${id}::uuid AND state NOT IN ('queued', 'running') AND files_deleted_at IS NULL`,
    );
  }

  /** Those of these storage keys that belong to an export which has not let go of its files. */
  async knownFiles(keys: readonly string[]): Promise<Set<string>> {
    const ids = keys.map((key) => /^exports\/([0-9a-f-]{36})\//.exec(key)?.[1] ?? null);
    const rows = await this.db.rows(
      sql`SELECT id FROM exports WHERE id = ANY(${ids.filter((id) => id !== null)}::uuid[]) AND files_deleted_at IS NULL`,
      IdRow,
    );
    const known = new Set(rows.map(({ id }) => id));
    return new Set(keys.filter((_, i) => known.has(ids[i] ?? '')));
  }

  /** The rows of exports that ended so long ago and of which no file is left. */
  async deleteOld(olderThanDays: number, limit: number): Promise<number> {
    return this.db.execute(
      sql`WITH old AS (
            SELECT id FROM exports WHERE files_deleted_at IS NOT NULL AND state NOT IN ('queued', 'running')
              AND finished_at < now() - make_interval(days => ${olderThanDays}::int)
            ORDER BY finished_at ${limitTo(limit)} FOR UPDATE SKIP LOCKED)
          DELETE FROM exports e USING old WHERE e.id = old.id`,
    );
  }

  /**
   * The next exports that have not ended, by id; lost are those whose workflow cannot be under way any more: it was
   * started so long ago, or never could be.
   */
  async nextUnfinished(
    olderThanHours: number,
    after: string | null,
    limit: number,
  ): Promise<{ id: string; isLost: boolean }[]> {
    const behind = after === null ? empty : sql`AND id > ${after}::uuid`;
    return this.db.rows(
      sql`SELECT e.id, o.state IS DISTINCT FROM 'pending' AND (coalesce(o.state = 'failed', FALSE)
              OR coalesce(o.started_at, e.created_at) < now() - make_interval(hours => ${olderThanHours}::int)) AS "isLost"
          FROM (SELECT id, created_at FROM exports WHERE state IN ('queued', 'running') ${behind} ORDER BY id ${limitTo(limit)}) e
          LEFT JOIN outbox o ON o.workflow_id = 'export/' || e.id AND o.operation = 'start' ORDER BY e.id`,
      LostRow,
    );
  }

  /** Files whose time is over, and what those that came to nothing have left behind. */
  async listExpired(limit: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`(SELECT id FROM exports WHERE state = 'succeeded' AND expires_at <= now() ORDER BY expires_at ${limitTo(limit)})
          UNION ALL (SELECT id FROM exports WHERE files_deleted_at IS NULL AND state IN ('failed', 'cancelled', 'expired') ORDER BY finished_at ${limitTo(limit)})
          ${limitTo(limit)}`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }
}
