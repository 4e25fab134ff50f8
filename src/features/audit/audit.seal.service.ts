import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../platform/db/database';
import { genesisHash, sealHash } from './audit.chain';
import type { AuditSealRepository } from './audit.seal.repository';

/** Most transactions end within milliseconds, so the first look is nearly always enough. */
const LOOK_EVERY_MS = 100;
/**
 * Longer than any of our transactions lasts (10 s). A transaction that a person has left open is not
 * awaited; the next round looks again.
 */
const WRITERS_LIMIT_MS = 20_000;

export interface SealBatch {
  /** Events sealed by this call. */
  sealed: number;
  /** Whether another process is sealing the chain. */
  busy: boolean;
}

/**
 * Extends the hash chains over the audit events. Everything here can be repeated, and two processes can do
 * it at once.
 */
export class AuditSealService {
  constructor(
    private readonly db: Database,
    private readonly repository: AuditSealRepository,
  ) {}

  /**
   * Returns the number up to which no event can be added any more. Numbers are assigned when a row is
   * written and visible when it is committed, so a low one can appear after a high one. A transaction with
   * a number holds a lock on the table until it ends; so this waits for all that hold one after the highest
   * number was read.
   * @returns null if a transaction stayed open for too long
   */
  async settledSeq(signal?: AbortSignal, limitMs = WRITERS_LIMIT_MS): Promise<number | null> {
    const newest = await this.repository.newestSeq();
    let open = new Set(await this.repository.writers());
    const end = Date.now() + limitMs;
    while (open.size > 0) {
      signal?.throwIfAborted();
      if (Date.now() >= end) return null;
      await sleep(LOOK_EVERY_MS);
      const now = new Set(await this.repository.writers());
      open = new Set([...open].filter((writer) => now.has(writer)));
    }
    return newest;
  }

  /** Chains with something to seal up to this number. */
  async chainsBehind(upTo: number): Promise<string[]> {
    return this.repository.chainsBehind(upTo);
  }

  /** Seals the next events of a chain, at most `limit`, in one transaction. */
  async sealNext(chainId: string, upTo: number, limit: number): Promise<SealBatch> {
    await this.repository.ensureHead(chainId, genesisHash(chainId).toString('hex'));
    return this.db.transaction(async () => {
      const head = await this.repository.lockHead(chainId);
      if (head === null) return { sealed: 0, busy: true };
      const events = await this.repository.nextEvents(chainId, head.seq, upTo, limit);
      let previous: Buffer = Buffer.from(head.hash, 'hex');
      const seals = events.map((event) => {
        previous = sealHash(previous, event);
        return { id: event.id, hash: previous.toString('hex') };
      });
      await this.repository.append(chainId, head, seals, Number(events.at(-1)?.seq ?? head.seq));
      return { sealed: events.length, busy: false };
    });
  }
}
