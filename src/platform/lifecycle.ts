import { EnvError } from '../config/env';
import { PortError } from '../telemetry/internal-server';
import type { Logger } from './logging/logger';

/**
 * The time after the grace period: closing connections takes no longer, and a container runtime kills the
 * process soon after.
 */
const CLOSE_LIMIT_MS = 4_000;

export interface LifecycleOptions {
  logger: Logger;
  /** How long `stop` may let current work continue, in milliseconds. */
  graceMs: number;
  /** Lets the current work end, then closes every connection. */
  stop: () => Promise<void>;
}

/**
 * Ends the process in order: with 0 on SIGTERM or SIGINT, with 1 after an uncaught error, because the state
 * after it is unknown. A second signal ends it immediately.
 */
export function endInOrder({ logger, graceMs, stop }: LifecycleOptions): void {
  let ending = false;
  const end = async (exitCode: number): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), graceMs + CLOSE_LIMIT_MS).unref();
    await stop().catch((error: unknown) => logger.error('stopping failed', { error }));
    logger.info('stopped');
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(130);
      logger.info('stopping', { signal });
      void end(0);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.error('uncaught error', { event, error });
      void end(1);
    });
  }
}

/** The reason in words that an operator can act on; with a stack only if the cause is in our code. */
function explain(error: unknown): string {
  if (error instanceof EnvError || error instanceof PortError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE')
    return `The port ${port} is taken by another program. Choose another one with PORT.`;
  if (code === 'EACCES')
    return `The port ${port} may not be used by this account. Choose one above 1023 with PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Ends a process that could not start, with the reason on standard error. */
export function failToStart(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
