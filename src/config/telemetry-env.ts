import { z } from 'zod';
import { integer, url } from './env.types';

/** The settings of traces and metrics. OpenTelemetry's own variables keep their names. */
export const TELEMETRY_ENV = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:')
    .optional()
    .describe(
      'The address that receives traces and metrics, as OTLP over HTTP: http://localhost:4318. Without it, they are not sent.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Headers for this address, such as the key of your provider: name=value pairs, separated by commas.',
    ),
  OTEL_SERVICE_NAME: z
    .string()
    .min(1)
    .optional()
    .describe('The name of the process in traces. Default: raptscallions-api or raptscallions-worker.'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'The share of traces that is recorded, from 0 to 1. Use the same value for the API and the worker.',
    ),
  OTEL_METRICS_EXPORTER: z
    .enum(['otlp', 'none'])
    .default('otlp')
    .describe(
      'Set none if Prometheus reads METRICS_PORT and WORKER_HEALTH_PORT. With otlp, the metrics of Temporal go to the collector only.',
    ),
  OTEL_METRIC_EXPORT_INTERVAL: integer(1_000, 3_600_000)
    .default(60_000)
    .describe('How often metrics are sent, in milliseconds.'),
  METRICS_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'The internal port on which the API serves /metrics for Prometheus. Without it, the API does not serve /metrics.',
    ),
};
