import type { Config } from '../config/config';
import { type InternalAnswer, InternalServer } from './internal-server';
import type { Telemetry } from './telemetry';

/** The text format of Prometheus. */
const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Returns the answer of `/metrics`: the process's own metrics, and those that its libraries export
 * themselves.
 */
export async function metricsAnswer(
  ...sources: readonly Pick<Telemetry, 'scrape'>[]
): Promise<InternalAnswer> {
  const texts = await Promise.all(sources.map((source) => source.scrape()));
  return { status: 200, type: TYPE, body: texts.join('') };
}

/**
 * Serves the API's `/metrics` on a port of its own that no proxy exposes. Returns null without
 * METRICS_PORT.
 */
export function createMetricsServer(
  { METRICS_PORT: port, HOST: host }: Pick<Config, 'METRICS_PORT' | 'HOST'>,
  telemetry: Telemetry,
): InternalServer | null {
  if (port === undefined) return null;
  const routes = { '/metrics': () => metricsAnswer(telemetry) };
  return new InternalServer({ port, host, variable: 'METRICS_PORT', routes });
}
