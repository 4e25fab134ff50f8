import { spawn } from 'node:child_process';
import { checkNode, generate, installDependencies, root } from './setup.mjs';

/**
 * Runs a TypeScript file of the tests as it is, after what a fresh clone needs; the process ends with its exit code.
 * @param {string} file path in the checkout
 * @param {string[]} args
 */
export async function runTypeScript(file, args = process.argv.slice(2)) {
  checkNode();
  await installDependencies();
  await generate();
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--require', './src/testing/register.cjs', file, ...args],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  // Ctrl-C reaches the child by itself; this process only waits for it to end.
  process.on('SIGINT', () => undefined);
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}
