import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { currentContext } from '../context';
import type { Logger } from '../logging/logger';
import { Outage } from '../outage';
import type { Database } from './database';
import { isDatabaseUnavailable, isRetryableConflict } from './errors';
import { sql } from './sql';

/** A replica that keeps up has the rows at the first or second look. */
const LOOK_AGAIN_MS = 20;

const ReplicaStatusRow = z.object({ isReplica: z.boolean(), isFresh: z.boolean() });
const PositionRow = z.object({ position: z.string() });

/** The replica has not replayed yet what the reader must see. */
class ReplicaBehindError extends Error {
  override readonly name = 'ReplicaBehindError';
}

/** The replica is not at fault, and no fallback helps. */
class PrimaryAwayError extends Error {
  override readonly name = 'PrimaryAwayError';
}

export interface ReplicaOptions {
  /** The replica's database; nothing is written through it. */
  db: Database;
  primary: Database;
  /** How long a reader waits until the replica has what it must see, in milliseconds. */
  catchUpMs: number;
  /** How long all reading of one piece of work may take, in milliseconds. */
  workTimeoutMs: number;
  logger: Logger;
}

export interface ReadOptions {
  /**
   * It is enough to see what was committed before this moment of the primary's clock, which must have
   * passed. Without it, the reader sees everything that was committed before it began to read.
   */
  asOf?: Date;
}

/**
 * A streaming replica to read from. Its readers see the same rows as on the primary, or are sent there.
 * What they must see is a position in the primary's log (or a moment that the log has passed), and the
 * replica reports whether it has replayed it.
 */
export class Replica {
  private readonly away: Outage;
  private readonly behind: Outage;
  private awayUntil = 0;
  private behindUntil = 0;

  constructor(private readonly options: ReplicaOptions) {
    this.away = new Outage(options.logger, 'the read replica, the primary is read in its place');
    this.behind = new Outage(
      options.logger,
      'a read replica that keeps up, the primary is read in its place',
    );
  }

  get db(): Database {
    return this.options.db;
  }

  /**
   * Runs `work` on one connection of the replica. If the replica fails, it runs `fallback`, which does all
   * the work again: rows of a primary do not match those of a replica that lags behind it.
   */
  async read<T>(work: () => Promise<T>, fallback: () => Promise<T>, { asOf }: ReadOptions): Promise<T> {
    const { db, workTimeoutMs } = this.options;
    if (this.isResting(asOf)) return fallback();
    const startedAt = performance.now();
    try {
      return await db.transaction(
        async () => {
          await this.catchUp(asOf);
          return work();
        },
        { timeoutMs: workTimeoutMs },
      );
    } catch (error) {
      if (!this.isReplicasFault(error)) throw error;
      // The waits of a request share one limit, whichever pool used it up.
      const context = currentContext();
      if (context.requestId !== undefined)
        context.databaseWaitMs = (context.databaseWaitMs ?? 0) + performance.now() - startedAt;
      return fallback();
    }
  }

  async close(): Promise<void> {
    await this.options.db.close();
  }

  /**
   * After a failure the replica rests for a while. If it only lags, it still serves readers of old enough
   * data.
   */
  private isResting(asOf: Date | undefined): boolean {
    const now = performance.now();
    return now < this.awayUntil || (asOf === undefined && now < this.behindUntil);
  }

  private isReplicasFault(error: unknown): boolean {
    const now = performance.now();
    if (error instanceof ReplicaBehindError) {
      // Of several readers that find this out at the same time, only one counts.
      if (now >= this.behindUntil) this.behindUntil = now + this.behind.failed(error.message);
      return true;
    }
    if (error instanceof PrimaryAwayError) throw error.cause;
    if (!isDatabaseUnavailable(error) && !isRetryableConflict(error)) return false;
    if (now >= this.awayUntil) this.awayUntil = now + this.away.failed((error as Error).message);
    return true;
  }

  private async catchUp(asOf: Date | undefined): Promise<void> {
    const { catchUpMs } = this.options;
    const end = performance.now() + catchUpMs;
    let position: string | null = null;
    // The primary is not asked if the log itself shows that the moment has passed.
    if (asOf !== undefined && (await this.isFresh(asOf, position))) return;
    position = await this.primaryPosition();
    while (!(await this.isFresh(asOf, position))) {
      if (performance.now() > end)
        throw new ReplicaBehindError(`not at the primary's position within ${catchUpMs} ms`);
      await sleep(LOOK_AGAIN_MS);
    }
    if (asOf === undefined) this.behind.over();
  }

  private async isFresh(asOf: Date | undefined, position: string | null): Promise<boolean> {
    const row = await this.options.db.row(
      sql`SELECT pg_is_in_recovery() AS "isReplica",
            coalesce(pg_last_xact_replay_timestamp() > ${asOf?.toISOString() ?? null}::timestamptz, FALSE)
            OR coalesce(pg_last_wal_replay_lsn() >= ${position}::text::pg_lsn, FALSE) AS "isFresh"`,
      ReplicaStatusRow,
    );
    // A promoted replica is a primary of its own: its rows differ from now on.
    if (row?.isReplica !== true) throw new ReplicaBehindError('the server is not a replica');
    this.away.over();
    return row.isFresh;
  }

  /**
   * The position after everything that is committed. The written position would be wrong: rows of an open
   * transaction reach a replica only after a commit, so a transaction would wait for itself.
   */
  private async primaryPosition(): Promise<string> {
    try {
      const row = await this.options.primary.row(
        sql`SELECT (CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS position`,
        PositionRow,
      );
      return row?.position ?? '';
    } catch (cause) {
      throw new PrimaryAwayError('the primary did not tell its position', { cause });
    }
  }
}
