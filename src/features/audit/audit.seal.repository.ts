import type { Database } from '../../platform/db/database';
import type { EventText } from './audit.chain';
import {
  appendSeals,
  ChainRow,
  EventTextRow,
  type Head,
  HeadRow,
  lockHead,
  type NewSeal,
  SeqRow,
  selectChainsBehind,
  selectNewestSeq,
  selectNextEvents,
  selectWriters,
  WriterRow,
} from './audit.chain.sql';

export type { Head, NewSeal } from './audit.chain.sql';

/** Seals the events of chains. */
export class AuditSealRepository {
  constructor(private readonly db: Database) {}

  /** The highest number of a committed event; 0 if there is none. */
  async newestSeq(): Promise<number> {
    return (await this.db.row(selectNewestSeq(), SeqRow))?.seq ?? 0;
  }

  /** The transactions that are writing events or have written some, and are still open. */
  async writers(): Promise<string[]> {
    return (await this.db.rows(selectWriters(), WriterRow)).map((row) => row.writer);
  }

  /** Chains with unsealed events up to `upTo`. */
  async chainsBehind(upTo: number): Promise<string[]> {
    return (await this.db.rows(selectChainsBehind(upTo), ChainRow)).map((row) => row.chainId);
  }

  /**
   * Creates the head of a chain if it has none. @param genesis the hash before the first event, in
   * hexadecimal
   */
  async ensureHead(chainId: string, genesis: string): Promise<void> {
    await this.db.prisma.auditHead.createMany({
      data: [{ id: chainId, hash: Buffer.from(genesis, 'hex') }],
      skipDuplicates: true,
    });
  }

  /** The head, locked until the transaction ends; null if another process is sealing this chain. */
  async lockHead(chainId: string): Promise<Head | null> {
    return this.db.row(lockHead(chainId), HeadRow);
  }

  /** The next events of a chain, in the order of their numbers. */
  async nextEvents(chainId: string, afterSeq: number, upTo: number, limit: number): Promise<EventText[]> {
    return this.db.rows(selectNextEvents(chainId, afterSeq, upTo, limit), EventTextRow);
  }

  /** Adds seals after the head, and moves the head. */
  async append(chainId: string, after: Head, seals: readonly NewSeal[], seq: number): Promise<void> {
    if (seals.length > 0) await this.db.execute(appendSeals(chainId, after, seals, seq));
  }
}
