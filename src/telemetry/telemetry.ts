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
