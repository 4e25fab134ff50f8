// What every npm script begins with: `node scripts/run.mjs <command> [...]`. Plain JavaScript that needs no package,
// because on a fresh clone nothing is installed, generated or compiled yet. The commands themselves are in cli.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './setup/build.mjs';
import { completeLockfile } from './setup/lockfile.mjs';
import { checkNode, generate, installDependencies, main, root } from './setup/setup.mjs';
import steps from './setup/steps.cjs';

const [command = 'help', ...args] = process.argv.slice(2);

/** What talks to a system that is configured by `.env`; tests and drills make their own. */
const READS_ENV = ['start', 'job', 'doctor', 'audit:verify'];

/** Runs a program with Node and ends with its exit code. @param {string[]} program */
async function run(...program) {
  const { execa } = await import('execa');
  // Ctrl-C reaches the child by itself; this process only waits for it to end, and passes on what was sent to it alone.
  process.on('SIGINT', () => undefined);
  const child = execa(process.execPath, program, { cwd: root, stdio: 'inherit', reject: false });
  for (const name of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(name, () => child.kill(name));
  process.exitCode = (await child).exitCode ?? 1;
}

/** The compiled command in this same process: one less to pass signals on to. */
async function runBuilt() {
  await build();
  await import(pathToFileURL(join(root, 'dist', 'scripts', 'cli.js')).href);
}

/** The command as it is in TypeScript. */
const runSource = () =>
  run('--enable-source-maps', '--require', './src/testing/register.cjs', 'scripts/cli.ts', command, ...args);

/** Not before it is needed: an image generates the client before it has the sources. */
async function localData() {
  const { LocalData } = (await import('./start/local-data.cjs')).default;
  return new LocalData(root);
}

async function reset() {
  (await localData()).reset();
  steps.note('All data were deleted. The next "npm start" starts with an empty system.');
}

/** @type {Record<string, () => unknown>} */
const COMMANDS = {
  generate: () => undefined,
  build,
  start: runBuilt,
  bench: runBuilt,
  test: () => run('node_modules/jest/bin/jest.js', ...args),
};

await main(async () => {
  if (command === 'reset') return reset();
  if (command === 'complete-lockfile') return completeLockfile();
  const envFile = join(root, '.env');
  if (READS_ENV.includes(command) && existsSync(envFile)) process.loadEnvFile(envFile);
  checkNode();
  // Before the build, which would take the compiled files away under a system that is running.
  if (command === 'start') (await localData()).assertNotRunning();
  await installDependencies();
  await generate();
  await (COMMANDS[command] ?? runSource)();
});
