import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { malformedRequestAnswer } from './malformed-request';
import { sharePrototypes } from './share-prototypes';

/** A request and its body must have arrived by then: longer than the body's own limit, far below a patient attacker's. */
const REQUEST_TIMEOUT_MS = 30_000;
/** The head alone: a browser sends it at once, only a slow-loris attack takes its time. */
const HEADERS_TIMEOUT_MS = 15_000;
/** Node looks for requests over their limit this often. */
const TIMEOUT_CHECK_MS = 5_000;
/** Longer than the idle limit of the usual proxies (60 s, Heroku 90 s): they must close first, or they meet a closed connection. */
const KEEP_ALIVE_MS = 95_000;
/** A session cookie, a bearer token and a few proxies' headers take 4 KiB; more is no honest request. */
const MAX_HEADER_BYTES = 16 * 1024;
/** On shutdown, what is on its way already still gets in for this long: a closed door would cut it off. */
const LINGER_MS = 250;
/** How often it looks for connections that have become idle, or have gone, while stopping. */
const SWEEP_MS = 50;

/** The API's HTTP server: the app with every time limit set, and a stop that cuts nobody off. */
export class HttpServer {
  readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private stopping: Promise<number> | null = null;
  /** The port that it listens on, or listened on. */
  port = 0;

  constructor(private readonly app: Express) {
    this.server = createServer(
      {
        ...sharePrototypes(app),
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        connectionsCheckingInterval: TIMEOUT_CHECK_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      app,
    );
    this.server.on('clientError', answerMalformed);
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Begins to take connections; port 0 is any free one. @throws the system's error, such as EADDRINUSE. */
  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /**
   * Tells clients to close their connections, takes no new ones, and resolves when every request and stream has ended.
   * @param graceMs after which those that have not are cut off.
   * @param lingerMs how long what is on its way already still gets in, unless every client has left before.
   * @returns how many connections were cut off.
   */
  stop(graceMs: number, lingerMs = LINGER_MS): Promise<number> {
    this.stopping ??= this.drain(graceMs, Math.min(lingerMs, graceMs));
    return this.stopping;
  }

  private async drain(graceMs: number, lingerMs: number): Promise<number> {
    this.app.enable('draining');
    this.server.prependListener('request', (_req, res) => res.setHeader('Connection', 'close'));
    for (const socket of this.sockets) announceClose(socket);
    let cutOff = 0;
    const limit = setTimeout(() => {
      cutOff = this.sockets.size;
      for (const socket of this.sockets) socket.destroy();
    }, graceMs);
    await this.linger(lingerMs);
    const closed = new Promise((resolve) => this.server.close(resolve));
    const sweep = setInterval(() => this.closeIdle(), SWEEP_MS);
    this.closeIdle();
    await closed;
    clearInterval(sweep);
    clearTimeout(limit);
    return cutOff;
  }

  private async linger(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (this.sockets.size > 0 && Date.now() < end) await sleep(Math.min(SWEEP_MS, end - Date.now()));
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
    // Node counts a connection on which nothing has come yet as busy.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** The server for this app; it does not listen yet. */
export function createHttpServer(app: Express): HttpServer {
  return new HttpServer(app);
}

/** The answer that a connection is at work on, as Node keeps it. */
function currentAnswer(socket: Socket): ServerResponse | null {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

/** Says in an answer that is not yet on its way that the connection ends with it. */
function announceClose(socket: Socket): void {
  const answer = currentAnswer(socket);
  if (answer !== null && !answer.headersSent) answer.setHeader('Connection', 'close');
}

/** What is no HTTP, too large a head, or too slow has no request object yet: the answer is written by hand. */
function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  const isAnswering = currentAnswer(socket)?.headersSent === true;
  if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(malformedRequestAnswer(error.code ?? ''), () => socket.destroy());
}
