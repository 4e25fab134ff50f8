import { loadTemporalSettings } from '../src/config/config';
import { EnvError } from '../src/config/env';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { EXIT, runJobCommand } from './job.commands';
import { runningTemporalAddress } from './start/local-temporal';

/** Somebody sits before it and waits, though more patiently than a request does. */
const LIMITS = { callMs: 20_000, attempts: 3 };

async function main(): Promise<number> {
  // What `npm start` runs in this checkout, unless another one is named.
  const settings = loadTemporalSettings(undefined, { TEMPORAL_ADDRESS: runningTemporalAddress() });
  const temporal = new TemporalClient(settings, { warn: console.warn }, LIMITS);
  try {
    return await runJobCommand(process.argv.slice(2), temporal, (text) => process.stdout.write(text));
  } finally {
    await temporal.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof EnvError ? error.message : error);
    process.exit(EXIT.failed);
  },
);
