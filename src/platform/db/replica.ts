import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { currentContext } from '../context';
import type { Logger } from '../logging/logger';
import { Outage } from '../outage';
import { isDatabaseUnavailable, isRetryableConflict } from './errors';
import { type Sql, sql } from './sql';

/** A replica that keeps up has the rows at the first or second look. */
const LOOK_AGAIN_MS = 20;

const ReplicaStatusRow = z.object({ isReplica: z.boolean(), isFresh: z.boolean() });
const PositionRow = z.object({ position: z.string() });

/** The replica has not replayed yet what the reader must see. */
class ReplicaBehindError extends Error {
  override readonly name = 'ReplicaBehindError';
}

export interface ReplicaOptions {
  /** Reads from the primary, and within `transaction` from the replica. */
  db: { row<S extends z.ZodType>(query: Sql, schema: S): Promise<z.output<S> | null> };
  /** Runs `work`, which only reads, in one transaction on the replica. */
  transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long a reader waits until the replica has what it must see, in milliseconds. */
  catchUpMs: number;
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
 * Reads from a streaming replica. Its readers see the same rows as on the primary, or are sent there.
 * What they must see is a position in the primary's log (or a moment that the log has passed), and the
 * replica reports whether it has replayed it.
 */
export class ReplicaReader {
  private readonly away: Outage;
  private readonly behind: Outage;

  constructor(private readonly options: ReplicaOptions) {
    const { logger } = options;
    this.away = new Outage(logger, 'the read replica, the primary is read in its place');
    this.behind = new Outage(logger, 'a read replica that keeps up, the primary is read in its place');
  }

  /**
   * Runs `work` on one connection of the replica. If the replica fails, it runs all of `work` again on the
   * primary: rows of a primary do not match those of a replica that lags behind it.
   */
  async read<T>(work: () => Promise<T>, { asOf }: ReadOptions): Promise<T> {
    // After a failure the replica rests for a while. If it only lags, it still serves readers of old data.
    if (this.away.isPaused || (this.behind.isPaused && asOf === undefined)) return work();
    const position = await this.primaryPosition();
    const startedAt = performance.now();
    try {
      return await this.options.transaction(async () => {
        await this.catchUp(position, asOf);
        return work();
      });
    } catch (error) {
      if (error instanceof ReplicaBehindError) this.behind.failed(error.message);
      else if (isDatabaseUnavailable(error) || isRetryableConflict(error))
        this.away.failed((error as Error).message);
      else throw error;
      // The waits of a request share one limit, whichever pool used it up.
      const context = currentContext();
      context.databaseWaitMs = (context.databaseWaitMs ?? 0) + performance.now() - startedAt;
      return work();
    }
  }

  private async catchUp(position: string, asOf: Date | undefined): Promise<void> {
    const { catchUpMs } = this.options;
    const end = performance.now() + catchUpMs;
    while (!(await this.isFresh(position, asOf))) {
      if (performance.now() > end)
        throw new ReplicaBehindError(`not at the primary's position within ${catchUpMs} ms`);
      await sleep(LOOK_AGAIN_MS);
    }
    if (asOf === undefined) this.behind.over();
  }

  private async isFresh(position: string, asOf: Date | undefined): Promise<boolean> {
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
    const row = await this.options.db.row(
      sql`SELECT (CASE current_setting('synchronous_commit')
                    WHEN 'off' THEN pg_current_wal_insert_lsn()
                    ELSE pg_current_wal_flush_lsn()
                  END)::text AS position`,
      PositionRow,
    );
    return row?.position ?? '';
  }
}
