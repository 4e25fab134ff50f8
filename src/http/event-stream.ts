import type { Request, Response } from 'express';

/** Proxies and browsers close a silent connection after half a minute or more; a comment keeps it open. */
const KEEP_ALIVE_MS = 15_000;
/** How long a browser waits before it reconnects after a lost connection, in milliseconds. */
const RECONNECT_MS = 1_000;

export interface ServerEvent {
  event: string;
  /** The client sends it back as Last-Event-ID. One line. */
  id: string;
  /** Sent as one line of JSON, so that no text can forge an event. */
  data: unknown;
}

/**
 * A `text/event-stream` answer. Its head is sent with the first event, so that an error before that can
 * still be JSON.
 */
export class EventStream {
  private readonly gone = new AbortController();
  private keepAlive: NodeJS.Timeout | null = null;

  constructor(
    private readonly req: Request,
    private readonly res: Response,
  ) {
    res.on('close', () => this.close());
  }

  /** Whether this request asks for a stream. */
  static isWanted(req: Request): boolean {
    return (req.headers.accept ?? '').toLowerCase().includes('text/event-stream');
  }

  /** Aborts when the client has disconnected. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** Sends an event. Waits while the client reads more slowly than we write. */
  async send(event: ServerEvent): Promise<void> {
    this.begin();
    const text = `event: ${event.event}\nid: ${event.id}\ndata: ${JSON.stringify(event.data)}\n\n`;
    if (this.gone.signal.aborted || this.res.write(text)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.res.off('drain', done);
        this.gone.signal.removeEventListener('abort', done);
        resolve();
      };
      this.res.once('drain', done);
      this.gone.signal.addEventListener('abort', done, { once: true });
    });
  }

  end(): void {
    this.begin();
    this.close();
    this.res.end();
  }

  private begin(): void {
    if (this.res.headersSent) return;
    this.req.socket.setNoDelay(true);
    this.res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.res.write(`retry: ${RECONNECT_MS}\n\n`);
    this.keepAlive = setInterval(() => this.res.write(': still here\n\n'), KEEP_ALIVE_MS);
    this.keepAlive.unref();
  }

  private close(): void {
    if (this.keepAlive !== null) clearInterval(this.keepAlive);
    this.gone.abort();
  }
}
