import { findTelemetrySettings, type ServiceName } from '../config/config';

/** What a process has to do with its running SDK. Everything else goes through `@opentelemetry/api`. */
export interface Telemetry {
  /** The metrics of the process, as Prometheus reads them. */
  scrape(): Promise<string>;
  /** Calls back once when the collector of traces is lost, and once when it is back. */
  onDelivery(listener: DeliveryListener): void;
  /** Sends what is left, for a moment. */
  stop(): Promise<void>;
}

export type DeliveryListener = (isReached: boolean, reason: string) => void;

/** A process that records nothing: the API of OpenTelemetry then does nothing either. */
export const NO_TELEMETRY: Telemetry = {
  scrape: async () => '',
  onDelivery: () => {},
  stop: async () => {},
};

let running = NO_TELEMETRY;

/** The SDK of this process. */
export function runningTelemetry(): Telemetry {
  return running;
}

/**
 * Starts OpenTelemetry if the settings ask for traces or metrics. Call it before anything else is loaded: meters are made
 * when their modules load, and `pg` and `ioredis` are instrumented while they load.
 */
export function startTelemetry(service: ServiceName): void {
  const settings = findTelemetrySettings(service);
  if (settings === null) return;
  // Loaded only if it is wanted, because it takes a third of a second and 20 MB.
  const { startSdk } = require('./sdk') as typeof import('./sdk');
  running = startSdk(settings, service);
}
