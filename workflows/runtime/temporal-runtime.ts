import { type Logger as SdkLogger, type LogLevel, type LogMetadata, Runtime } from '@temporalio/worker';
import type { Logger } from '../../src/platform/logging/logger';

const METHODS = { TRACE: 'debug', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** What the SDK logs, on our logger. What it finds worth an "info" is a detail here. */
class LoggerAdapter implements SdkLogger {
  constructor(private readonly logger: Logger) {}

  log(level: LogLevel, message: string, meta: LogMetadata = {}): void {
    const { error, workflowId, activityType, attempt, taskQueue, state } = meta;
    this.logger[METHODS[level]](`temporal: ${message}`, { workflowId, activityType, attempt, taskQueue, state, ...(error === undefined ? {} : { error }) });
  }

  trace = (message: string, meta?: LogMetadata): void => this.log('TRACE', message, meta);
  debug = (message: string, meta?: LogMetadata): void => this.log('DEBUG', message, meta);
  info = (message: string, meta?: LogMetadata): void => this.log('INFO', message, meta);
  warn = (message: string, meta?: LogMetadata): void => this.log('WARN', message, meta);
  error = (message: string, meta?: LogMetadata): void => this.log('ERROR', message, meta);
}

/** Sets the SDK up once for the process: our logger, and our own handling of signals, which knows the right order. */
export function installTemporalRuntime(logger: Logger): void {
  Runtime.install({
    logger: new LoggerAdapter(logger),
    shutdownSignals: [],
    // The native part retries lost connections by itself and would say so with each try; outages are told by us.
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}
