import pg from 'pg';

/** How often the connection is checked: a loss is noticed within this time plus the limit below. */
const HEARTBEAT_MS = 1_000;
/** A connection that does not answer within this counts as lost. */
const ANSWER_TIMEOUT_MS = 1_500;
const RECONNECT_DELAYS_MS = [100, 250, 500, 1_000, 2_000];

export interface ListenerOptions {
  /** It bypasses any pooler, because a pooler gives the connection to others between two statements. */
  url: string;
  channel: string;
  /** The name of the connection in `pg_stat_activity`. */
  applicationName: string;
  onNotification(payload: string): void;
  /** It listens. Notifications sent before are missed. */
  onConnect?(): void;
  /** It has stopped listening, and tries to reconnect. */
  onLost?(): void;
}

/**
 * Listens to a PostgreSQL channel (`LISTEN`) on its own connection, and reconnects whenever the connection
 * is lost.
 */
export class PostgresListener {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private stopped = false;

  constructor(private readonly options: ListenerOptions) {}

  /** Whether notifications arrive now. */
  get connected(): boolean {
    return this.client !== null;
  }

  /** Starts to listen. If the database is unreachable, it keeps trying. */
  async start(): Promise<void> {
    this.stopped = false;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => {});
  }

  private async connect(): Promise<void> {
    const { url, channel, applicationName } = this.options;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
      application_name: applicationName,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ payload }) => this.options.onNotification(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      if (this.stopped) return await client.end();
      this.client = client;
      this.failures = 0;
      this.options.onConnect?.();
      this.schedule(() => this.heartbeat(client), HEARTBEAT_MS);
    } catch {
      disconnect(client);
      this.retry();
    }
  }

  private async heartbeat(client: pg.Client): Promise<void> {
    try {
      await client.query('SELECT 1');
      if (this.client === client) this.schedule(() => this.heartbeat(client), HEARTBEAT_MS);
    } catch {
      this.lose(client);
    }
  }

  private lose(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.options.onLost?.();
    disconnect(client);
    this.retry();
  }

  private retry(): void {
    if (this.stopped) return;
    const delay = RECONNECT_DELAYS_MS[Math.min(this.failures, RECONNECT_DELAYS_MS.length - 1)] as number;
    this.failures += 1;
    this.schedule(() => this.connect(), delay);
  }

  private schedule(work: () => Promise<void>, delayMs: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void work(), delayMs);
    this.timer.unref();
  }
}

/** end() would wait for a server that does not answer. */
function disconnect(client: pg.Client): void {
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}
