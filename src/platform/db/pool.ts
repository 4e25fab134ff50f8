import { performance } from 'node:perf_hooks';
import { callbackify } from 'node:util';
import pg from 'pg';
import { currentContext } from '../context';
import type { Logger } from '../logging/logger';

/** The least time that a statement has to wait, and to run, if its request has waited before. */
const LEAST_MS = 300;
/** How much longer the client waits than the server, so that the server's own error is the usual one. */
const CLIENT_GRACE_MS = 200;
/** An idle connection is closed after this time, so that a quiet night frees the server. */
const IDLE_TIMEOUT_MS = 30_000;

/** Parsers for raw rows: counts and money as numbers, times as Date. Prisma has its own parsers. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text));

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

export interface PoolOptions {
  url: string;
  /** What the address leads to; by default the server itself. */
  pooler?: Pooler;
  poolMax: number;
  /** How long a request may wait for connections, all its statements together, in milliseconds. */
  acquireTimeoutMs: number;
  /** How long a single statement may take, in milliseconds. The API has seconds, jobs have minutes. */
  statementTimeoutMs: number;
  applicationName: string;
  logger: Logger;
  /** Called with the time of each wait for a connection, in milliseconds. */
  onWait?: ((ms: number) => void) | undefined;
}

/** The number of connections, of idle ones, and of callers waiting for one. */
export type PoolCounts = Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'>;

/** The pool of a server. Prisma's adapter and raw rows share it, and therefore its limits. */
export class ConnectionPool extends pg.Pool {
  private readonly handOver = callbackify(() => this.acquire());

  constructor(readonly limits: PoolOptions) {
    super({
      connectionString: limits.url,
      max: limits.poolMax,
      connectionTimeoutMillis: limits.acquireTimeoutMs,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      application_name: limits.applicationName,
      types,
      allowExitOnIdle: true,
      // Through a pooler, the database's own settings apply (see pooler-settings.ts), and the client's
      // limit ends a statement.
      ...((limits.pooler ?? 'none') === 'none'
        ? { statement_timeout: limits.statementTimeoutMs, options: START_UP_OPTIONS }
        : {}),
    });
    // A connection that dies, in use or idle, must not end the process: its statement fails, and the next
    // one opens another connection.
    this.on('connect', (client) => client.on('error', () => {}));
    this.on('error', (error) => limits.logger.warn('database connection lost', { error: error.message }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg's connect() is overloaded for callbacks and promises.
  override connect(callback?: any): any {
    return callback === undefined ? this.acquire() : this.handOver(callback);
  }

  /**
   * Returns a connection. The time that a request has waited counts against its next wait and against the
   * time of its next statements: this keeps a 503 under 3 s, however many statements the request has.
   */
  private async acquire(): Promise<pg.PoolClient> {
    const { acquireTimeoutMs, statementTimeoutMs, onWait } = this.limits;
    const context = currentContext();
    const waitedBefore = context.requestId === undefined ? 0 : (context.databaseWaitMs ?? 0);
    const askedAt = performance.now();
    // pg reads the option during the call. A connection that it opens later, for another caller in its
    // queue, has the full time.
    this.options.connectionTimeoutMillis = Math.max(LEAST_MS, acquireTimeoutMs - waitedBefore);
    const connecting: Promise<pg.PoolClient> = super.connect();
    this.options.connectionTimeoutMillis = acquireTimeoutMs;
    const client = await connecting;
    const waited = performance.now() - askedAt;
    onWait?.(waited);
    const total = waitedBefore + waited;
    context.databaseWaitMs = Math.max(total, context.databaseWaitMs ?? 0);
    const { connectionParameters } = client as unknown as { connectionParameters: pg.ClientConfig };
    connectionParameters.query_timeout = Math.max(LEAST_MS, statementTimeoutMs + CLIENT_GRACE_MS - total);
    // pg closes a connection after every failed statement. Its prepared statements would be lost, so it
    // stays open after a refusal (such as a unique key).
    const release = client.release.bind(client);
    client.release = (failure) => release(wasRefused(failure) ? undefined : failure);
    return client;
  }
}

/** Whether the server itself refused the statement and still serves the connection. */
function wasRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}
