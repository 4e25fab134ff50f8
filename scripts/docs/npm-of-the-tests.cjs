// Stands in for npm while the commands of the docs are tested: `npm run <script> -- <args>` runs the script's
// TypeScript at once, without first making sure that everything is installed, which would be wrong in the midst of a
// test run.
const { spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');
const [run, name = '', separator, ...args] = process.argv.slice(2).filter((word) => word !== '--silent');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const launcher = /^node (\S+\.mjs)$/.exec(scripts[name] ?? '')?.[1];
if (run !== 'run' || launcher === undefined || (separator ?? '--') !== '--') {
  console.error(`npm ${process.argv.slice(2).join(' ')}: not a script of package.json, or not with "--"`);
  process.exit(2);
}
const program = /runTypeScript\('([^']+)'\)/.exec(readFileSync(join(root, launcher), 'utf8'))?.[1];
if (program === undefined) {
  console.error(`${launcher} runs no TypeScript`);
  process.exit(2);
}
const register = join(root, 'src', 'testing', 'register.cjs');
const { status } = spawnSync(process.execPath, ['--require', register, join(root, program), ...args], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
