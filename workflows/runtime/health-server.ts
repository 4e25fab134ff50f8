import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { QueueStatus } from './worker-group';

/** A probe gives up after a few seconds; what has not answered by then is down. */
const CHECK_LIMIT_MS = 1_000;
/** Only probes and scrapers come here, with requests of one line. */
const REQUEST_LIMIT_MS = 5_000;

type Condition = 'up' | 'down';

export interface HealthServerOptions {
  /** 0 for any free one. */
  port: number;
  registry: Registry;
  /** Brings the registry up to date. */
  beforeMetrics: () => void;
  queues: () => readonly QueueStatus[];
  checks: Readonly<Record<'database' | 'temporal', () => Promise<unknown>>>;
}

/**
 * `/health`: the process is alive, whatever else is away. `/ready`: it takes work from all its queues and has a
 * database. `/metrics`: for Prometheus.
 */
export class HealthServer {
  private readonly server: Server;
  private isDraining = false;
  /** The port that it listens on. */
  port = 0;

  constructor(private readonly options: HealthServerOptions) {
    this.server = createServer(
      { requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS },
      (request, response) => {
        this.answer(request.url ?? '', response).catch(() => json(response, 500, { status: 'failed' }));
      },
    );
  }

  /** @throws the system's error, such as EADDRINUSE. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.options.port, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** From now on it is not ready. */
  drain(): void {
    this.isDraining = true;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(url: string, response: ServerResponse): Promise<void> {
    const path = url.split('?')[0];
    if (path === '/health') return json(response, 200, { status: 'ok' });
    if (path === '/ready') return this.answerReady(response);
    if (path === '/metrics') return this.answerMetrics(response);
    json(response, 404, { status: 'unknown', paths: ['/health', '/ready', '/metrics'] });
  }

  private async answerReady(response: ServerResponse): Promise<void> {
    const { checks, queues } = this.options;
    const [database, temporal] = await Promise.all([within(checks.database), within(checks.temporal)]);
    const served = queues();
    const isReady = database === 'up' && served.every(({ isServed }) => isServed) && !this.isDraining;
    const status = this.isDraining ? 'draining' : isReady ? 'ready' : 'unavailable';
    json(response, isReady ? 200 : 503, { status, checks: { database, temporal }, queues: served });
  }

  private async answerMetrics(response: ServerResponse): Promise<void> {
    const { registry, beforeMetrics } = this.options;
    beforeMetrics();
    const text = await registry.metrics();
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(body));
}

async function within(check: () => Promise<unknown>): Promise<Condition> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Condition>((resolve) => {
    timer = setTimeout(() => resolve('down'), CHECK_LIMIT_MS);
  });
  const up = check().then(
    () => 'up' as const,
    () => 'down' as const,
  );
  return Promise.race([up, late]).finally(() => clearTimeout(timer));
}
