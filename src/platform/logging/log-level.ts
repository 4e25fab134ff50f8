import type { Logger } from './logger';

export type Level = 'debug' | 'info' | 'warn' | 'error';

const RANK: Readonly<Record<Level, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Whether the operator wants to see everything for a while. One for the process: its loggers change together. */
let isRaised = false;

/** Whether a line of this level is written by a logger that was made for `least`. */
export function isWritten(level: Level, least: Level): boolean {
  return isRaised || RANK[level] <= RANK[least];
}

/** Everything is written from now on, or no longer. @returns which. */
export function toggleDebug(): boolean {
  isRaised = !isRaised;
  return isRaised;
}

/** `kill -USR2 <pid>` writes everything down to debug, and at the next time what LOG_LEVEL says again. */
export function toggleDebugOnSignal(logger: Pick<Logger, 'warn'>): void {
  process.on('SIGUSR2', () => {
    const raised = toggleDebug();
    logger.warn(
      raised
        ? 'the log level is now debug; send SIGUSR2 again to reset it'
        : 'the log level is LOG_LEVEL again',
    );
  });
}
