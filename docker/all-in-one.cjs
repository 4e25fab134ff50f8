// For trials and very small schools: runs the API, the worker and a Temporal development server in one
// container, beside your own PostgreSQL. If one of them ends, all of them end, and the container's restart
// policy starts the container again.
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { connect } = require('node:net');
const { join } = require('node:path');

const DATA = process.env.DATA_DIR || '/data';
const TEMPORAL_PORT = Number(process.env.TEMPORAL_PORT) || 7233;
/**
 * Operators find workflows by these attributes. A test keeps them equal to
 * src/platform/temporal/search-attributes.ts.
 */
const SEARCH_ATTRIBUTES = ['RaptTenantId', 'RaptKind', 'RaptSubjectId'];
/** Allows for a file that holds months of workflows, on a cold disk. */
const TEMPORAL_START_MS = 60_000;
const POLL_MS = 200;
/** The API and the worker end within SHUTDOWN_GRACE_MS plus four seconds; after that they are killed. */
const STOP_MS = Number(process.env.SHUTDOWN_GRACE_MS || 20_000) + 5_000;
/** Temporal releases its shards within a second or two. */
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

/**
 * Returns the session secret. It is generated at the first start and kept with the data, so that a trial
 * needs no setting for it.
 */
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
  // The child gets its own process group: a signal to the container then reaches this process alone, which
  // ends the parts in the right order.
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
    // The UI asks for no password: publish its port on the loopback address only.
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

/**
 * Ends the API and the worker before Temporal, because they still report to it while they end. @param
 * {number} code
 */
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
  // On platforms such as Heroku, PORT belongs to the API alone.
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
