import { z } from 'zod';
import { IdRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { isBehind, limitTo, type MomentKey, MomentKeyRow } from '../../platform/db/walk';
import { failLastAnswer, SECONDS_BEFORE } from './sessions.sql';

const CountRow = z.object({ tenantId: z.string(), count: z.number() });
/** Groups that limit how long chats are kept. */
const LIMITS = sql`SELECT path, (settings #>> '{privacy,chatRetentionDays}')::int AS days
  FROM groups
  WHERE settings #>> '{privacy,chatRetentionDays}' IS NOT NULL`;

export class SessionsCleanupRepository {
  constructor(private readonly db: Database) {}

  /**
   * Completes sessions without a message for so long. Sessions that another transaction has locked are left
   * for the next time.
   */
  async completeIdle(idleHours: number, limit: number): Promise<{ tenantId: string; count: number }[]> {
    return this.db.rows(
      sql`WITH idle AS (
            SELECT id
            FROM sessions
            WHERE state = 'active'
              AND last_activity_at < now() - make_interval(secs => 3600 * ${idleHours}::double precision)
            ORDER BY last_activity_at
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED),
          ended AS (
            UPDATE sessions s
            SET state = 'completed', ended_at = now(), turn_deadline_at = NULL
            FROM idle
            WHERE s.id = idle.id AND s.state = 'active'
            RETURNING s.id, s.last_seq, s.tenant_id),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT tenant_id AS "tenantId", count(*) AS count
          FROM ended
          GROUP BY tenant_id`,
      CountRow,
    );
  }

  /** Returns the next ended chats that are older than some group allows; the oldest first. */
  async nextOld(after: string | null, limit: number): Promise<MomentKey[]> {
    return this.db.rows(
      sql`SELECT last_activity_at::text AS at, id
          FROM sessions
          WHERE state <> 'active'
            AND last_activity_at < now() - make_interval(days => (SELECT min(days) FROM (${LIMITS}) limits))
            AND ${isBehind(sql`last_activity_at`, sql`id`, after)}
          ORDER BY last_activity_at, id
          ${limitTo(limit)}`,
      MomentKeyRow,
    );
  }

  /**
   * Deletes, of these chats, those that the groups above no longer allow to keep, together with their
   * messages. These groups are the tenant's, and those of the class, or of the tool if no class is
   * involved. A submitted chat that is not returned yet is kept for the teacher as long as the class
   * exists.
   */
  async deleteOld(ids: readonly string[]): Promise<{ tenantId: string; count: number }[]> {
    return this.db.rows(
      sql`WITH limits AS MATERIALIZED (${LIMITS}),
          old AS (
            SELECT s.id
            FROM sessions s
            JOIN tools t ON t.id = s.tool_id
            LEFT JOIN classes c ON c.id = s.class_id
            JOIN groups own ON own.id = coalesce(c.group_id, t.group_id)
            JOIN groups tenant ON tenant.id = s.tenant_id
            LEFT JOIN submissions w ON w.id = s.submission_id
            WHERE s.id = ANY(${[...ids]}::uuid[])
              AND s.state <> 'active'
              AND s.last_activity_at < now() - make_interval(days => (
                SELECT min(l.days)
                FROM limits l
                WHERE l.path @> own.path OR l.path @> tenant.path))
              AND (w.state IS DISTINCT FROM 'submitted' OR c.deleted_at IS NOT NULL)
            FOR UPDATE OF s SKIP LOCKED),
          gone AS (
            DELETE FROM sessions s
            USING old
            WHERE s.id = old.id
            RETURNING s.tenant_id)
          SELECT tenant_id AS "tenantId", count(*) AS count
          FROM gone
          GROUP BY tenant_id`,
      CountRow,
    );
  }

  /** Counts the open sessions of all tenants. */
  async countActive(): Promise<number> {
    return this.db.prisma.session.count({ where: { state: 'active' } });
  }

  /** Releases sessions whose answer was being made by a process that died, and fails that answer. */
  async expireTurns(limit: number): Promise<number> {
    const rows = await this.db.rows(
      sql`WITH stuck AS (
            SELECT id
            FROM sessions
            WHERE state = 'active' AND turn_deadline_at < now()
            ORDER BY turn_deadline_at
            ${limitTo(limit)}
            FOR UPDATE SKIP LOCKED),
          ended AS (
            UPDATE sessions s
            SET turn_deadline_at = NULL
            FROM stuck
            WHERE s.id = stuck.id AND s.turn_deadline_at < now()
            RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT id
          FROM ended`,
      IdRow,
    );
    return rows.length;
  }

  /** Returns the next open chats, those without a message for the longest time first. */
  async nextActive(after: string | null, limit: number): Promise<MomentKey[]> {
    return this.db.rows(
      sql`SELECT last_activity_at::text AS at, id
          FROM sessions
          WHERE state = 'active' AND ${isBehind(sql`last_activity_at`, sql`id`, after)}
          ORDER BY last_activity_at, id
          ${limitTo(limit)}`,
      MomentKeyRow,
    );
  }

  /** Ends those of these chats whose tool's time limit is over. */
  async expireOverdue(ids: readonly string[]): Promise<number> {
    const rows = await this.db.rows(
      sql`WITH overdue AS (
            SELECT s.id
            FROM sessions s
            JOIN tool_versions v ON v.tool_id = s.tool_id AND v.version = s.tool_version
            WHERE s.id = ANY(${[...ids]}::uuid[])
              AND s.state = 'active'
              AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())
              AND s.created_at + make_interval(
                secs => 60 * (v.definition #>> '{constraints,max_session_duration}')::double precision
                  - ${SECONDS_BEFORE}) < now()
            FOR UPDATE OF s SKIP LOCKED),
          ended AS (
            UPDATE sessions s
            SET state = 'expired', ended_at = now(), turn_deadline_at = NULL
            FROM overdue
            WHERE s.id = overdue.id AND s.state = 'active'
            RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT id
          FROM ended`,
      IdRow,
    );
    return rows.length;
  }
}
