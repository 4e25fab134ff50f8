import { Command } from 'commander';
import { EnvError } from '../src/config/env';

/**
 * Every command of the project, behind the npm scripts (`npm run doctor -- --json`) and in the images
 * (`node dist/scripts/cli.js doctor --json`). A command loads its code when it is called, because a
 * migration needs no Temporal and the images have no test code.
 */
const program = new Command('npm run').description('Runs and maintains Raptscallions.');

/** Ends at once, because a server that does not answer must not keep the process alive. */
const end = (code: number): never => process.exit(code);

program
  .command('start')
  .description('start a development system and keep it running')
  .action(async () => {
    await (require('./start/development') as typeof import('./start/development')).startDevelopment();
  });

program
  .command('migrate')
  .description('migrate the database to the newest version')
  .action(async () => {
    await (require('./migrate') as typeof import('./migrate')).migrateDatabase();
  });

program
  .command('seed-demo')
  .description('fill an empty database with the demo district (its password is public)')
  .option('--force', 'create it even outside of npm start')
  .action(async (options) => {
    await (require('./seed-demo') as typeof import('./seed-demo')).seedDemoDistrict(options);
  });

program
  .command('apply-schedules')
  .description('create, update and delete the schedules in Temporal (each worker does this when it starts)')
  .action(async () => {
    await (require('./apply-schedules') as typeof import('./apply-schedules')).applyScheduleTable();
  });

program
  .command('doctor')
  .description('check every service and setting that the platform needs, and suggest fixes (changes nothing)')
  .usage('-- [options]')
  .option('--json', 'print JSON')
  .addHelpText(
    'after',
    '\nReads the same settings as the API and the worker. In a checkout with a running "npm start", it reads the settings of that system.\n' +
      'Exit code: 0 if nothing has failed (warnings do not count), otherwise 1.',
  )
  .action(async (options) => end(await (require('./doctor') as typeof import('./doctor')).doctor(options)));

program
  .command('job')
  .description('show, start and cancel background jobs')
  .argument('[words...]')
  // The command parses its own words: it explains them if they are wrong, and exits with 2.
  .helpOption(false)
  .allowUnknownOption()
  .action(async (_words, _options, { args }: Command) =>
    end(await (require('./job') as typeof import('./job')).job(args)),
  );

program
  .command('audit:verify')
  .description('compare the audit events with their hash chains (changes nothing)')
  .usage('-- [options]')
  .option('--tenant <id>', 'check only the chain of this tenant; "none" for events without a tenant')
  .option('--json', 'print one line of JSON per chain')
  .option(
    '--write-anchor <file>',
    'write the ends of the chains to this file; keep it where database admins cannot write',
  )
  .option('--anchor <file>', 'also compare with this file; this finds chains that were replaced as a whole')
  .addHelpText(
    'after',
    '\nUses DATABASE_URL, or the database of a running "npm start" if DATABASE_URL is not set.\n' +
      'Exit code: 0 if all chains are intact, 1 if a chain is not intact, 2 if nothing could be compared.',
  )
  .exitOverride(({ exitCode }) => end(exitCode === 0 ? 0 : CANNOT_COMPARE))
  .action(async (options) => {
    const { auditVerify } = require('./audit-verify') as typeof import('./audit-verify');
    end(await auditVerify(options).catch((error: unknown) => fail(error, CANNOT_COMPARE)));
  });

program
  .command('bench')
  .description('compare the API with the least that can answer (after `npm run build`)')
  .argument('[targets...]', 'some of the targets, or "exports"')
  .action(async (targets) => {
    await (require('./bench') as typeof import('./bench')).bench(targets);
  });

program
  .command('docs:configuration')
  .description('write docs/configuration.md anew')
  .action(() => {
    (require('./docs/configuration') as typeof import('./docs/configuration')).writeConfigurationPage();
  });

program
  .command('helm:check')
  .description('lint the chart and hold what it makes against the schemas of Kubernetes')
  .action(async () => end(await (require('./helm-check') as typeof import('./helm-check')).helmCheck()));

program
  .command('docker:check')
  .description('build the images, run them together and try to break them')
  .argument('[words...]')
  // The command reads its own options, so that its tests can call the same function.
  .helpOption(false)
  .allowUnknownOption()
  .action(async (_words, _options, { args }: Command) =>
    end(await (require('./docker-check') as typeof import('./docker-check')).dockerCheck(args)),
  );

program
  .command('drill')
  .description('break the running system in every way there is, and say what became of its work')
  .argument('[words...]', 'names of drills, a number of rounds')
  .action(async (words) => {
    const { drill } = require('../workflows/testing/drill') as { drill: ForWords<number> };
    end(await drill(words));
  });

program
  .command('record-histories')
  .description('record the histories that the replay test holds workflows to')
  .argument('[jobs...]', 'some of the jobs')
  .action(async (jobs) => {
    const { recordHistories } = require('../workflows/testing/record-histories') as {
      recordHistories: ForWords<void>;
    };
    await recordHistories(jobs);
    end(0);
  });

/** Test code is not compiled with the rest, so the compiler does not see these two commands. */
type ForWords<T> = (words: readonly string[]) => Promise<T>;

/** The exit code of `audit:verify` if it could not compare anything. */
const CANNOT_COMPARE = 2;

function fail(error: unknown, code = 1): never {
  if (error instanceof EnvError) console.error(error.message);
  else if (error instanceof Error) console.error(error.message || String((error as { code?: string }).code));
  else console.error(error);
  return end(code);
}

program.parseAsync().catch(fail);
