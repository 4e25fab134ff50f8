import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { currentContext } from '../context';
import type { Logger } from '../logging/logger';

/** A later statement of a request that has waited before may still wait this long. */
const LEAST_ACQUIRE_MS = 200;
/** A statement whose connection was long in coming has at least this left of its time. */
const LEAST_STATEMENT_MS = 400;
/** A wait that is not worth a limit of its own. */
const SHORT_WAIT_MS = 20;
/** An idle connection is closed after this, so that a quiet night frees the server. */
const IDLE_TIMEOUT_MS = 30_000;

const TIMED_OUT = 'Query read timeout';
/** As Prisma sends them. */
const ENDS_TRANSACTION: ReadonlySet<unknown> = new Set(['COMMIT', 'ROLLBACK']);

/**
 * A client that never returns to the pool with an answer outstanding: where the server did not answer in time,
 * the connection is cut, so that a later ROLLBACK fails at once instead of waiting behind it.
 */
class GuardedClient extends pg.Client {
  /** How long the next statement may take, where less than usual. */
  nextTimeoutMs: number | null = null;
  /** Told, once, when the transaction is ended, by whomever: before the statement that does so is on its way. */
  onTransactionEnd: (() => void) | null = null;

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of pg's query() cannot be repeated here.
  override query(...args: any[]): any {
    if (ENDS_TRANSACTION.has(args[0]?.text)) this.transactionEnded();
    if (this.nextTimeoutMs !== null && typeof args[0] === 'object')
      args[0] = { ...args[0], query_timeout: this.nextTimeoutMs };
    this.nextTimeoutMs = null;
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const result = (super.query as any)(...args);
    if (result instanceof Promise) result.catch((error: unknown) => this.cutIfTimedOut(error));
    return result;
  }

  transactionEnded(): void {
    this.onTransactionEnd?.();
    this.onTransactionEnd = null;
  }

