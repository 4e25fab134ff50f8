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

const { INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;
const parseAnyTime = pg.types.getTypeParser(TIMESTAMPTZ);

/** A time as a Date, at a third of the usual parser's cost: lists have hundreds. Infinity and years BC are left to that one. */
function parseTime(text: string): unknown {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? parseAnyTime(text) : date;
}

/** Raw rows: counts and money as numbers, times as Date (Prisma brings parsers of its own). */
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
 * Settings of each connection; a pooler takes no start-up parameters, so the database keeps them then.
 * `TimeZone`: Prisma sends times without an offset and reads them as UTC. `jit`: the plan of a report is
 * estimated high enough for it, and compiling takes longer than the report.
 */
export const SESSION_SETTINGS = {
  TimeZone: 'UTC',
  jit: 'off',
} as const;

const START_UP_OPTIONS = Object.entries(SESSION_SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

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
  /** Called with the time for which each connection was waited, in milliseconds. */
  onWait?: ((ms: number) => void) | undefined;
}

type Connected = (error?: Error, client?: pg.PoolClient, release?: (failure?: Error) => void) => void;

/** The one pool of a process; Prisma's adapter and raw rows share it, and so its limit. */
export class ConnectionPool extends pg.Pool {
  private readonly onWait: ((ms: number) => void) | undefined;
  private readonly queryTimeoutMs: number;
  private readonly acquireTimeoutMs: number;

  constructor(options: PoolOptions) {
    // The client waits a little longer than the server, so that the server's own error is the usual one.
    const queryTimeoutMs = options.statementTimeoutMs + 200;
    super({
      connectionString: options.url,
      max: options.max,
      connectionTimeoutMillis: options.acquireTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      application_name: options.applicationName,
      // Through a pooler the database's own settings stand in (see pooler-settings.ts), and the client's cut is the limit.
      ...(options.pooler === 'none'
        ? { statement_timeout: options.statementTimeoutMs, options: START_UP_OPTIONS }
        : {}),
      types,
      allowExitOnIdle: true,
    });
    this.onWait = options.onWait;
    this.queryTimeoutMs = queryTimeoutMs;
    this.acquireTimeoutMs = options.acquireTimeoutMs;
    // A connection that dies in somebody's hands fails their statement; unheard, its own event would end the process.
    this.on('connect', (client) => client.on('error', () => {}));
    // An idle connection that dies must not end the process; the next query opens another.
    this.on('error', (error) => options.logger.warn('database connection lost', { error: error.message }));
  }

  /**
   * A connection. What a request has spent waiting counts against its next wait and against the time of its next
   * statements: together they keep a 503 under 3 s, however many statements the request has.
   */
  // biome-ignore lint/suspicious/noExplicitAny: pg's connect() is overloaded for callbacks and promises.
  override connect(callback?: any): any {
    if (callback === undefined) return this.acquire();
    void this.hand(callback as Connected);
  }

  private async hand(callback: Connected): Promise<void> {
    let client: pg.PoolClient;
    try {
      client = await this.acquire();
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback(undefined, client, (failure) => client.release(failure));
  }

  private async acquire(): Promise<pg.PoolClient> {
    const context = currentContext();
    const before = context.requestId === undefined ? 0 : (context.databaseWaitMs ?? 0);
    const askedAt = performance.now();
    const client = await this.connectWithin(before === 0 ? null : this.acquireTimeoutMs - before);
    const waited = performance.now() - askedAt;
    this.onWait?.(waited);
    const total = before + waited;
    if (waited > SHORT_WAIT_MS) context.databaseWaitMs = total;
    const { connectionParameters } = client as unknown as { connectionParameters: { query_timeout: number } };
    connectionParameters.query_timeout =
      total > SHORT_WAIT_MS ? Math.max(LEAST_STATEMENT_MS, this.queryTimeoutMs - total) : this.queryTimeoutMs;
    // pg closes a connection after every statement that fails. With it would go the prepared statements, and the next
    // caller would wait for a new one; after a refusal (a unique key) it stays.
    const release = client.release.bind(client);
    client.release = (failure) => release(wasRefused(failure) ? undefined : failure);
    return client;
  }

  private async connectWithin(limitMs: number | null): Promise<pg.PoolClient> {
    const connecting: Promise<pg.PoolClient> = super.connect();
    if (limitMs === null) return connecting;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      const fail = () => reject(new Error('timeout exceeded when trying to connect'));
      timer = setTimeout(fail, Math.max(LEAST_ACQUIRE_MS, limitMs));
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
}

/** Whether the server itself refused the statement and goes on to serve the connection. */
function wasRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
