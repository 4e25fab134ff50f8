import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './setup/build.mjs';
import { checkNode, generate, installDependencies, main, root } from './setup/setup.mjs';
import steps from './setup/steps.cjs';
import localData from './start/local-data.cjs';

const envFile = join(root, '.env');
if (existsSync(envFile)) process.loadEnvFile(envFile);

const data = new localData.LocalData(root);

function reset() {
  data.reset();
  steps.note('All data are gone; the next "npm start" begins anew');
}

async function start() {
  checkNode();
  // Before the build, which would take the compiled files away under a system that is running.
  data.assertNotRunning();
  await installDependencies();
  await generate();
  await build();
  // In this same process: one less to pass signals on to.
  await import(pathToFileURL(join(root, 'dist', 'scripts', 'dev.js')).href);
}

await main(async () => (process.argv.includes('--reset') ? reset() : start()));
