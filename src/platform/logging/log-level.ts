export type Level = 'debug' | 'info' | 'warn' | 'error';

const RANK: Readonly<Record<Level, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/**
 * Whether the operator wants to see everything for a while. There is one flag per process, so its loggers
 * change together.
 */
let isRaised = false;

/** Whether a logger that was created for `least` writes a line of this level. */
export function isWritten(level: Level, least: Level): boolean {
  return isRaised || RANK[level] <= RANK[least];
}

/** Switches between writing everything and LOG_LEVEL. @returns whether everything is written now */
export function toggleDebug(): boolean {
  isRaised = !isRaised;
  return isRaised;
}

/** `kill -USR2 <pid>` writes everything down to debug; the next one returns to LOG_LEVEL. */
export function toggleDebugOnSignal(logger: { warn(message: string): void }): void {
  process.on('SIGUSR2', () => {
    const raised = toggleDebug();
    logger.warn(
      raised
        ? 'the log level is now debug; send SIGUSR2 again to reset it'
        : 'the log level is LOG_LEVEL again',
    );
  });
}
