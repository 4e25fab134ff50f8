import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { malformedRequestAnswer } from './malformed-request';
import { sharePrototypes } from './share-prototypes';

/**
 * A request and its body must arrive within this time: longer than the body's own limit, far shorter than a
 * patient attacker needs.
 */
const REQUEST_TIMEOUT_MS = 30_000;
/** For the head only: a browser sends it immediately, while a slow-loris attack takes its time. */
const HEADERS_TIMEOUT_MS = 15_000;
/** How often Node looks for requests over their limit. */
const TIMEOUT_CHECK_MS = 5_000;
/**
 * Longer than the idle limit of the usual proxies (60 s, Heroku 90 s), so that the proxy closes a
 * connection first and never uses a closed one.
 */
const KEEP_ALIVE_MS = 95_000;
/** A session cookie, a bearer token and a few proxies' headers take 4 KiB; a normal request needs no more. */
const MAX_HEADER_BYTES = 16 * 1024;
/**
 * How long a stopping server still accepts requests that are already on their way, which would otherwise be
 * cut off.
 */
const LINGER_MS = 250;
/** How often a stopping server looks for connections that have become idle or have gone. */
const SWEEP_MS = 50;

/** The API's HTTP server: the app with every time limit set, and a stop that cuts nobody off. */
export class HttpServer {
  readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private stopping: Promise<number> | null = null;
  /** The port on which it listens, or listened. */
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

  /** Starts to accept connections; port 0 is any free one. @throws the system's error, such as EADDRINUSE */
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
   * Tells clients to close their connections, accepts no new ones, and resolves when every request and
   * stream has ended.
   * @param graceMs the time after which unfinished ones are cut off
   * @param lingerMs how long requests that are already on their way are accepted, unless every client has
   * left before
   * @returns how many connections were cut off
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
    // Node counts a connection without any data as busy.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** Creates the server of this app; it does not listen yet. */
export function createHttpServer(app: Express): HttpServer {
  return new HttpServer(app);
}

/** The answer on which a connection is working, as Node stores it. */
function currentAnswer(socket: Socket): ServerResponse | null {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

/** Announces in an answer that is not sent yet that the connection ends with it. */
function announceClose(socket: Socket): void {
  const answer = currentAnswer(socket);
  if (answer !== null && !answer.headersSent) answer.setHeader('Connection', 'close');
}

/**
 * A request that is not HTTP, too slow, or has too large a head gets no request object, so the answer is
 * written by hand.
 */
function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  const isAnswering = currentAnswer(socket)?.headersSent === true;
  if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(malformedRequestAnswer(error.code ?? ''), () => socket.destroy());
}
