import { InternalServer, jsonAnswer } from '../../src/telemetry/internal-server';
import { metricsAnswer } from '../../src/telemetry/metrics-server';
import type { Telemetry } from '../../src/telemetry/telemetry';
import type { QueueStatus } from './worker-group';

/** A probe gives up after a few seconds; a check that has not answered by then counts as failed. */
const CHECK_LIMIT_MS = 1_000;

type Condition = 'up' | 'down';

export interface HealthServerOptions {
  /** The port; 0 for any free one. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The sources of metrics. */
  metrics: readonly Pick<Telemetry, 'scrape'>[];
  queues: () => readonly QueueStatus[];
  checks: Readonly<Record<'database' | 'temporal', () => Promise<unknown>>>;
}

/**
 * `/health`: the process is alive, whatever else is unreachable. `/ready`: it takes work from all its
 * queues and reaches the database. `/metrics`: for Prometheus.
 */
export class HealthServer {
  private readonly server: InternalServer;
  private isDraining = false;

  constructor(private readonly options: HealthServerOptions) {
    this.server = new InternalServer({
      port: options.port,
      host: options.host,
      variable: 'WORKER_HEALTH_PORT',
      routes: {
        '/health': () => jsonAnswer(200, { status: 'ok' }),
        '/ready': () => this.ready(),
        '/metrics': () => metricsAnswer(...options.metrics),
      },
    });
  }

  /** The port on which it listens. */
  get port(): number {
    return this.server.port;
  }

  /** @throws PortError if the port is not available */
  start(): Promise<void> {
    return this.server.start();
  }

  /** Makes `/ready` fail from now on. */
  drain(): void {
    this.isDraining = true;
  }

  /** Stops listening. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  private async ready() {
    const { checks, queues } = this.options;
    const [database, temporal] = await Promise.all([within(checks.database), within(checks.temporal)]);
    const served = queues();
    const isReady = database === 'up' && served.every(({ isServed }) => isServed) && !this.isDraining;
    const status = this.isDraining ? 'draining' : isReady ? 'ready' : 'unavailable';
    return jsonAnswer(isReady ? 200 : 503, { status, checks: { database, temporal }, queues: served });
  }
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
