import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Only probes and scrapers connect, and their requests are one line long. */
const REQUEST_LIMIT_MS = 5_000;

/** The operator must change this port. The message says so in one line. */
export class PortError extends Error {
  constructor(port: number, variable: string, code: string | undefined) {
    super(
      code === 'EACCES'
        ? `The port ${port} may not be used by this account. Choose one above 1023 with ${variable}.`
        : `The port ${port} is taken by another program. Choose another one with ${variable}.`,
    );
  }
}

export interface InternalAnswer {
  status: number;
  type?: string;
  body: string;
}

export interface InternalServerOptions {
  /** The port; 0 for any free one. */
  port: number;
  /** The address to listen on. 127.0.0.1 keeps the port inside this machine. */
  host: string;
  /** The setting from which the port comes. */
  variable: 'METRICS_PORT' | 'WORKER_HEALTH_PORT';
  routes: Readonly<Record<string, () => Promise<InternalAnswer> | InternalAnswer>>;
}

/** Returns an answer in JSON. */
export function jsonAnswer(status: number, body: object): InternalAnswer {
  return { status, body: JSON.stringify(body) };
}

/** Serves a few addresses for operators, on a port that no proxy exposes. */
export class InternalServer {
  private readonly server: Server;
  /** The port on which it listens. */
  port = 0;

  constructor(private readonly options: InternalServerOptions) {
    this.server = createServer(
      { requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS },
      (request, response) => {
        this.answer(request.url ?? '').then(
          (answer) => write(response, answer),
          () => write(response, jsonAnswer(500, { status: 'failed' })),
        );
      },
    );
  }

  /** @throws PortError if the port is not available */
  async start(): Promise<void> {
    const { port, host, variable } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => {
        const isTheirs = error.code === 'EADDRINUSE' || error.code === 'EACCES';
        reject(isTheirs ? new PortError(port, variable, error.code) : error);
      });
      this.server.listen(port, host, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(url: string): Promise<InternalAnswer> {
    const { routes } = this.options;
    const route = routes[url.split('?')[0] as string];
    return route === undefined ? jsonAnswer(404, { status: 'unknown', paths: Object.keys(routes) }) : route();
  }
}

function write(response: ServerResponse, { status, type = 'application/json', body }: InternalAnswer): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
}
