import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { failLastAnswer } from './sessions.repository';

const CountRow = z.object({ tenantId: z.string(), count: z.number() });
const IdRow = z.object({ id: z.string() });
const TotalRow = z.object({ count: z.number() });

export class SessionsCleanupRepository {
  constructor(private readonly db: Database) {}

  /** Completes sessions in which nothing was said for so long. Those that somebody has locked are left for the next time. */
  async completeIdle(idleHours: number, limit: number): Promise<{ tenantId: string; count: number }[]> {
    return this.db.rows(
      sql`WITH idle AS (
            SELECT id FROM sessions WHERE state = 'active' AND last_activity_at < now() - make_interval(secs => 3600 * ${idleHours}::double precision)
            ORDER BY last_activity_at LIMIT ${limit} FOR UPDATE SKIP LOCKED),
          ended AS (
            UPDATE sessions s SET state = 'completed', ended_at = now(), turn_deadline_at = NULL FROM idle
            WHERE s.id = idle.id AND s.state = 'active' RETURNING s.id, s.last_seq, s.tenant_id),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT tenant_id AS "tenantId", count(*) AS count FROM ended GROUP BY tenant_id`,
      CountRow,
    );
  }

  /** How many sessions are open, in all tenants. */
  async countActive(): Promise<number> {
    const row = await this.db.row(
      sql`SELECT count(*) AS count FROM sessions WHERE state = 'active'`,
      TotalRow,
    );
    return row?.count ?? 0;
  }

  /** Frees sessions whose answer was being made by a process that died, and fails that answer. */
  async expireTurns(limit: number): Promise<number> {
    const rows = await this.db.rows(
      sql`WITH stuck AS (
            SELECT id FROM sessions WHERE state = 'active' AND turn_deadline_at < now()
            ORDER BY last_activity_at LIMIT ${limit} FOR UPDATE SKIP LOCKED),
          ended AS (
            UPDATE sessions s SET turn_deadline_at = NULL FROM stuck
            WHERE s.id = stuck.id AND s.turn_deadline_at < now() RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT id FROM ended`,
      IdRow,
    );
    return rows.length;
  }

  /** Ends sessions whose tool allows them only so much time, when that is over. */
  async expireOverdue(limit: number): Promise<number> {
    const rows = await this.db.rows(
      sql`WITH overdue AS (
            SELECT s.id FROM sessions s JOIN tool_versions v ON v.tool_id = s.tool_id AND v.version = s.tool_version
            WHERE s.state = 'active' AND (s.turn_deadline_at IS NULL OR s.turn_deadline_at < now())
              AND s.created_at + make_interval(secs => 60 * (v.definition #>> '{constraints,max_session_duration}')::double precision) < now()
            ORDER BY s.last_activity_at LIMIT ${limit} FOR UPDATE OF s SKIP LOCKED),
          ended AS (
            UPDATE sessions s SET state = 'expired', ended_at = now(), turn_deadline_at = NULL FROM overdue
            WHERE s.id = overdue.id AND s.state = 'active' RETURNING s.id, s.last_seq),
          dead AS (${failLastAnswer('ai.interrupted')})
          SELECT id FROM ended`,
      IdRow,
    );
    return rows.length;
  }
}
