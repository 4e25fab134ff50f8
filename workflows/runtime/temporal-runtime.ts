import {
  type LogLevel,
  type LogMetadata,
  type MetricsExporterConfig,
  Runtime,
  type Logger as SdkLogger,
} from '@temporalio/worker';
import type { Logger } from '../../src/platform/logging/logger';

/**
 * The native part retries lost connections by itself and would log each retry; our own logger reports
 * outages. A failing workflow task, as after an edit that breaks running workflows, must be visible.
 */
const CORE_LOGS = 'error,temporalio_sdk_core::worker::workflow=warn';

const METHODS = { TRACE: 'debug', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** The queue of deliveries has only activities, and the SDK warns about that. */
const EXPECTED = /^No workflows registered/;

/** Sends the SDK's log to our logger. The SDK's "info" is a detail here. */
class LoggerAdapter implements SdkLogger {
  constructor(private readonly logger: Logger) {}

  log(level: LogLevel, message: string, meta: LogMetadata = {}): void {
    const { error, failure, workflowId, runId, activityType, attempt, taskQueue, state } = meta;
    // The native part sends a whole structure as text; only its message matters.
    const reason =
      failure === undefined
        ? undefined
        : (/message: "([^"]+)"/.exec(String(failure))?.[1] ?? String(failure).slice(0, 300));
    const fields = { workflowId, runId, activityType, attempt, taskQueue, state, reason, error };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const method = EXPECTED.test(message) ? 'debug' : METHODS[level];
    this.logger[method](`temporal: ${message}`, given);
  }

  trace = (message: string, meta?: LogMetadata): void => this.log('TRACE', message, meta);
  debug = (message: string, meta?: LogMetadata): void => this.log('DEBUG', message, meta);
  info = (message: string, meta?: LogMetadata): void => this.log('INFO', message, meta);
  warn = (message: string, meta?: LogMetadata): void => this.log('WARN', message, meta);
  error = (message: string, meta?: LogMetadata): void => this.log('ERROR', message, meta);
}

/**
 * Sets the SDK up once per process, with our logger and our own handling of signals, which knows the right
 * order.
 * @param metrics how the SDK exports its metrics; none if absent
 */
export function installTemporalRuntime(logger: Logger, metrics?: MetricsExporterConfig): void {
  Runtime.install({
    logger: new LoggerAdapter(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: CORE_LOGS, forward: {} },
      ...(metrics === undefined ? {} : { metrics }),
    },
  });
}
