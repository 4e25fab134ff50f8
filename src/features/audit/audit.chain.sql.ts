import { z } from 'zod';
import { type Sql, sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { NO_TENANT } from './audit.chain';

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
export const SeqRow = z.object({ seq: z.number() });
export const WriterRow = z.object({ writer: z.string() });
export const ChainRow = z.object({ chainId: z.string() });
export const HeadRow = z.object({ position: z.number(), seq: z.number(), hash: z.string() });
const SealRow = z.object({ sealId: z.string(), position: z.number(), hash: z.string() });
/** If the event is gone, all of its columns are null. */
export const SealedRow = z.union([SealRow.extend(EventTextRow.shape), SealRow.extend({ id: z.null() })]);
export const BehindRow = z.object({ id: z.string(), behind: z.number() });
export const UnsealedRow = z.object({ count: z.number(), oldestAt: z.date().nullable() });

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
export const EVENT_TEXT = sql`e.id::text AS id,
  e.seq::text AS seq,
  e.tenant_id::text AS "tenantId",
  e.actor_id::text AS "actorId",
  e.actor_kind AS "actorKind",
  e.action,
  e.subject_type AS "subjectType",
  e.subject_id::text AS "subjectId",
  e.about_user_id::text AS "aboutUserId",
  e.details::text AS details,
  e.request_id AS "requestId",
  e.ip,
  to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt"`;

/** The events of a chain. */
const inChain = (chainId: string): Sql =>
  chainId === NO_TENANT ? sql`e.tenant_id IS NULL` : sql`e.tenant_id = ${chainId}::uuid`;

/** The highest number of a committed event; 0 if there is none. */
export function selectNewestSeq(): Sql {
  return sql`SELECT coalesce(max(seq), 0) AS seq
             FROM audit_events`;
}

/**
 * The transactions that are writing events or have written some: each holds a lock on the table until it
 * ends.
 */
export function selectWriters(): Sql {
  return sql`SELECT virtualtransaction AS writer
             FROM pg_locks
             WHERE locktype = 'relation'
               AND relation = 'audit_events'::regclass
               AND mode = 'RowExclusiveLock'
               AND granted
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
}

/**
 * Chains with unsealed events up to `upTo`. It reads one index entry per chain, however long the chains
 * are.
 */
export function selectChainsBehind(upTo: number): Sql {
  const isBehind = (event: Sql): Sql => sql`EXISTS (
    SELECT
    FROM audit_events e
    WHERE ${event} AND e.seq > coalesce(h.seq, 0) AND e.seq <= ${upTo}::bigint)`;
  return sql`WITH RECURSIVE tenants AS (
               (SELECT tenant_id
                FROM audit_events
                WHERE tenant_id IS NOT NULL
                ORDER BY tenant_id
                LIMIT 1)
               UNION ALL
               SELECT (
                 SELECT e.tenant_id
                 FROM audit_events e
                 WHERE e.tenant_id > t.tenant_id
                 ORDER BY e.tenant_id
                 LIMIT 1)
               FROM tenants t
               WHERE t.tenant_id IS NOT NULL)
             SELECT c.chain_id AS "chainId"
             FROM (
               SELECT tenant_id, tenant_id AS chain_id
               FROM tenants
               WHERE tenant_id IS NOT NULL
               UNION ALL
               SELECT NULL, ${NO_TENANT}::uuid) c
             LEFT JOIN audit_heads h ON h.id = c.chain_id
             WHERE CASE
               WHEN c.tenant_id IS NULL THEN ${isBehind(sql`e.tenant_id IS NULL`)}
               ELSE ${isBehind(sql`e.tenant_id = c.tenant_id`)}
             END
             ORDER BY c.chain_id`;
}

/** Every chain that has an event, a seal or a head. */
export function selectChains(): Sql {
  return sql`SELECT DISTINCT coalesce(tenant_id, ${NO_TENANT}::uuid) AS "chainId"
             FROM audit_events
             UNION
             SELECT DISTINCT chain_id
             FROM audit_seals
             UNION
             SELECT id
             FROM audit_heads
             ORDER BY 1`;
}

/** The head, locked until the transaction ends; none if another process is sealing this chain. */
export function lockHead(chainId: string): Sql {
  return sql`SELECT position, seq, encode(hash, 'hex') AS hash
             FROM audit_heads
             WHERE id = ${chainId}::uuid
             FOR UPDATE SKIP LOCKED`;
}

/**
 * The next events of a chain, in the order of their numbers. An event that already has a seal was moved
 * here from another chain by force: verifying reports it, and it must not block the others. It is a scalar
 * subquery, because the planner may turn a NOT EXISTS into a hash of every seal.
 */
export function selectNextEvents(chainId: string, afterSeq: number, upTo: number, limit: number): Sql {
  return sql`SELECT ${EVENT_TEXT}
             FROM audit_events e
             WHERE ${inChain(chainId)}
               AND e.seq > ${afterSeq}::bigint
               AND e.seq <= ${upTo}::bigint
               AND (SELECT s.id FROM audit_seals s WHERE s.id = e.id) IS NULL
             ORDER BY e.seq
             ${limitTo(limit)}`;
}

/** Adds seals after the head, and moves the head. */
export function appendSeals(chainId: string, after: Head, seals: readonly NewSeal[], seq: number): Sql {
  const [ids, hashes] = [seals.map(({ id }) => id), seals.map(({ hash }) => hash)];
  return sql`WITH sealed AS (
               INSERT INTO audit_seals (id, chain_id, position, hash)
               SELECT s.id, ${chainId}::uuid, ${after.position}::bigint + s.n, decode(s.hash, 'hex')
               FROM unnest(${ids}::uuid[], ${hashes}::text[]) WITH ORDINALITY AS s (id, hash, n))
             UPDATE audit_heads
             SET position = ${after.position + seals.length}::bigint,
                 seq = ${seq}::bigint,
                 hash = decode(${hashes.at(-1) ?? after.hash}, 'hex')
             WHERE id = ${chainId}::uuid`;
}

/** The next seals of a chain with their events. */
export function selectSeals(chainId: string, afterPosition: number, limit: number): Sql {
  return sql`SELECT s.id AS "sealId", s.position, encode(s.hash, 'hex') AS hash, ${EVENT_TEXT}
             FROM audit_seals s
             LEFT JOIN audit_events e ON e.id = s.id
             WHERE s.chain_id = ${chainId}::uuid AND s.position > ${afterPosition}::bigint
             ORDER BY s.position
             ${limitTo(limit)}`;
}

/** Events in the sealed part of this chain without a seal. */
export function selectInserted(chainId: string, upToSeq: number, limit: number): Sql {
  return sql`SELECT
               e.id,
               coalesce((
                 SELECT s.position
                 FROM audit_events o
                 JOIN audit_seals s ON s.id = o.id AND s.chain_id = ${chainId}::uuid
                 WHERE o.seq < e.seq
                 ORDER BY o.seq DESC
                 LIMIT 1), 0) AS behind
             FROM audit_events e
             WHERE ${inChain(chainId)}
               AND e.seq <= ${upToSeq}::bigint
               AND NOT EXISTS (
                 SELECT
                 FROM audit_seals s
                 WHERE s.id = e.id AND s.chain_id = ${chainId}::uuid)
             ORDER BY e.seq
             ${limitTo(limit)}`;
}

/** Events that wait for the next round of sealing. */
export function countUnsealed(chainId: string, afterSeq: number): Sql {
  return sql`SELECT count(*) AS count, min(e.created_at) AS "oldestAt"
             FROM audit_events e
             WHERE ${inChain(chainId)} AND e.seq > ${afterSeq}::bigint`;
}
