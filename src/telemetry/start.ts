import { findTelemetrySettings, type ServiceName } from '../config/config';
import { NO_TELEMETRY, type Telemetry } from './telemetry';

let running = NO_TELEMETRY;

/** Returns the SDK of this process. */
export function runningTelemetry(): Telemetry {
  return running;
}

/**
 * Starts OpenTelemetry if the settings ask for traces or metrics. Call it before anything else is loaded:
 * meters are created when their modules load, and `pg` and `ioredis` are instrumented while they load.
 */
export function startTelemetry(service: ServiceName): void {
  const settings = findTelemetrySettings(service);
  if (settings === null) return;
  // Loaded only if it is wanted, because it takes a third of a second and 20 MB.
  const { startSdk } = require('./sdk') as typeof import('./sdk');
  running = startSdk(settings, service);
}
