import { findTracingSettings } from '../config/config';
import type { ServiceName } from './otlp';

/**
 * Begins tracing, where OTEL_EXPORTER_OTLP_ENDPOINT says whither. Has to run before `pg` and `ioredis` are loaded,
 * as it takes part in their loading. Without that setting nothing of OpenTelemetry is loaded but its empty API.
 */
export function startTracingOf(service: ServiceName): void {
  const settings = findTracingSettings();
  if (settings === null) return;
  const { startTracing } = require('./tracing') as typeof import('./tracing');
  startTracing(settings, service);
}
