import { createServer } from 'node:net';
import { parseKeyPairsIntoRecord } from '@opentelemetry/core';
import type { MetricsExporterConfig } from '@temporalio/worker';
import { type Config, sendsMetrics } from '../../src/config/config';

/** From a poll that finds work at once to a workflow of hours. */
const LATENCY_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];
const UNITS = {
  useSecondsForDurations: true,
  // Part of the name of each of its histograms.
  histogramBucketOverrides: { latency: LATENCY_SECONDS },
};
/** It answers from memory, on this machine. */
const SCRAPE_LIMIT_MS = 1_000;
/**
 * Below the ports that operating systems give to outgoing connections: the SDK opens its port anew after an outage of
 * Temporal, and must find it free.
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

/** How Temporal's SDK exports the metrics of its own. */
export interface TemporalMetrics {
  /** For its runtime; undefined if nobody wants them. */
  options: MetricsExporterConfig | undefined;
  /** What it has for Prometheus. */
  scrape(): Promise<string>;
}

export const NO_TEMPORAL_METRICS: TemporalMetrics = { options: undefined, scrape: async () => '' };

/** The SDK has one way out: the collector, if it gets metrics; otherwise the `/metrics` of the worker. */
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

/** While Temporal is away the SDK has nothing to show. */
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
