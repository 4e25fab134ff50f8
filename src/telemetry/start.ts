import { findTelemetrySettings, type ServiceName } from '../config/config';

/** What a process needs of its running SDK. Everything else goes through `@opentelemetry/api`. */
export interface Telemetry {
  /** Returns the metrics of the process in Prometheus' format. */
  scrape(): Promise<string>;
  /** Calls the listener once when the collector of traces is lost, and once when it is back. */
  onDelivery(listener: DeliveryListener): void;
  /** Sends what is left, within a short time limit. */
  stop(): Promise<void>;
}

export type DeliveryListener = (isReached: boolean, reason: string) => void;

/** A process that records nothing. OpenTelemetry's API does nothing then either. */
export const NO_TELEMETRY: Telemetry = {
  scrape: async () => '',
  onDelivery: () => {},
  stop: async () => {},
};

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
