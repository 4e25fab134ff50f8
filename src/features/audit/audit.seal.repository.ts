import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { type EventText, NO_TENANT } from './audit.chain';

const text = z.string();
const nullableText = z.string().nullable();
export const EventTextRow = z.object({
  id: text,
  seq: text,
  tenantId: nullableText,
  actorId: nullableText,
  actorKind: text,
  action: text,
  subjectType: text,
  subjectId: nullableText,
  aboutUserId: nullableText,
  details: text,
  requestId: nullableText,
  ip: nullableText,
  createdAt: text,
});
const SeqRow = z.object({ seq: z.number() });
const WriterRow = z.object({ writer: z.string() });
const ChainRow = z.object({ chainId: z.string() });
const HeadRow = z.object({ position: z.number(), seq: z.number(), hash: z.string() });

/** How far a chain is sealed. */
export interface Head {
  position: number;
  seq: number;
  /** In hexadecimal. */
  hash: string;
}

export interface NewSeal {
  id: string;
  /** In hexadecimal. */
  hash: string;
}

/** The columns of `e`, an audit event, as text. */
export const EVENT_TEXT: Sql = sql`e.id::text AS id, e.seq::text AS seq, e.tenant_id::text AS "tenantId", e.actor_id::text AS "actorId",
  e.actor_kind AS "actorKind", e.action, e.subject_type AS "subjectType", e.subject_id::text AS "subjectId",
  e.about_user_id::text AS "aboutUserId", e.details::text AS details, e.request_id AS "requestId", e.ip,
  to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt"`;

/** The events of a chain. */
export const inChain = (chainId: string): Sql =>
  chainId === NO_TENANT ? sql`e.tenant_id IS NULL` : sql`e.tenant_id = ${chainId}::uuid`;

export class AuditSealRepository {
  constructor(private readonly db: Database) {}

  /** The highest number that a committed event has; 0 where there is none. */
  async newestSeq(): Promise<number> {
    const row = await this.db.row(sql`SELECT coalesce(max(seq), 0) AS seq FROM audit_events`, SeqRow);
    return row?.seq ?? 0;
  }

  /** The transactions that write events just now, or have and are not over: each holds a lock on the table until it is. */
  async writers(): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT virtualtransaction AS writer FROM pg_locks
          WHERE locktype = 'relation' AND relation = 'audit_events'::regclass AND mode = 'RowExclusiveLock' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      WriterRow,
    );
    return rows.map((row) => row.writer);
  }

  /** Chains with events up to `upTo` that are not sealed. Reads one index entry a chain, however long they are. */
  async chainsBehind(upTo: number): Promise<string[]> {
    const rows = await this.db.rows(
      sql`WITH RECURSIVE tenants AS (
            (SELECT tenant_id FROM audit_events WHERE tenant_id IS NOT NULL ORDER BY tenant_id LIMIT 1)
            UNION ALL
            SELECT (SELECT e.tenant_id FROM audit_events e WHERE e.tenant_id > t.tenant_id ORDER BY e.tenant_id LIMIT 1)
            FROM tenants t WHERE t.tenant_id IS NOT NULL)
          SELECT c.chain_id AS "chainId"
          FROM (SELECT tenant_id, tenant_id AS chain_id FROM tenants WHERE tenant_id IS NOT NULL
                UNION ALL SELECT NULL, ${NO_TENANT}::uuid) c
          LEFT JOIN audit_heads h ON h.id = c.chain_id
          WHERE CASE WHEN c.tenant_id IS NULL
            THEN EXISTS (SELECT FROM audit_events e WHERE e.tenant_id IS NULL AND e.seq > coalesce(h.seq, 0) AND e.seq <= ${upTo}::bigint)
            ELSE EXISTS (SELECT FROM audit_events e WHERE e.tenant_id = c.tenant_id AND e.seq > coalesce(h.seq, 0) AND e.seq <= ${upTo}::bigint) END
          ORDER BY c.chain_id`,
      ChainRow,
    );
    return rows.map((row) => row.chainId);
  }

  /** Makes sure that a chain has a head. */
  async ensureHead(chainId: string, genesis: string): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO audit_heads (id, hash) VALUES (${chainId}::uuid, decode(${genesis}, 'hex')) ON CONFLICT (id) DO NOTHING`,
    );
  }

  /** The head, locked until the transaction ends; null where another process is sealing this chain. */
  async lockHead(chainId: string): Promise<Head | null> {
    return this.db.row(
      sql`SELECT position, seq, encode(hash, 'hex') AS hash FROM audit_heads WHERE id = ${chainId}::uuid FOR UPDATE SKIP LOCKED`,
      HeadRow,
    );
  }

  /**
   * The next events of a chain, in the order of their numbers. One that has a seal already was moved here from another
   * chain by force: verifying tells of it, and it must not hold up the others.
   * A scalar subquery: NOT EXISTS the planner may turn into a hash of every seal there is.
   */
  async nextEvents(chainId: string, afterSeq: number, upTo: number, limit: number): Promise<EventText[]> {
    return this.db.rows(
      sql`SELECT ${EVENT_TEXT} FROM audit_events e
          WHERE ${inChain(chainId)} AND e.seq > ${afterSeq}::bigint AND e.seq <= ${upTo}::bigint
            AND (SELECT s.id FROM audit_seals s WHERE s.id = e.id) IS NULL
          ORDER BY e.seq ${limitTo(limit)}`,
      EventTextRow,
    );
  }

  /** Adds seals behind the head, and moves it. */
  async append(chainId: string, after: Head, seals: readonly NewSeal[], seq: number): Promise<void> {
    const last = seals.at(-1);
    if (last === undefined) return;
    await this.db.execute(
      sql`WITH sealed AS (
            INSERT INTO audit_seals (id, chain_id, position, hash)
            SELECT s.id, ${chainId}::uuid, ${after.position}::bigint + s.n, decode(s.hash, 'hex')
            FROM unnest(${seals.map(({ id }) => id)}::uuid[], ${seals.map(({ hash }) => hash)}::text[]) WITH ORDINALITY AS s(id, hash, n))
          UPDATE audit_heads SET position = ${after.position + seals.length}::bigint, seq = ${seq}::bigint, hash = decode(${last.hash}, 'hex')
          WHERE id = ${chainId}::uuid`,
    );
  }
}
