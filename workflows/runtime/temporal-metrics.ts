import { createServer } from 'node:net';
import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import type { MetricsExporterConfig } from '@temporalio/worker';
import { type Config, sendsMetrics } from '../../src/config/config';

/** From a poll that finds work immediately to a workflow of hours. */
const LATENCY_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];
const UNITS = {
  useSecondsForDurations: true,
  // `latency` is part of the name of each of Temporal's histograms.
  histogramBucketOverrides: { latency: LATENCY_SECONDS },
};
/** The SDK answers from memory, on this machine. */
const SCRAPE_LIMIT_MS = 1_000;
/**
 * Below the ports that operating systems use for outgoing connections: the SDK reopens its port after an
 * outage of Temporal, and must find it free.
 */
const PORTS = { from: 20_000, to: 30_000 };

type Settings = Pick<
  Config,
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_HEADERS'
  | 'OTEL_METRICS_EXPORTER'
  | 'OTEL_METRIC_EXPORT_INTERVAL'
  | 'WORKER_HEALTH_PORT'
>;

/** How Temporal's SDK exports its own metrics. */
export interface TemporalMetrics {
  /** Options for the SDK's runtime; undefined if metrics are off. */
  options: MetricsExporterConfig | undefined;
  /** Returns the SDK's metrics in Prometheus' format. */
  scrape(): Promise<string>;
}

export const NO_TEMPORAL_METRICS: TemporalMetrics = { options: undefined, scrape: async () => '' };

/** The SDK supports one exporter: the collector, if it gets metrics; otherwise the worker's `/metrics`. */
export async function temporalMetricsOf(config: Settings): Promise<TemporalMetrics> {
  if (sendsMetrics(config)) return { ...NO_TEMPORAL_METRICS, options: pushOptions(config) };
  if (config.WORKER_HEALTH_PORT === undefined) return NO_TEMPORAL_METRICS;
  const address = `127.0.0.1:${await freePort()}`;
  return {
    options: { attachServiceName: false, prometheus: { bindAddress: address, ...UNITS } },
    scrape: () => scrape(`http://${address}/metrics`),
  };
}

function pushOptions(config: Settings): MetricsExporterConfig {
  const endpoint = (config.OTEL_EXPORTER_OTLP_ENDPOINT as string).replace(/\/+$/, '');
  return {
    attachServiceName: false,
    otel: {
      url: `${endpoint}/v1/metrics`,
      http: true,
      headers: parseKeyPairsIntoRecord(config.OTEL_EXPORTER_OTLP_HEADERS),
      metricsExportInterval: config.OTEL_METRIC_EXPORT_INTERVAL,
      ...UNITS,
    },
  };
}

/** Returns an empty text while Temporal is unreachable, because the SDK then has no metrics. */
async function scrape(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_LIMIT_MS) });
    return await response.text();
  } catch {
    return '';
  }
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
