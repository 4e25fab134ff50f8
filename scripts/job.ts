import { loadTemporalSettings } from '../src/config/config';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { runJobCommand } from './job.commands';
import { runningTemporalAddress } from './start/local-temporal';

/** Somebody sits before it and waits, though more patiently than a request does. */
const LIMITS = { callMs: 20_000, attempts: 3 };

/** Looks at the background jobs, starts and cancels them. @returns the exit code. */
export async function job(words: readonly string[]): Promise<number> {
  // What `npm start` runs in this checkout, unless another one is named.
  const settings = loadTemporalSettings(undefined, { TEMPORAL_ADDRESS: runningTemporalAddress() });
  const temporal = new TemporalClient(settings, { warn: console.warn }, LIMITS);
  try {
    return await runJobCommand(words, temporal, (text) => process.stdout.write(text));
  } finally {
    await temporal.close();
  }
}
