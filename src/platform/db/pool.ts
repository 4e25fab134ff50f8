import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { currentContext } from '../context';
import type { Logger } from '../logging/logger';

/** How long a later statement may still wait for a connection if its request has waited before. */
const LEAST_ACQUIRE_MS = 200;
/** The least time that a statement has left after a long wait for its connection. */
const LEAST_STATEMENT_MS = 400;
/** Shorter waits leave the time of the statement as it is. */
const SHORT_WAIT_MS = 20;
/** An idle connection is closed after this time, so that a quiet night frees the server. */
const IDLE_TIMEOUT_MS = 30_000;

const { INT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;
const parseAnyTime = pg.types.getTypeParser(TIMESTAMPTZ);

/**
 * Parses a time as a Date at a third of the usual parser's cost, because lists have hundreds of times. The
 * usual parser handles infinity and years BC.
 */
function parseTime(text: string): unknown {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? parseAnyTime(text) : date;
}

/** Parsers for raw rows: counts and money as numbers, times as Date. Prisma has its own parsers. */
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
 * Settings of each connection. A pooler refuses start-up parameters, so there the database keeps them.
 * `TimeZone`: Prisma sends times without an offset and reads them as UTC. `jit`: PostgreSQL would compile
 * the plan of a report, and compiling takes longer than the report.
 */
export const SESSION_SETTINGS = {
  TimeZone: 'UTC',
  jit: 'off',
} as const;

const START_UP_OPTIONS = Object.entries(SESSION_SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/**
 * What is between us and the server. A pooler that assigns connections per transaction refuses start-up
 * parameters, and one that does not track prepared statements (PgBouncer before 1.21) mixes up their names.
 */
export type Pooler = 'none' | 'transaction' | 'transaction-prepared';

/** Whether statements may be prepared by name. */
export const keepsStatements = (pooler: Pooler): boolean => pooler !== 'transaction';

export interface PoolOptions {
  url: string;
  pooler: Pooler;
  max: number;
  /** How long a request may wait for connections, all its statements together, in milliseconds. */
  acquireTimeoutMs: number;
  /** How long a single statement may take, in milliseconds, on the server and for the waiting client. */
  statementTimeoutMs: number;
  applicationName: string;
  logger: Logger;
  /** Called with the time of each wait for a connection, in milliseconds. */
  onWait?: ((ms: number) => void) | undefined;
}

type Connected = (error?: Error, client?: pg.PoolClient, release?: (failure?: Error) => void) => void;

/** The only pool of a process. Prisma's adapter and raw rows share it, and therefore its limit. */
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
      // Through a pooler, the database's own settings apply (see pooler-settings.ts), and the client's
      // limit ends a statement.
      ...(options.pooler === 'none'
        ? { statement_timeout: options.statementTimeoutMs, options: START_UP_OPTIONS }
        : {}),
      types,
      allowExitOnIdle: true,
    });
    this.onWait = options.onWait;
    this.queryTimeoutMs = queryTimeoutMs;
    this.acquireTimeoutMs = options.acquireTimeoutMs;
    // If a connection dies while it is used, the statement fails. Without a listener, the connection's own
    // event would also end the process.
    this.on('connect', (client) => client.on('error', () => {}));
    // An idle connection that dies must not end the process; the next query opens another.
    this.on('error', (error) => options.logger.warn('database connection lost', { error: error.message }));
  }

  /**
   * Returns a connection. The time that a request has waited counts against its next wait and against the
   * time of its next statements: this keeps a 503 under 3 s, however many statements the request has.
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
    // pg closes a connection after every failed statement. Its prepared statements would be lost, and the
    // next caller would wait for a new connection, so it stays open after a refusal (such as a unique key).
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

/** Whether the server itself refused the statement and still serves the connection. */
function wasRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
