import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { z } from 'zod';
import { createClient, type DatabaseClient, type TransactionClient } from './client';
import { isRetryableConflict } from './errors';
import { ConnectionPool, type PoolCounts, type PoolOptions } from './pool';
import { type ReadOptions, ReplicaReader } from './replica';
import type { Sql } from './sql';
import { StatementNames } from './statement-names';
import { AmbientPg, type Frame, TransactionTimeoutError } from './transaction';

/** The pool limits the wait for a connection itself; this is the additional time for BEGIN. */
const BEGIN_TIMEOUT_MS = 700;
/** A transaction holds locks, and none of ours waits for the network, so seconds are already too long. */
const TRANSACTION_TIMEOUT_MS = 10_000;
/**
 * How often a transaction runs at most if it meets deadlocks or serialization failures; the third in a row
 * is a bug worth seeing.
 */
const TRANSACTION_ATTEMPTS = 3;

export interface DatabaseOptions extends PoolOptions {
  /**
   * Whether each row is checked against its schema. On in tests and development; production trusts the
   * tested SQL.
   */
  checkRows: boolean;
  /** A streaming replica to read from, if there is one. */
  replica?: ReplicaSettings | undefined;
}

export interface ReplicaSettings extends Pick<PoolOptions, 'url' | 'acquireTimeoutMs' | 'onWait'> {
  /** How long a reader waits until the replica has what it must see, in milliseconds. */
  catchUpMs: number;
}

/** The primary or the replica: its connections, and Prisma's client that uses them. */
interface Server {
  pool: ConnectionPool;
  client: DatabaseClient;
}

/**
 * PostgreSQL: one pool, two ways to use it (Prisma's models, and raw rows with a schema) and one ambient
 * transaction for both.
 */
export class Database {
  private readonly frames = new AsyncLocalStorage<Frame<TransactionClient>>();
  private readonly names: StatementNames;
  private readonly primary: Server;
  private readonly replica: Server | null = null;
  private readonly replicaReader: ReplicaReader | null = null;

  constructor(private readonly options: DatabaseOptions) {
    const { replica: settings, ...primary } = options;
    this.names = new StatementNames('s_', options.pooler);
    this.primary = this.connect(primary);
    if (settings === undefined) return;
    // Not the primary's onWait: each pool measures its own waits.
    const replica = this.connect({ ...primary, onWait: undefined, ...settings });
    const timeoutMs = settings.catchUpMs + options.statementTimeoutMs;
    this.replica = replica;
    this.replicaReader = new ReplicaReader({
      ...{ db: this, catchUpMs: settings.catchUpMs, logger: options.logger },
      transaction: (work) => this.runTransaction(replica, work, timeoutMs),
    });
  }

  /** Prisma's client: that of the ambient transaction, if there is one. */
  get prisma(): TransactionClient {
    return this.frame()?.prisma ?? this.primary.client;
  }

  /** Returns all rows of a statement, each with the given shape. */
  async rows<S extends z.ZodType>(statement: Sql, row: S): Promise<z.output<S>[]> {
    const result = await this.run(statement);
    if (this.options.checkRows) for (const each of result.rows) row.parse(each);
    return result.rows as z.output<S>[];
  }

  /** Returns the first row, or null if there is none. */
  async row<S extends z.ZodType>(statement: Sql, row: S): Promise<z.output<S> | null> {
    return (await this.rows(statement, row))[0] ?? null;
  }

  /** Runs a statement for its effect. Returns the number of affected rows. */
  async execute(statement: Sql): Promise<number> {
    return (await this.run(statement)).rowCount ?? 0;
  }

