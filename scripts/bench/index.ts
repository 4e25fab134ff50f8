import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaNode } from 'execa';
import { Client } from 'pg';
import { poolMaxFor } from '../../src/config/config';
import { AccessTokens } from '../../src/features/auth';
import { freePort } from '../../src/local-servers/ports';
import { startPostgres } from '../../src/local-servers/postgres';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { untilReady } from '../../src/local-servers/until-ready';
import { migrate } from '../../src/platform/db/migrate';
import { newId } from '../../src/shared/ids';
import { idOf, loadDataset } from './dataset';
import { type Measure, measure } from './load';
import { type Target, targetsOf } from './targets';

const SECRET = 'a secret that only the benchmark knows, long enough';
/** Seconds a measurement: long enough for some thousand requests, short enough to repeat all of them. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** Seconds until the JIT compiler has seen the code that this target runs. */
const WARM_UP_SECONDS = 3;
const CONNECTIONS = (process.env.BENCH_CONNECTIONS ?? '16,64').split(',').map(Number);
/**
 * Rounds in which the API and the bare server take turns. The median counts, so that a slow moment of the
 * machine affects both.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** Milliseconds to load the whole API on a busy machine. */
const READY_LIMIT_MS = 15_000;
const CHATS = 400;
const MESSAGES_OF_CHAT = 10;
/** The target `exports` stands for these. */
const EXPORTS = [
  ['submissions', 'csv'],
  ['submissions', 'xlsx'],
  ['roster', 'csv'],
] as const;