  private cutIfTimedOut(error: unknown): void {
    if ((error as Error).message !== TIMED_OUT) return;
    (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

const { INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;
const parseAnyTime = pg.types.getTypeParser(TIMESTAMPTZ);

/** A time as a Date, at a third of the usual parser's cost: lists have hundreds. That one is left to infinity and the years BC. */
function parseTime(text: string): unknown {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? parseAnyTime(text) : date;
}

/** Rows of our own statements: counts and money as numbers, times as Date (Prisma brings parsers of its own). */
const parsers = new Map<number, (text: string) => unknown>([
  [INT8, Number],
  [NUMERIC, Number],
  [TIMESTAMPTZ, parseTime],
]);
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? pg.types.getTypeParser(oid, format);
  },
};

/**
 * Named statements are planned once a connection and not, as PostgreSQL would otherwise decide for statements with
 * lists in them, at each execution: planning took longer than the work. And none is compiled (jit): the generic plan of a
 * report is estimated high enough for it, and compiling takes longer than the report.
 */
const SERVER_OPTIONS = '-c plan_cache_mode=force_generic_plan -c jit=off';

/**
 * What stands between us and the server. A pooler that hands out connections by transaction refuses start-up parameters,
 * and one that follows no prepared statements (PgBouncer before 1.21) mixes up their names.
 */
export type Pooler = 'none' | 'transaction' | 'transaction-prepared';

/** Whether statements may be prepared by name. */
export const keepsStatements = (pooler: Pooler): boolean => pooler !== 'transaction';

export interface PoolOptions {
  url: string;
  pooler: Pooler;
  max: number;
  /** Longest wait of a request for free or new connections, all its statements together, in milliseconds. */
  acquireTimeoutMs: number;
  /** Longest a single statement may take, in milliseconds, on the server and for the waiting client. */
  statementTimeoutMs: number;
  applicationName: string;
  logger: Logger;
  /** Told of each connection that is handed out, before its first statement. */
  onAcquire?: (client: pg.PoolClient) => void;
  /** Told how long each connection was waited for, in milliseconds. */
  onWait?: ((ms: number) => void) | undefined;
}

/** The one pool of a process; Prisma's adapter and our own statements share it, and so its limit. */
export class ConnectionPool extends pg.Pool {
  private readonly onAcquire: ((client: pg.PoolClient) => void) | undefined;
  private readonly onWait: ((ms: number) => void) | undefined;
  private readonly queryTimeoutMs: number;
  private readonly acquireTimeoutMs: number;

  constructor(options: PoolOptions) {
    // The client waits a little longer than the server, so that the server's own error is the usual one.
    const queryTimeoutMs = options.statementTimeoutMs + 200;
    super({
      connectionString: options.url,
      max: options.max,
      Client: GuardedClient,
      connectionTimeoutMillis: options.acquireTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      application_name: options.applicationName,
      // Through a pooler the database's own settings stand in (see pooler-settings.ts), and the client's cut is the limit.
      ...(options.pooler === 'none'
        ? { statement_timeout: options.statementTimeoutMs, options: SERVER_OPTIONS }
        : {}),
      types,
      allowExitOnIdle: true,
    });
    this.onAcquire = options.onAcquire;
    this.onWait = options.onWait;
    this.queryTimeoutMs = queryTimeoutMs;
    this.acquireTimeoutMs = options.acquireTimeoutMs;
    // An idle connection that dies must not end the process; the next query opens another.
    this.on('error', (error) => options.logger.warn('database connection lost', { error: error.message }));
    // Whatever way it went: a connection that others may take has no transaction of its last user.
    this.on('release', (_error, client) => (client as unknown as GuardedClient).transactionEnded());
  }

  /** Has `onEnd` called when the transaction on this connection, just handed out, is over. */
  static watchTransaction(client: pg.PoolClient, onEnd: () => void): void {
    (client as unknown as GuardedClient).onTransactionEnd = onEnd;
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg's connect() is overloaded for callbacks and promises.
  override connect(callback?: any): any {
    if (callback !== undefined) return super.connect(callback);
    return this.acquire().then((client) => {
      this.onAcquire?.(client);
      return client;
    });
  }

  /**
   * A connection. What a request has spent waiting counts against its next wait and against the time of the first
   * statement: together they keep a 503 under 3 s, however many statements the request has.
   */
  private async acquire(): Promise<pg.PoolClient> {
    const context = currentContext();
    const before = context.requestId === undefined ? 0 : (context.databaseWaitMs ?? 0);
    const askedAt = performance.now();
    const client: pg.PoolClient = await (before === 0
      ? super.connect()
      : this.connectWithin(this.acquireTimeoutMs - before));
    const waited = performance.now() - askedAt;
    this.onWait?.(waited);
    const total = before + waited;
    if (waited > SHORT_WAIT_MS) context.databaseWaitMs = total;
    const isLate = total > SHORT_WAIT_MS;
    (client as unknown as GuardedClient).nextTimeoutMs = isLate
      ? Math.max(LEAST_STATEMENT_MS, this.queryTimeoutMs - total)
      : null;
    return client;
  }

  private async connectWithin(limitMs: number): Promise<pg.PoolClient> {
    const connecting: Promise<pg.PoolClient> = super.connect();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error('timeout exceeded when trying to connect')),
        Math.max(LEAST_ACQUIRE_MS, limitMs),
      );
    });
    try {
      return await Promise.race([connecting, limit]);
    } catch (error) {
      // A connection that comes too late goes back to the pool.
      connecting.then((client) => client.release()).catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  override query(...args: any[]): any {
    return typeof args.at(-1) === 'function'
      ? (super.query as (...all: unknown[]) => unknown)(...args)
      : this.queryAndKeep(args);
  }

  /**
   * pg closes a connection after every statement that fails, even where the server only refused it (a unique key, a
   * cycle): with it go the prepared statements, and the next caller waits for a new one. Here it stays.
   */
  private async queryAndKeep(args: unknown[]): Promise<unknown> {
    const client = await this.acquire();
    // The statement fails with the same error; unheard, the event would end the process.
    const onError = () => {};
    client.once('error', onError);
    try {
      const result = await (client.query as (...all: unknown[]) => Promise<unknown>)(...args);
      client.removeListener('error', onError).release();
      return result;
    } catch (error) {
      client.removeListener('error', onError).release(wasRefused(error) ? undefined : (error as Error));
      throw error;
    }
  }
}

/** Whether the server itself refused the statement and goes on to serve the connection. */
function wasRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
