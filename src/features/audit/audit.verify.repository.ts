import type { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { sql } from '../../platform/db/sql';
import {
  BehindRow,
  ChainRow,
  countUnsealed,
  type Head,
  SealedRow,
  selectChains,
  selectInserted,
  selectSeals,
  UnsealedRow,
} from './audit.chain.sql';
import type { SealedEvent } from './audit.verify';

const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** Reads chains, to compare them with the events. Never writes. */
export class AuditVerifyRepository {
  constructor(private readonly db: Database) {}

  /** All reads of `work` see the database at one moment. */
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
    return (await this.db.rows(selectChains(), ChainRow)).map((row) => row.chainId);
  }

  async head(chainId: string): Promise<Head | null> {
    const head = await this.db.prisma.auditHead.findUnique({ where: { id: chainId } });
    if (head === null) return null;
    return { position: Number(head.position), seq: Number(head.seq), hash: hexOf(head.hash) };
  }

  /** The next seals of a chain with their events. */
  async seals(chainId: string, afterPosition: number, limit: number): Promise<SealedEvent[]> {
    const rows = await this.db.rows(selectSeals(chainId, afterPosition, limit), SealedRow);
    return rows.map(({ sealId, position, hash, ...event }) => ({
      sealId,
      position,
      hash,
      event: event.id === null ? null : (event as SealedEvent['event']),
    }));
  }

  /** The first `limit` events in the sealed part of this chain without a seal. */
  async inserted(chainId: string, upToSeq: number, limit: number): Promise<{ id: string; behind: number }[]> {
    return this.db.rows(selectInserted(chainId, upToSeq, limit), BehindRow);
  }

  /** Events that wait for the next round of sealing. */
  async unsealed(chainId: string, afterSeq: number): Promise<z.output<typeof UnsealedRow>> {
    return (await this.db.row(countUnsealed(chainId, afterSeq), UnsealedRow)) ?? { count: 0, oldestAt: null };
  }

  async hashAt(chainId: string, position: number): Promise<string | null> {
    const seal = await this.db.prisma.auditSeal.findUnique({
      where: { chainId_position: { chainId, position } },
      select: { hash: true },
    });
    return seal === null ? null : hexOf(seal.hash);
  }
}
