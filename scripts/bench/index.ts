import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { Client } from 'pg';
import { AccessTokens } from '../../src/features/auth';
import { migrate } from '../../src/platform/db/migrate';
import { newId } from '../../src/shared/ids';
import { freePort } from '../infra/ports';
import { startPostgres } from '../infra/postgres';
import { makeScratchFolder } from '../infra/scratch-folder';
import { idOf, loadDataset } from './dataset';
import { type Measure, measure } from './load';
import { type Target, targetsOf } from './targets';

const SECRET = 'a secret that only the benchmark knows, long enough';
/** Each measurement; long enough for some thousand requests, short enough for all to be repeated. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
/** Until the compiler has seen the code that this target runs. */
const WARM_UP_SECONDS = 3;
const CONNECTIONS = (process.env.BENCH_CONNECTIONS ?? '16,64').split(',').map(Number);
/** Rounds of API and bare server in turn; the median counts, so that a slow moment of the machine hits both. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const POOL = '6';
const CHATS = 400;

interface Running {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

async function start(script: string, env: Record<string, string>, readyPath: string): Promise<Running> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [script], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ok = await fetch(url + readyPath).then(
      (response) => response.status < 500,
      () => false,
    );
    if (ok) break;
    if (tries > 150 || child.exitCode !== null) throw new Error(`${script} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    pid: child.pid as number,
    stop: () => new Promise((resolve) => child.once('exit', () => resolve()).kill('SIGTERM')),
  };
}

/** A sign-in and an access token for each caller. */
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

/** Teachers trying out a tool that the whole tenant may use. */
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
  }
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

async function compare(
  target: Target,
  connections: number,
  api: Running,
  bare: Running,
  token: (caller: number) => string,
): Promise<string> {
  const { requests } = target;
  const ours: Measure[] = [];
  const theirs: Measure[] = [];
  await measure(api.url, api.pid, requests, connections, WARM_UP_SECONDS, token);
  await measure(bare.url, bare.pid, requests, connections, WARM_UP_SECONDS, null);
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await measure(api.url, api.pid, requests, connections, SECONDS, token));
    theirs.push(await measure(bare.url, bare.pid, requests, connections, SECONDS, null));
  }
  const [one, other] = [middle(ours), middle(theirs)];
  const ratio = (one.requestsPerSecond / other.requestsPerSecond).toFixed(2);
  const failed = one.failed + other.failed > 0 ? ` | ${one.failed}/${other.failed} failed` : '';
  return `| ${target.name} | ${connections} | ${one.requestsPerSecond} | ${other.requestsPerSecond} | **${ratio}** | ${one.p50} / ${one.p99} | ${other.p50} / ${other.p99} | ${one.cpuMicros ?? '–'} / ${other.cpuMicros ?? '–'}${failed} |`;
}

async function prepare(databaseUrl: string, only: readonly string[]) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const chats = await makeChats(client);
    const targets = targetsOf(chats).filter((target) => only.length === 0 || only.includes(target.name));
    const token = await signIn(
      client,
      targets.flatMap((target) => target.requests.map((request) => request.caller)),
    );
    return { targets, token };
  } finally {
    await client.end();
  }
}

async function run(databaseUrl: string, only: readonly string[]): Promise<void> {
  const { targets, token } = await prepare(databaseUrl, only);
  const dist = path.resolve(__dirname, '../..');
  const model = await start(path.join(__dirname, 'scripted-model.js'), {}, '/');
  const shared = {
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: POOL,
    AI_GATEWAY_URL: model.url,
    NODE_ENV: 'production',
  };
  const limits = {
    RATE_LIMIT_PER_MINUTE: '1000000',
    RATE_LIMIT_MESSAGES_PER_MINUTE: '1000000',
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
        console.log(await compare(target, connections, api, bare, token));
  } finally {
    await Promise.all([api.stop(), bare.stop(), model.stop()]);
  }
}

/** `npm run bench [-- target …]`: loads the data set into a PostgreSQL of its own and compares API and bare server. */
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
  try {
    await migrate({ databaseUrl: server.url });
    await loadDataset(server.url, console.log);
    await run(server.url, only);
  } finally {
    await server.stop('immediate');
    folder.remove();
  }
}
