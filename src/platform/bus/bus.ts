import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import type { Database } from '../db/database';
import { sql } from '../db/sql';
import type { Logger } from '../logging/logger';

const CHANNEL = 'raptscallions';
/** The listener proves itself this often; caches may be stale for no longer than this plus the limit below. */
const HEARTBEAT_MS = 1_000;
/** A listener that has not answered within this counts as lost. */
const HEARTBEAT_TIMEOUT_MS = 1_500;
const RECONNECT_DELAYS_MS = [100, 250, 500, 1_000, 2_000];
/** PostgreSQL refuses a notification of 8000 bytes or more. */
const MAX_PAYLOAD_BYTES = 7_900;

const Envelope = z.object({ from: z.string(), topic: z.string(), message: z.json() });

export type BusMessage = z.infer<ReturnType<typeof z.json>>;
type Handler = (message: BusMessage) => void;

/**
 * News between processes, carried by PostgreSQL's NOTIFY: sent by a transaction, they arrive everywhere when it
 * commits and never when it does not. They may be lost while a connection is; `onGap` then tells who must forget
 * what it remembers.
 */
export class Bus {
  private readonly id = randomUUID();
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly gapHandlers = new Set<() => void>();
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly db: Database,
    private readonly url: string,
    private readonly logger: Logger,
  ) {}

  /** Whether news of other processes arrive just now. While false, nothing they could change may be remembered. */
  get connected(): boolean {
    return this.client !== null;
  }

  /** Begins to listen; where the database is away it goes on trying. */
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

  /** Calls `handler` for each message on the topic, from any process, this one included. */
  subscribe(topic: string, handler: Handler): () => void {
    const handlers = this.handlers.get(topic) ?? new Set();
    this.handlers.set(topic, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** Calls `handler` when messages may have been missed. */
  onGap(handler: () => void): void {
    this.gapHandlers.add(handler);
  }

  /**
   * Tells every process once the ambient transaction has committed. This process hears of it before `transaction()`
   * returns, so that whoever made the change reads it back at once.
   */
  async publish(topic: string, message: BusMessage): Promise<void> {
    const payload = JSON.stringify({ from: this.id, topic, message });
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
      throw new Error(`The message on ${topic} is too large`);
    await this.db.execute(sql`SELECT pg_notify(${CHANNEL}, ${payload})`);
    this.db.afterCommit(() => this.dispatch(topic, message));
  }

  private dispatch(topic: string, message: BusMessage): void {
    for (const handler of this.handlers.get(topic) ?? []) {
      try {
        handler(message);
      } catch (error) {
        this.logger.error('a listener failed', { topic, error });
      }
    }
  }

  private receive(payload: string | undefined): void {
    const envelope = open(payload ?? '');
    if (envelope === null || envelope.from === this.id) return;
    this.dispatch(envelope.topic, envelope.message);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: HEARTBEAT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'raptscallions-bus',
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', (notification) => this.receive(notification.payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (this.stopped) return await client.end();
      this.client = client;
      this.failures = 0;
      // Whatever was said before the LISTEN has been missed.
      for (const handler of this.gapHandlers) handler();
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
    this.logger.warn('the event bus lost its connection; caches are off until it reconnects');
    for (const handler of this.gapHandlers) handler();
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

/** Anybody who may connect can say anything on the channel: what is not ours is nothing. */
function open(payload: string): z.infer<typeof Envelope> | null {
  try {
    return Envelope.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}

/** end() would wait for a server that does not answer. */
function cut(client: pg.Client): void {
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}