  /**
   * Runs `work` in a transaction, or in the one that is already open around it. After a deadlock or
   * serialization failure it runs `work` again, so `work` must have no effect outside the database; put
   * such effects into `afterCommit`.
   * @param options.timeoutMs the maximum duration in milliseconds, for a script that nothing waits for. It
   * has no effect if a transaction is already open.
   */
  async transaction<T>(work: () => Promise<T>, options: { timeoutMs?: number } = {}): Promise<T> {
    const frame = this.frame();
    if (frame?.isOnReplica) throw new Error('Work on the replica only reads.');
    if (frame !== undefined) return work();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runTransaction(this.primary, work, options.timeoutMs ?? TRANSACTION_TIMEOUT_MS);
      } catch (error) {
        if (attempt >= TRANSACTION_ATTEMPTS || !isRetryableConflict(error)) throw error;
        this.options.logger.debug('transaction retried', { attempt });
      }
    }
  }

  /**
   * Runs `work`, which only reads and may run twice. It reads from the replica if there is one that has
   * everything it must see, otherwise from the primary. In a transaction it reads from the primary, because
   * only the primary has the transaction's own rows.
   * @param options.inTransaction reads from the replica even then: rows that the transaction has written
   * are not seen
   */
  async onReplica<T>(
    work: () => Promise<T>,
    { inTransaction = false, ...options }: ReadOptions & { inTransaction?: boolean } = {},
  ): Promise<T> {
    const frame = this.frame();
    const staysHere = frame?.isOnReplica || (frame !== undefined && !inTransaction);
    return this.replicaReader === null || staysHere ? work() : this.replicaReader.read(work, options);
  }

  /** Whether there is a replica, so that a separate read can relieve the primary. */
  get hasReplica(): boolean {
    return this.replica !== null;
  }

  /**
   * Runs the effect after the ambient transaction has committed (immediately if there is none), never after
   * a rollback.
   */
  afterCommit(effect: () => void | Promise<void>): void {
    const frame = this.frame();
    if (frame !== undefined) frame.afterCommit.push(effect);
    else void this.runEffect(effect);
  }

  /**
   * Whether a transaction is open around the caller. All reading of `onReplica` is one, too. The rows that
   * a transaction sees must not be cached for others.
   */
  get inTransaction(): boolean {
    return this.frame() !== undefined;
  }

  /** Checks that the server answers. @throws the connection's error if it does not */
  async ping(): Promise<void> {
    await this.primary.pool.query('SELECT 1');
  }

  /** The pools to measure; that of the replica if there is one. */
  get pools(): { primary: PoolCounts; replica?: PoolCounts } {
    return { primary: this.primary.pool, ...(this.replica && { replica: this.replica.pool }) };
  }

  /** Closes all connections, also those to the replica. */
  async close(): Promise<void> {
    for (const server of [this.replica, this.primary]) {
      await server?.client.$disconnect();
      await server?.pool.end();
    }
  }

  private connect(options: PoolOptions): Server {
    const pool = new ConnectionPool(options);
    const names = new StatementNames('p_', options.pooler);
    // BEGIN has no parameters: it goes unnamed, by the simple protocol.
    const nameOf = ({ sql, args }: { sql: string; args: unknown[] }) =>
      (args.length === 0 ? undefined : names.of(sql)) as string;
    const adapter = new AmbientPg(pool, { statementNameGenerator: nameOf }, this.frames);
    return { pool, client: createClient({ adapter }) };
  }

  private frame(): Frame<TransactionClient> | undefined {
    const frame = this.frames.getStore();
    if (frame?.state === 'timedOut') throw new TransactionTimeoutError();
    if (frame?.state === 'done')
      throw new Error('This transaction has already ended: a promise in it was not awaited.');
    return frame;
  }

  private run({ text, values }: Sql): Promise<pg.QueryResult> {
    const query = { name: this.names.of(text), text, values } as pg.QueryConfig;
    const frame = this.frame();
    if (frame === undefined) return this.primary.pool.query(query);
    if (frame.connection === null) throw new Error('The transaction has no connection.');
    return frame.connection.query(query);
  }

  private async runTransaction<T>(
    { pool, client }: Server,
    work: () => Promise<T>,
    timeout: number,
  ): Promise<T> {
    const frame: Frame<TransactionClient> = {
      prisma: null,
      connection: null,
      state: 'open',
      isOnReplica: pool === this.replica?.pool,
      afterCommit: [],
    };
    const inTransaction = async (tx: TransactionClient): Promise<T> => {
      frame.prisma = tx;
      try {
        return await work();
      } finally {
        if (frame.state === 'open') frame.state = 'done';
      }
    };
    const maxWait = pool.limits.acquireTimeoutMs + BEGIN_TIMEOUT_MS;
    const result = await this.frames.run(frame, () =>
      client.$transaction(inTransaction, { maxWait, timeout }),
    );
    for (const effect of frame.afterCommit) await this.runEffect(effect);
    return result;
  }

  /**
   * The transaction has committed, so a failing effect is logged and cannot turn the answer into an error.
   */
  private async runEffect(effect: () => void | Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.options.logger.error('an effect after commit failed', { error });
    }
  }
}
