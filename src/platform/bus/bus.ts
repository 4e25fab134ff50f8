import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../db/database';
import { PostgresListener } from '../db/listener';
import { sql } from '../db/sql';
import type { Logger } from '../logging/logger';

const CHANNEL = 'raptscallions';
/** PostgreSQL refuses a notification of 8000 bytes or more. */
const MAX_PAYLOAD_BYTES = 7_900;

const Envelope = z.object({ from: z.string(), topic: z.string(), message: z.json() });

export type BusMessage = z.infer<ReturnType<typeof z.json>>;
type Handler = (message: BusMessage) => void;

/**
 * Carries notices between processes through PostgreSQL's NOTIFY. A notice that a transaction sends arrives
 * everywhere when the transaction commits, and never if it does not. Notices are lost while a connection is
 * lost; `onGap` then tells caches to forget what they hold.
 */
export class Bus {
  private readonly id = randomUUID();
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly gapHandlers = new Set<() => void>();
  private readonly listener: PostgresListener;

  constructor(
    private readonly db: Database,
    url: string,
    private readonly logger: Logger,
  ) {
    this.listener = new PostgresListener({
      ...{ url, channel: CHANNEL, applicationName: 'raptscallions-bus' },
      onNotification: (payload) => this.receive(payload),
      // Notices sent before the connection was made are missed.
      onConnect: () => this.notifyOfGap(),
      onLost: () => {
        logger.warn('the event bus lost its connection; caches are off until it reconnects');
        this.notifyOfGap();
      },
    });
  }

  /**
   * Whether notices of other processes arrive now. While it is false, nothing that they could change may be
   * cached.
   */
  get connected(): boolean {
    return this.listener.connected;
  }

  /** Starts to listen. If the database is unreachable, it keeps trying. */
  start(): Promise<void> {
    return this.listener.start();
  }

  /** Stops listening and closes the connection. */
  stop(): Promise<void> {
    return this.listener.stop();
  }

  /**
   * Calls `handler` for each message on the topic, from any process including this one. Returns a function
   * that unsubscribes.
   */
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
   * Sends the message to every process when the ambient transaction commits. This process receives it
   * before `transaction()` returns, so that the author of a change reads it back at once.
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

  private notifyOfGap(): void {
    for (const handler of this.gapHandlers) handler();
  }

  private receive(payload: string): void {
    const envelope = open(payload);
    if (envelope === null || envelope.from === this.id) return;
    this.dispatch(envelope.topic, envelope.message);
  }
}

/** Anybody who may connect can send anything on the channel, so a payload of another shape is ignored. */
function open(payload: string): z.infer<typeof Envelope> | null {
  try {
    return Envelope.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
