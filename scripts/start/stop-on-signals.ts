import { say } from '../setup/steps.cjs';

// npm passes on the Ctrl-C that the terminal has sent already: two within this time are one.
const SAME_SIGNAL_MS = 500;

export interface Stoppable {
  stop: () => Promise<void>;
  kill: () => void;
}

/** The first Ctrl-C, SIGTERM or SIGHUP stops in order; another one, unless it is SIGHUP, ends everything at once. */
export function stopOnSignals({ stop, kill }: Stoppable): void {
  let firstAt: number | undefined;
  const onSignal = async (name: NodeJS.Signals) => {
    if (firstAt !== undefined) {
      // A terminal that closes is no decision of anybody to lose something.
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
  // A closed terminal must not break the stop: what is printed then goes nowhere.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
