import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureTemporalCli } from '../src/local-servers/temporal-cli';
import { StageBuilder } from './image/build-stages';
import { readDockerfile, stagesFor } from './image/dockerfile';
import { proveAllInOne, proveApiAndWorker } from './image/proofs';
import { assertSandboxPossible } from './image/sandbox';
import { fail, note, say } from './setup/steps.cjs';

const USAGE = `npm run prove:image -- [--target all-in-one] [--rows N] [--keep] [--work FOLDER --run-only]

Stands in for "docker build" and "docker run" where there is no engine: runs the stages of docker/Dockerfile in a clean
folder, then API and worker (or the all-in-one container) from the result as an ordinary user on a read-only file
system, in a network of its own with no way out, and plays the main job against them. Takes Linux and root.

  --target     all-in-one instead of migrate, api and worker
  --rows N     also exports a roster of N students, and tells what memory that took
  --keep       leaves the folder with the images in place, and names it
  --run-only   does not build: runs what --work holds from an earlier time`;

const root = join(__dirname, '..');
const dockerfile = join(root, 'docker', 'Dockerfile');

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', default: 'api' },
    rows: { type: 'string', default: '0' },
    work: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'run-only': { type: 'boolean', default: false },
    'in-own-network': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function build(work: string): Promise<void> {
  const startedAt = Date.now();
  const stages = readDockerfile(dockerfile);
  const builder = new StageBuilder(root, work, note);
  const targets = options.target === 'all-in-one' ? ['all-in-one'] : ['migrate', 'worker', 'api'];
  const needed = new Set(targets.flatMap((target) => stagesFor(stages, target)));
  for (const stage of needed) await builder.build(stage);
  const skipped = [...builder.built.values()].flatMap((stage) => stage.skipped);
  for (const command of skipped) note(`left to a real build: RUN ${command}`);
  note(`built in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** The rest once more, in a network that has nothing but itself in it. */
async function runInOwnNetwork(work: string): Promise<number> {
  const args = [...process.execArgv, __filename, '--in-own-network', '--work', work];
  const more = ['--target', options.target, '--rows', options.rows];
  const child = spawn(
    'unshare',
    ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...args, ...more],
    { cwd: root, stdio: 'inherit' },
  );
  process.on('SIGINT', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<void> {
  if (options.help) return say(USAGE);
  if (options['in-own-network']) {
    const prove = options.target === 'all-in-one' ? proveAllInOne : proveApiAndWorker;
    return prove({ work: options.work as string, dockerfile, rows: Number(options.rows), tell: note });
  }
  assertSandboxPossible();
  // What is missing comes over the network now; later there is none.
  await ensureTemporalCli({ onProgress: note });
  const work = options.work ?? mkdtempSync(join(tmpdir(), 'raptscallions-image-'));
  mkdirSync(work, { recursive: true });
  try {
    if (!options['run-only']) await build(work);
    process.exitCode = await runInOwnNetwork(work);
  } finally {
    if (options.keep || options.work !== undefined) note(`the images are in ${work}`);
    else rmSync(work, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  fail(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
