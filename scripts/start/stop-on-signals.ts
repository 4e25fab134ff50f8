import { say } from '../setup/steps.cjs';

// npm forwards the Ctrl-C that the terminal has already sent: two signals within this time count as one.
const SAME_SIGNAL_MS = 500;

export interface Stoppable {
  stop: () => Promise<void>;
  kill: () => void;
}

/**
 * The first Ctrl-C, SIGTERM or SIGHUP stops everything in order. Another signal, except SIGHUP, kills
 * everything at once.
 */
export function stopOnSignals({ stop, kill }: Stoppable): void {
  let firstAt: number | undefined;
  const onSignal = async (name: NodeJS.Signals) => {
    if (firstAt !== undefined) {
      // A closing terminal is nobody's decision to lose data.
      if (name === 'SIGHUP' || Date.now() - firstAt < SAME_SIGNAL_MS) return;
      kill();
      process.exit(130);
    }
    firstAt = Date.now();
    say('\nStopping. Press Ctrl-C again to kill everything now.');
    await stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void onSignal(name));
  // After the terminal is closed, printing must not break the stop, so write errors are ignored.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
