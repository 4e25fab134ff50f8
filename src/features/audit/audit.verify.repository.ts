import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import { limitTo } from '../../platform/db/walk';
import { NO_TENANT } from './audit.chain';
import { EVENT_TEXT, EventTextRow, type Head, inChain } from './audit.seal.repository';
import type { SealedEvent } from './audit.verify';

const HeadRow = z.object({ position: z.number(), seq: z.number(), hash: z.string() });
const ChainRow = z.object({ chainId: z.string() });
const SealRow = z.object({ sealId: z.string(), position: z.number(), hash: z.string() });
/** Where the event is gone, all of its columns are null. */
const SealedRow = z.union([SealRow.extend(EventTextRow.shape), SealRow.extend({ id: z.null() })]);
const InsertedRow = z.object({ id: z.string(), behind: z.number() });
const UnsealedRow = z.object({ count: z.number(), oldestAt: z.date().nullable() });
const HashRow = z.object({ hash: z.string() });

/** Reads chains, to compare them with the events. Never writes. */
export class AuditVerifyRepository {
  constructor(private readonly db: Database) {}

  /** All reads of `work` see the database as it is at one moment. */
  async atOneMoment<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
    return this.db.transaction(
      async () => {
        await this.db.execute(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
        return work();
      },
      { timeoutMs },
    );
  }

  /** Every chain that has an event, a seal or a head. */
  async chains(): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT DISTINCT coalesce(tenant_id, ${NO_TENANT}::uuid) AS "chainId" FROM audit_events
          UNION SELECT DISTINCT chain_id FROM audit_seals UNION SELECT id FROM audit_heads ORDER BY 1`,
      ChainRow,
    );
    return rows.map((row) => row.chainId);
  }

  async head(chainId: string): Promise<Head | null> {
    return this.db.row(
      sql`SELECT position, seq, encode(hash, 'hex') AS hash FROM audit_heads WHERE id = ${chainId}::uuid`,
      HeadRow,
    );
  }

  /** The next seals of a chain with their events. */
  async seals(chainId: string, afterPosition: number, limit: number): Promise<SealedEvent[]> {
    const rows = await this.db.rows(
      sql`SELECT s.id AS "sealId", s.position, encode(s.hash, 'hex') AS hash, ${EVENT_TEXT}
          FROM audit_seals s LEFT JOIN audit_events e ON e.id = s.id
          WHERE s.chain_id = ${chainId}::uuid AND s.position > ${afterPosition}::bigint ORDER BY s.position ${limitTo(limit)}`,
      SealedRow,
    );
    return rows.map(({ sealId, position, hash, ...event }) => ({
      sealId,
      position,
      hash,
      event: event.id === null ? null : (event as SealedEvent['event']),
    }));
  }

  /** Events that stand where all is sealed and have no seal in this chain; the first `limit` of them. */
  async inserted(chainId: string, upToSeq: number, limit: number): Promise<{ id: string; behind: number }[]> {
    return this.db.rows(
      sql`SELECT e.id, coalesce((SELECT s.position FROM audit_events o JOIN audit_seals s ON s.id = o.id AND s.chain_id = ${chainId}::uuid
                                 WHERE o.seq < e.seq ORDER BY o.seq DESC LIMIT 1), 0) AS behind
          FROM audit_events e
          WHERE ${inChain(chainId)} AND e.seq <= ${upToSeq}::bigint
            AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.id = e.id AND s.chain_id = ${chainId}::uuid)
          ORDER BY e.seq ${limitTo(limit)}`,
      InsertedRow,
    );
  }

  /** Events that wait for the next round of sealing. */
  async unsealed(chainId: string, afterSeq: number): Promise<z.infer<typeof UnsealedRow>> {
    const row = await this.db.row(
      sql`SELECT count(*) AS count, min(e.created_at) AS "oldestAt" FROM audit_events e
          WHERE ${inChain(chainId)} AND e.seq > ${afterSeq}::bigint`,
      UnsealedRow,
    );
    return row ?? { count: 0, oldestAt: null };
  }

  async hashAt(chainId: string, position: number): Promise<string | null> {
    const row = await this.db.row(
      sql`SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE chain_id = ${chainId}::uuid AND position = ${position}::bigint`,
      HashRow,
    );
    return row?.hash ?? null;
  }
}
