import type { Telemetry } from './start';

interface Log {
  info(message: string): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** Writes one line to the log when the collector of traces is lost, and one when it is back. */
export function logDelivery(telemetry: Telemetry, logger: Log): void {
  telemetry.onDelivery((isReached, reason) =>
    isReached
      ? logger.info('the collector of traces is back')
      : logger.warn('the collector of traces cannot be reached; doing without it until it is back', {
          reason,
        }),
  );
}