interface Running {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

async function start(script: string, env: Record<string, string>, readyPath: string): Promise<Running> {
  const port = await freePort();
  const child = execaNode(script, {
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
    reject: false,
  });
  const url = `http://127.0.0.1:${port}`;
  if (!(await untilReady(url + readyPath, READY_LIMIT_MS))) throw new Error(`${script} does not answer`);
  return {
    url,
    pid: child.pid as number,
    stop: async () => {
      child.kill();
      await child;
    },
  };
}

/** Signs in each caller. Returns one access token per caller. */
async function signIn(client: Client, callers: readonly number[]): Promise<(caller: number) => string> {
  const tokens = new AccessTokens(SECRET);
  const made = new Map<number, string>();
  for (const caller of new Set(callers)) {
    const sessionId = newId();
    await client.query(
      "INSERT INTO refresh_tokens (id, user_id, family_id, token_hash, expires_at, family_expires_at) VALUES ($1, $2, $3::uuid, sha256(($3::uuid)::text::bytea), now() + interval '1 day', now() + interval '1 day')",
      [newId(), idOf('user', caller), sessionId],
    );
    made.set(caller, tokens.sign({ userId: idOf('user', caller), sessionId }));
  }
  return (caller) => made.get(caller) as string;
}

/**
 * Starts one chat per teacher with a tool that the whole tenant may use. The chats exist before the
 * measurement, because statements prepared over an empty table keep the plan for one until its statistics
 * change.
 */
async function makeChats(client: Client): Promise<{ id: string; caller: number }[]> {
  const chats = Array.from({ length: CHATS }, (_, index) => ({
    id: newId(),
    caller: 1 + index,
  }));
  for (const { id, caller } of chats) {
    await client.query(
      'INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version) VALUES ($1, $2, $3, $4, 1)',
      [id, idOf('group', 0), idOf('user', caller), idOf('tool', 0)],
    );
    await client.query(
      `INSERT INTO messages (id, session_id, seq, role, content, state)
       SELECT gen_random_uuid(), $1, n, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'What is one half of it?', 'complete' FROM generate_series(1, $2::int) n`,
      [id, MESSAGES_OF_CHAT],
    );
    await client.query(
      'UPDATE sessions SET last_seq = $2, message_count = $2, last_activity_at = now() WHERE id = $1',
      [id, MESSAGES_OF_CHAT],
    );
  }
  await client.query('ANALYZE sessions, messages, ai_calls');
  return chats;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

function middle(measures: readonly Measure[]): Measure {
  const of = (pick: (each: Measure) => number) => median(measures.map(pick));
  return {
    requestsPerSecond: of((each) => each.requestsPerSecond),
    p50: of((each) => each.p50),
    p99: of((each) => each.p99),
    cpuMicros: measures[0]?.cpuMicros === null ? null : of((each) => each.cpuMicros ?? 0),
    failed: measures.reduce((sum, each) => sum + each.failed, 0),
  };
}

/**
 * Waits until the database is idle: work that the server still does after its clients have gone must not
 * slow the other server.
 */
async function settle(client: Client): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await sleep(100);
    const { rows } = await client.query<{ busy: number }>(
      "SELECT count(*)::int AS busy FROM pg_stat_activity WHERE state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    quiet = rows[0]?.busy === 0 ? quiet + 1 : 0;
  }
}

interface Bench {
  api: Running;
  bare: Running;
  token: (caller: number) => string;
  client: Client;
}

async function compare(target: Target, connections: number, bench: Bench): Promise<string> {
  const { api, bare, token, client } = bench;
  const { requests } = target;
  const ours: Measure[] = [];
  const theirs: Measure[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    // Round -1 warms up.
    const seconds = round < 0 ? WARM_UP_SECONDS : SECONDS;
    await settle(client);
    const one = await measure(api.url, api.pid, requests, connections, seconds, token);
    await settle(client);
    const other = await measure(bare.url, bare.pid, requests, connections, seconds, null);
    if (round < 0) continue;
    ours.push(one);
    theirs.push(other);
  }
  const [one, other] = [middle(ours), middle(theirs)];
  const ratio = (one.requestsPerSecond / other.requestsPerSecond).toFixed(2);
  const failed = one.failed + other.failed > 0 ? ` | ${one.failed}/${other.failed} failed` : '';
  return `| ${target.name} | ${connections} | ${one.requestsPerSecond} | ${other.requestsPerSecond} | **${ratio}** | ${one.p50} / ${one.p99} | ${other.p50} / ${other.p99} | ${one.cpuMicros ?? '–'} / ${other.cpuMicros ?? '–'}${failed} |`;
}

async function prepare(client: Client, only: readonly string[]) {
  const chats = await makeChats(client);
  const targets = targetsOf(chats).filter((target) => only.length === 0 || only.includes(target.name));
  const token = await signIn(
    client,
    targets.flatMap((target) => target.requests.map((request) => request.caller)),
  );
  return { targets, token };
}

async function run(databaseUrl: string, client: Client, only: readonly string[]): Promise<void> {
  const { targets, token } = await prepare(client, only);
  const dist = path.resolve(__dirname, '../..');
  const model = await start(path.join(__dirname, 'scripted-model.js'), {}, '/');
  const shared = {
    DATABASE_URL: databaseUrl,
    // Both have the pool that an API process has by default on this machine.
    DATABASE_POOL_MAX: String(poolMaxFor(availableParallelism())),
    AI_GATEWAY_URL: model.url,
    NODE_ENV: 'production',
  };
  const limits = {
    RATE_LIMIT_PER_MINUTE: '1000000',
    RATE_LIMIT_MESSAGES_PER_MINUTE: '1000000',
    RATE_LIMIT_DEFINITIONS_PER_MINUTE: '1000000',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
  };
  const api = await start(
    path.join(dist, 'src/server.js'),
    {
      ...shared,
      ...limits,
      SESSION_SECRET: SECRET,
      AI_API_KEY: 'none',
      AI_DEFAULT_MODEL: 'bench',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
      HOST: '127.0.0.1',
    },
    '/ready',
  );
  const bare = await start(path.join(__dirname, 'bare-server.js'), shared, '/');
  console.log(
    '\n| target | connections | API req/s | bare req/s | ratio | API p50 / p99 ms | bare p50 / p99 ms | CPU µs a request, API / bare |\n|---|---|---|---|---|---|---|---|',
  );
  try {
    for (const target of targets)
      for (const connections of CONNECTIONS)
        console.log(await compare(target, connections, { api, bare, token, client }));
  } finally {
    await Promise.all([api.stop(), bare.stop(), model.stop()]);
  }
}

/** Exports the whole district, each export in its own process, so that the memory is that of the export. */
async function runExports(databaseUrl: string, storage: string): Promise<void> {
  console.log(
    '\n| export | format | rows | counting, s | rows, s | rows/s | first and last second | putting together, s | most memory, MB |\n|---|---|---|---|---|---|---|---|---|',
  );
  const env = {
    DATABASE_URL: databaseUrl,
    NODE_ENV: 'production',
    SESSION_SECRET: SECRET,
    LOG_LEVEL: 'warn',
    STORAGE_DIR: storage,
  };
  for (const [kind, format] of EXPORTS) {
    // The heap of the worker's image.
    const nodeOptions = ['--max-old-space-size=256'];
    const job = path.join(__dirname, 'export-job.js');
    await execaNode(job, [kind, format], { env, nodeOptions, stdio: 'inherit' });
  }
}

/**
 * `npm run bench [-- target …]`: loads the data set into its own PostgreSQL and compares the API with the
 * bare server.
 */
export async function bench(only: readonly string[]): Promise<void> {
  const folder = makeScratchFolder();
  const password = newId();
  const server = await startPostgres({
    dataDir: `${folder.path}/data`,
    password,
    settings: {
      shared_buffers: '512MB',
      max_connections: 60,
      synchronous_commit: 'off',
      checkpoint_timeout: '30min',
      max_wal_size: '8GB',
    },
  });
  const client = new Client({ connectionString: server.url });
  try {
    await migrate({ databaseUrl: server.url });
    await loadDataset(server.url, console.log);
    await client.connect();
    if (only.includes('exports')) await runExports(server.url, folder.path);
    else await run(server.url, client, only);
  } finally {
    await client.end().catch(() => {});
    await server.stop('immediate');
    folder.remove();
  }
}
