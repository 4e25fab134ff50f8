import { say } from './steps.cjs';

// npm passes on the Ctrl-C that the terminal has sent already: two within this time are one.
const SAME_SIGNAL_MS = 500;

export interface Stoppable {
  stop: () => Promise<void>;
  kill: () => void;
}

/** The first Ctrl-C, SIGTERM or SIGHUP stops in order, another one ends everything at once. */
export function stopOnSignals({ stop, kill }: Stoppable): void {
  let firstAt: number | undefined;
  const onSignal = async () => {
    if (firstAt !== undefined) {
      if (Date.now() - firstAt < SAME_SIGNAL_MS) return;
      kill();
      process.exit(130);
    }
    firstAt = Date.now();
    say('\nStopping; Ctrl-C again ends everything at once');
    await stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void onSignal());
  // A closed terminal must not break the stop: what is printed then goes nowhere.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
