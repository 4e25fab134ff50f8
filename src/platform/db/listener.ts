import pg from 'pg';

/** The listener proves itself this often: it is not known to be lost for longer than this and the limit below. */
const HEARTBEAT_MS = 1_000;
/** A connection that does not answer within this counts as lost. */
const ANSWER_TIMEOUT_MS = 1_500;
const RECONNECT_DELAYS_MS = [100, 250, 500, 1_000, 2_000];

export interface ListenerOptions {
  /** Past any pooler, because a pooler gives the connection to others between two statements. */
  url: string;
  channel: string;
  /** What `pg_stat_activity` calls the connection. */
  applicationName: string;
  onNotification(payload: string): void;
  /** It listens. What was sent before has been missed. */
  onConnect?(): void;
  /** It does not listen any more, and tries to connect again. */
  onLost?(): void;
}

/** Listens to a channel of PostgreSQL (`LISTEN`) on a connection of its own, and connects again whenever that is lost. */
export class PostgresListener {
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private stopped = false;

  constructor(private readonly options: ListenerOptions) {}

  /** Whether notifications arrive just now. */
  get connected(): boolean {
    return this.client !== null;
  }

  /** Begins to listen. If the database is away, it goes on trying. */
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
      cut(client);
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
    cut(client);
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
function cut(client: pg.Client): void {
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}
