import type { Telemetry } from './telemetry';

interface Log {
  info(message: string): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** Logs one line when the collector of traces is lost, and one when it is back. */
export function logDelivery(telemetry: Telemetry, logger: Log): void {
  telemetry.onDelivery((isReached, reason) =>
    isReached
      ? logger.info('the trace collector can be reached again')
      : logger.warn('the trace collector cannot be reached; continuing without it until it is back', {
          reason,
        }),
  );
}
