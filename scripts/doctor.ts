import { parseArgs } from 'node:util';
import { examineSystem } from './doctor/examination';
import { exitCodeOf, textOf } from './doctor/report';
import { runningEnvironment } from './start/running-environment';

const HELP = `Looks at all that the platform depends on, and says what to do about what is wrong. Changes nothing.

  npm run doctor -- [--json]        node dist/scripts/doctor.js [--json]

Reads the same settings as API and worker; in a checkout with a running "npm start", those of that.
Ends with 0 where nothing has failed (warnings count as none), with 1 otherwise.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
    strict: true,
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const results = await examineSystem(runningEnvironment());
  process.stdout.write(values.json === true ? `${JSON.stringify(results, null, 2)}\n` : textOf(results));
  return exitCodeOf(results);
}

main().then(
  // At once: what does not answer must not keep the process.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
