// For trials and very small schools: API, worker and a development server of Temporal in one container, beside a
// PostgreSQL of yours. When one of them ends, all do, and the container's restart policy begins anew.
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { connect } = require('node:net');
const { join } = require('node:path');

const DATA = process.env.DATA_DIR || '/data';
const TEMPORAL_PORT = Number(process.env.TEMPORAL_PORT) || 7233;
/** By these operations find workflows; the same as src/platform/temporal/search-attributes.ts, which a test holds. */
const SEARCH_ATTRIBUTES = ['RaptTenantId', 'RaptKind', 'RaptSubjectId'];
/** A file with months of workflows and a cold disk. */
const TEMPORAL_START_MS = 60_000;
const POLL_MS = 200;
/** API and worker end within SHUTDOWN_GRACE_MS and four seconds; after that nobody waits for them. */
const STOP_MS = Number(process.env.SHUTDOWN_GRACE_MS || 20_000) + 5_000;
/** Temporal hands its shards back within a second or two. */
const TEMPORAL_STOP_MS = 8_000;

const NOTICE = `
  Raptscallions, all in one: API, worker and a development server of Temporal in one container.
  For trials and very small schools. Jobs are kept in ${DATA}/temporal.sqlite: without a volume there, those that
  have not ended are lost with the container, and there is never more than one of it.
  For more, use docker-compose.yml or the Helm chart: docs/deploy.
`;

/** @typedef {{ name: string, child: import('node:child_process').ChildProcess, ended: Promise<number> }} Part */

/** @type {Part[]} */
const parts = [];
let stopping = false;

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

/** One that was made at the first start and is kept with the data; a trial should not need to think of it. */
function sessionSecret() {
  if (process.env.SESSION_SECRET) return process.env.SESSION_SECRET;
  const file = join(DATA, 'session-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** @returns {NodeJS.ProcessEnv} */
function environment() {
  mkdirSync(join(DATA, 'storage'), { recursive: true });
  return {
    ...process.env,
    SESSION_SECRET: sessionSecret(),
    STORAGE_DIR: process.env.STORAGE_DIR || join(DATA, 'storage'),
    TEMPORAL_ADDRESS: `127.0.0.1:${TEMPORAL_PORT}`,
    TEMPORAL_NAMESPACE: 'default',
    WORKER_HEALTH_PORT: process.env.WORKER_HEALTH_PORT || '9465',
  };
}

/** @param {string} name @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Part} */
function start(name, command, args, env) {
  // A group of its own: a signal to the whole container comes here alone, and all end in the right order.
  const child = spawn(command, args, { env, stdio: 'inherit', detached: true });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => {
      say(`${name} could not be started: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return { name, child, ended };
}

/** Keeps a part running for as long as the container runs. @param {Part} part */
function supervise(part) {
  parts.push(part);
  void part.ended.then((code) => {
    if (stopping) return;
    say(`${part.name} has ended with code ${code}; the container ends with it`);
    void stop(1);
  });
}

function temporalArguments() {
  const ui = process.env.TEMPORAL_UI_PORT;
  return [
    ...[
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(TEMPORAL_PORT),
      '--namespace',
      'default',
    ],
    ...['--db-filename', join(DATA, 'temporal.sqlite'), '--log-level', 'error', '--color', 'never'],
    // Whoever publishes that port should do so on the loopback address: nobody is asked for a password there.
    ...(ui ? ['--ui-ip', '0.0.0.0', '--ui-port', ui] : ['--headless']),
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

/** @returns {Promise<boolean>} */
function temporalAnswers() {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: TEMPORAL_PORT });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function untilTemporalAnswers() {
  const end = Date.now() + TEMPORAL_START_MS;
  while (!stopping && !(await temporalAnswers())) {
    if (Date.now() > end) throw new Error('Temporal does not answer');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** @param {Part} part @param {number} limitMs */
async function end(part, limitMs) {
  part.child.kill('SIGTERM');
  const timer = setTimeout(() => part.child.kill('SIGKILL'), limitMs);
  await part.ended;
  clearTimeout(timer);
}

/** API and worker first, Temporal after them: they say their last words to it. @param {number} code */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  const [temporal, ...others] = parts;
  await Promise.all(others.map((part) => end(part, STOP_MS)));
  if (temporal) await end(temporal, TEMPORAL_STOP_MS);
  process.exit(code);
}

async function main() {
  say(NOTICE);
  const env = environment();
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) process.on(signal, () => void stop(0));
  // What a Heroku-like platform calls the port is the API's alone.
  supervise(start('Temporal', process.env.TEMPORAL_CLI || 'temporal', temporalArguments(), process.env));
  const migrated = await start('migrate', process.execPath, ['dist/scripts/cli.js', 'migrate'], env).ended;
  if (migrated !== 0) return stop(migrated);
  await untilTemporalAnswers();
  if (stopping) return;
  supervise(start('worker', process.execPath, ['--max-old-space-size=256', 'dist/workflows/worker.js'], env));
  supervise(start('API', process.execPath, ['--max-old-space-size=384', 'dist/src/server.js'], env));
}

main().catch((error) => {
  say(error instanceof Error ? error.message : String(error));
  void stop(1);
});
