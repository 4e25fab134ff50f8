import { loadTemporalSettings } from '../src/config/config';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { runJobCommand } from './job.commands';
import { runningTemporalAddress } from './start/local-temporal';

/** A person waits for the answer, and more patiently than a request does. */
const LIMITS = { callMs: 20_000, attempts: 3 };

/** Lists, starts and cancels background jobs. @returns the exit code */
export async function job(words: readonly string[]): Promise<number> {
  // The Temporal that `npm start` runs in this checkout, unless a setting names another one.
  const settings = loadTemporalSettings(undefined, { TEMPORAL_ADDRESS: runningTemporalAddress() });
  const temporal = new TemporalClient(settings, { warn: console.warn }, LIMITS);
  try {
    return await runJobCommand(words, temporal, (text) => process.stdout.write(text));
  } finally {
    await temporal.close();
  }
}
