import type { Config } from '../config/config';
import { InternalServer } from './internal-server';
import { Metrics } from './metrics';
import type { MetricsPushOptions } from './metrics-push';
import type { ServiceName } from './otlp';
import { currentRecorder } from './trace';

interface Log {
  info(message: string): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

type Settings = Pick<
  Config,
  | 'HOST'
  | 'METRICS_PORT'
  | 'WORKER_HEALTH_PORT'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_HEADERS'
  | 'OTEL_METRICS_EXPORTER'
  | 'OTEL_METRIC_EXPORT_INTERVAL'
  | 'OTEL_SERVICE_NAME'
>;

function sendsMetrics(config: Settings): boolean {
  return config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && config.OTEL_METRICS_EXPORTER === 'otlp';
}

/** Whether anybody reads or gets the numbers of this process. */
export function wantsMetrics(config: Settings, process: ServiceName | 'script'): boolean {
  if (process === 'script') return false;
  const port = process === 'api' ? config.METRICS_PORT : config.WORKER_HEALTH_PORT;
  return port !== undefined || sendsMetrics(config);
}

/** The numbers of a process; they count only where somebody wants them. */
export function createMetrics(config: Settings, process: ServiceName | 'script'): Metrics {
  return new Metrics(process !== 'script' && wantsMetrics(config, process) ? process : null);
}

/** The `/metrics` of Prometheus. */
export function metricsRoute(metrics: Metrics, beforeMetrics: () => void = () => {}) {
  return async () => {
    beforeMetrics();
    return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
  };
}

export interface TelemetryOptions {
  config: Settings;
  service: ServiceName;
  metrics: Metrics;
  logger: Log;
  /** Brings the numbers up to date. */
  beforeMetrics?: () => void;
}

/** What tells others how a process is: traces (begun at its very start), numbers sent by OTLP, and the API's `/metrics`. */
export class Telemetry {
  private stopPushing: (() => Promise<void>) | null = null;
  private readonly server: InternalServer | null;

  constructor(private readonly options: TelemetryOptions) {
    const { config, service, metrics } = options;
    const port = service === 'api' ? config.METRICS_PORT : undefined;
    this.server =
      port === undefined
        ? null
        : new InternalServer({
            port,
            host: config.HOST,
            variable: 'METRICS_PORT',
            routes: { '/metrics': metricsRoute(metrics, options.beforeMetrics) },
          });
  }

  /** The port of `/metrics`, where there is one. */
  get port(): number | undefined {
    return this.server?.port;
  }

  /** @throws PortError where METRICS_PORT is taken. */
  async start(): Promise<void> {
    await this.server?.start();
    const { config, logger } = this.options;
    const recorder = currentRecorder();
    if (recorder !== null) {
      recorder.onDelivery = (isReached, reason) =>
        isReached
          ? logger.info('the collector of traces is back')
          : logger.warn('the collector of traces cannot be reached; doing without it until it is back', {
              reason,
            });
    }
    if (sendsMetrics(config)) this.push(config.OTEL_EXPORTER_OTLP_ENDPOINT as string);
  }

  /** Sends what is left, for a moment; then everything is closed. */
  async stop(): Promise<void> {
    await Promise.all([this.stopPushing?.(), currentRecorder()?.stop(), this.server?.stop()]);
  }

  private push(endpoint: string): void {
    // Loaded where it is wanted alone, as the SDK takes its time and memory.
    const { startPushing } = require('./metrics-push') as typeof import('./metrics-push');
    const { otlpUrl, parseHeaders, resourceOf } = require('./otlp') as typeof import('./otlp');
    const { config, service, metrics, beforeMetrics = () => {} } = this.options;
    const options: MetricsPushOptions = {
      registry: metrics.registry,
      resource: resourceOf(service, config.OTEL_SERVICE_NAME),
      url: otlpUrl(endpoint, 'metrics'),
      headers: parseHeaders(config.OTEL_EXPORTER_OTLP_HEADERS),
      everyMs: config.OTEL_METRIC_EXPORT_INTERVAL,
      beforeMetrics,
    };
    this.stopPushing = startPushing(options);
  }
}
