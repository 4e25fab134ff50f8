// Every npm script begins here: `node scripts/run.mjs <command> [...]`. It is plain JavaScript without
// packages, because a fresh clone has nothing installed, generated or compiled yet. The commands themselves
// are in cli.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './setup/build.mjs';
import { completeLockfile } from './setup/lockfile.mjs';
import { checkNode, generate, installDependencies, main, root } from './setup/setup.mjs';
import steps from './setup/steps.cjs';

const [command = 'help', ...args] = process.argv.slice(2);

/** Commands that talk to the system configured in `.env`; tests and drills configure their own. */
const READS_ENV = ['start', 'job', 'doctor', 'audit:verify'];

/** Runs a program with Node and ends with its exit code. @param {string[]} program */
async function run(...program) {
  const { execa } = await import('execa');
  // Ctrl-C reaches the child directly. This process only waits for the child to end, and forwards signals
  // that were sent to it alone.
  process.on('SIGINT', () => undefined);
  const child = execa(process.execPath, program, { cwd: root, stdio: 'inherit', reject: false });
  for (const name of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(name, () => child.kill(name));
  process.exitCode = (await child).exitCode ?? 1;
}

/** Runs the compiled command in this process: one process fewer that must forward signals. */
async function runBuilt() {
  await build();
  await import(pathToFileURL(join(root, 'dist', 'scripts', 'cli.js')).href);
}

/** Runs the command from its TypeScript source. */
const runSource = () =>
  run('--enable-source-maps', '--require', './src/testing/register.cjs', 'scripts/cli.ts', command, ...args);

/** Loaded when needed: an image generates the client before it has the sources. */
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
  // Checked before the build, which would delete the compiled files of a running system.
  if (command === 'start') (await localData()).assertNotRunning();
  await installDependencies();
  await generate();
  await (COMMANDS[command] ?? runSource)();
});
