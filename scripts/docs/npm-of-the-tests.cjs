// Replaces npm while the commands of the docs are tested: `npm run <script> -- <args>` runs the script's
// TypeScript directly. The real npm would first install what is missing, in the middle of a test run.
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const [run, name = '', separator, ...args] = process.argv.slice(2).filter((word) => word !== '--silent');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const command = /^node scripts\/run\.mjs (\S+)$/.exec(scripts[name] ?? '')?.[1];
if (run !== 'run' || command === undefined || (separator ?? '--') !== '--') {
  console.error(`npm ${process.argv.slice(2).join(' ')}: not a script of package.json, or not with "--"`);
  process.exit(2);
}
const register = join(root, 'src', 'testing', 'register.cjs');
const cli = join(root, 'scripts', 'cli.ts');
const { status } = spawnSync(process.execPath, ['--require', register, cli, command, ...args], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
