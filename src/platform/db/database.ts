import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { z } from 'zod';
import type { Logger } from '../logging/logger';
import { type Client, createClient, type TransactionClient } from './client';
import { isRetryableConflict } from './errors';
import { ConnectionPool, keepsStatements, type Pooler } from './pool';
import { type ReadOptions, Replica } from './replica';
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

export interface DatabaseOptions {
  url: string;
  /** What the addresses of the server and of the replica lead to; by default the server itself. */
  pooler?: Pooler;
  poolMax: number;
  /** How long a request may wait for connections, all its statements together, in milliseconds. */
  acquireTimeoutMs: number;
  /** How long a single statement may take, in milliseconds. The API has seconds, jobs have minutes. */
  statementTimeoutMs: number;
  applicationName: string;
  /**
   * Whether each row is checked against its schema. On in tests and development; production trusts the
   * tested SQL.
   */
  checkRows: boolean;
  logger: Logger;
  /** Called with the time that each statement waited for its connection, in milliseconds. */
  onWait?: (ms: number) => void;
  /** A streaming replica to read from, if there is one. */
  replica?: ReplicaSettings | undefined;
}

export interface ReplicaSettings extends Pick<DatabaseOptions, 'url' | 'acquireTimeoutMs' | 'onWait'> {
  /** How long a reader waits until the replica has what it must see, in milliseconds. */
  catchUpMs: number;
}

/**
 * PostgreSQL: one pool, two ways to use it (Prisma's models, and raw rows with a schema) and one ambient
 * transaction for both.
 */
export class Database {
  private readonly pool: ConnectionPool;
  private readonly client: Client;
  private readonly frames = new AsyncLocalStorage<Frame<TransactionClient>>();
  private readonly names: StatementNames | null;
  private readonly replica: Replica | null;
  /** Set while the work of `onReplica` reads from the replica. */
  private readonly reading = new AsyncLocalStorage<boolean>();

  constructor(private readonly options: DatabaseOptions) {
    const { url, poolMax: max, pooler = 'none', acquireTimeoutMs, statementTimeoutMs } = options;
    const { applicationName, logger, onWait } = options;
    this.pool = new ConnectionPool({
      url,
      max,
      pooler,
      acquireTimeoutMs,
      statementTimeoutMs,
      applicationName,
      logger,
      onWait,
    });
    this.names = keepsStatements(pooler) ? new StatementNames('s_') : null;
    const prismaNames = keepsStatements(pooler) ? new StatementNames('p_') : null;
    const adapter = new AmbientPg(
      this.pool,
      {
        // BEGIN has no parameters: it goes unnamed, by the simple protocol.
        statementNameGenerator: ({ sql, args }) =>
          (args.length === 0 ? undefined : prismaNames?.of(sql)) as string,
      },
      this.frames,
    );
    this.client = createClient({ adapter });
    this.replica = this.createReplica(options);
  }

  /** Prisma's client: that of the ambient transaction, if there is one. */
  get prisma(): TransactionClient {
    const replica = this.readReplica();
    if (replica !== null) return replica.prisma;
    return this.frame()?.prisma ?? this.client;
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
    if (this.readReplica() !== null) throw new Error('Work on the replica only reads.');
    if (this.frame() !== undefined) return work();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runTransaction(work, options.timeoutMs ?? TRANSACTION_TIMEOUT_MS);
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
    const { replica } = this;
    if (replica === null || this.readReplica() !== null || (this.inTransaction && !inTransaction))
      return work();
    return replica.read(() => this.reading.run(true, work), work, options);
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
    return this.frame() !== undefined || this.readReplica() !== null;
  }

  /** Checks that the server answers. @throws the connection's error if it does not */
  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  /** The same for the replica's pool; null without a replica. */
  get replicaPoolState(): { total: number; idle: number; waiting: number } | null {
    return this.replica?.db.poolState ?? null;
  }

  /** The number of connections in use and idle, and of callers waiting for one. */
  get poolState(): { total: number; idle: number; waiting: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount, waiting: this.pool.waitingCount };
  }

  async close(): Promise<void> {
    await this.replica?.close();
    await this.client.$disconnect();
    await this.pool.end();
  }

  private frame(): Frame<TransactionClient> | undefined {
    const frame = this.frames.getStore();
    if (frame?.state === 'timedOut') throw new TransactionTimeoutError();
    if (frame?.state === 'done')
      throw new Error('This transaction has already ended: a promise in it was not awaited.');
    return frame;
  }

  private createReplica(options: DatabaseOptions): Replica | null {
    if (options.replica === undefined) return null;
    const { catchUpMs, ...connection } = options.replica;
    // Not the primary's onWait: each pool measures its own waits.
    const db = new Database({ ...options, replica: undefined, onWait: () => {}, ...connection });
    const workTimeoutMs = catchUpMs + options.statementTimeoutMs;
    return new Replica({ db, primary: this, catchUpMs, workTimeoutMs, logger: options.logger });
  }

  private readReplica(): Database | null {
    return this.reading.getStore() === true ? (this.replica?.db ?? null) : null;
  }

  private run(statement: Sql): Promise<pg.QueryResult> {
    const replica = this.readReplica();
    if (replica !== null) return replica.run(statement);
    const { text, values } = statement;
    const query = { name: this.names?.of(text), text, values } as pg.QueryConfig;
    const frame = this.frame();
    if (frame === undefined) return this.pool.query(query);
    if (frame.connection === null) throw new Error('The transaction has no connection.');
    return frame.connection.query(query);
  }

  private async runTransaction<T>(work: () => Promise<T>, timeout: number): Promise<T> {
    const frame: Frame<TransactionClient> = {
      prisma: null,
      connection: null,
      state: 'open',
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
    const limits = { maxWait: this.options.acquireTimeoutMs + BEGIN_TIMEOUT_MS, timeout };
    const result = await this.frames.run(frame, () => this.client.$transaction(inTransaction, limits));
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
