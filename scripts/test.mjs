import { spawn } from 'node:child_process';
import { checkNode, generate, installDependencies, main, root } from './setup/setup.mjs';

/** @param {string[]} args @returns {Promise<number>} */
function jest(args) {
  const child = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  // Ctrl-C reaches Jest by itself; this process only waits for it to end, and passes on what was sent to it alone.
  process.on('SIGINT', () => undefined);
  for (const name of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  process.exitCode = await jest(process.argv.slice(2));
});
