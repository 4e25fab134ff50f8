import { createConnection } from 'node:net';
import { Client } from 'pg';
import { exportFile, type Played, playMainJob } from './main-job';
import { ADMIN, assertConfined, Container, type Services, startServices } from './run-stage';

export interface ProofOptions {
  /** Where the built stages are. */
  work: string;
  dockerfile: string;
  /** A roster of that many is exported at the end; 0 for none. */
  rows: number;
  tell: (line: string) => void;
}

const API_URL = 'http://127.0.0.1:3000';
/** 300,000 rows take half a minute here. */
const EXPORT_LIMIT_MS = 600_000;
/** Requests in flight while memory is measured, and how many rounds of them. */
const CONCURRENCY = 32;
const ROUNDS = 100;

function environment({ databaseUrl, temporalAddress }: Services): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    SESSION_SECRET: 'a secret that only this network knows',
    REGISTRATION_MODE: 'open',
    RATE_LIMIT_PER_MINUTE: '1000000',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    // What the compose file sets for its own network.
    METRICS_PORT: '9464',
  };
}

/** A resolver on the internet; whatever answers there, the packet must not get that far. */
function assertNoNetwork(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '192.0.2.1', port: 53 });
    socket.once('connect', () => reject(new Error('the run stage has a network')));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENETUNREACH' ? resolve() : reject(error),
    );
  });
}

/** Migrates, starts API and worker, plays the main job, and stops them as a container runtime would. */
export async function proveApiAndWorker(options: ProofOptions): Promise<void> {
  const { work, dockerfile, tell } = options;
  await assertNoNetwork();
  const services = await startServices();
  const env = environment(services);
  const api = new Container(work, dockerfile, 'api', env);
  const worker = new Container(work, dockerfile, 'worker', env);
  try {
    const startedAt = Date.now();
    const migrated = await new Container(work, dockerfile, 'migrate', {
      DATABASE_URL: services.databaseUrl,
    }).run();
    tell(`migrate: ${migrated.trim().split('\n').at(-1)}, ${Date.now() - startedAt} ms`);
    worker.start();
    api.start();
    const ready = await Promise.all([api.healthy(), worker.healthy()]);
    tell(`ready: API after ${ready[0]} ms, worker after ${ready[1]} ms; both health checks pass`);
    await assertConfined(api);
    tell('the containers run as an ordinary user without capabilities, and write to /tmp and /data alone');
    tellMemory(tell, 'idle', api, worker);
    const played = await playMainJob({ url: API_URL, admin: ADMIN, tell });
    tellMemory(tell, 'after the main job', api, worker);
    if (options.rows > 0) await load(options, services, played, api, worker);
    tell(`SIGTERM: worker ended after ${await worker.stop()} ms, API after ${await api.stop()} ms`);
    tell('proven');
  } finally {
    await Promise.all([api.remove(), worker.remove()]);
    await services.stop();
  }
}

function tellMemory(tell: ProofOptions['tell'], when: string, ...containers: Container[]): void {
  const parts = containers.map((container) => {
    const { nowMb, peakMb } = container.memory();
    return `${container.target} ${nowMb} MB (at most ${peakMb} MB)`;
  });
  tell(`memory ${when}: ${parts.join(', ')}`);
}

/** Memory is measured where it grows: many requests at once for the API, a large file for the worker. */
async function load(
  { rows, tell }: ProofOptions,
  { databaseUrl }: Services,
  { teacher, classId }: Played,
  api: Container,
  worker: Container,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(
      Array.from({ length: CONCURRENCY }, () => teacher.send('GET', `/classes/${classId}/assignments`)),
    );
  tellMemory(tell, `after ${ROUNDS * CONCURRENCY} requests, ${CONCURRENCY} at a time`, api);
  await addStudents(databaseUrl, classId, rows);
  for (const format of ['csv', 'xlsx']) {
    const startedAt = Date.now();
    const wanted = { kind: 'roster', format, scope: { classId } };
    const text = await exportFile(teacher, wanted, EXPORT_LIMIT_MS);
    tell(
      `${rows} rows as ${format}: ${Math.round(text.length / 1e6)} MB in ${(Date.now() - startedAt) / 1000} s`,
    );
    tellMemory(tell, `after it`, api, worker);
  }
}

async function addStudents(databaseUrl: string, classId: string, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `WITH made AS (
       INSERT INTO users (id, tenant_id, email, name)
       SELECT gen_random_uuid(), (SELECT tenant_id FROM classes WHERE id = $1), 'pupil-' || n || '@image.example', 'Pupil ' || n
       FROM generate_series(1, $2::int) n RETURNING id)
     INSERT INTO class_members (id, class_id, user_id, role) SELECT gen_random_uuid(), $1, id, 'student' FROM made`,
    [classId, count],
  );
  await client.end();
}

/** The same with everything in one container. */
export async function proveAllInOne({ work, dockerfile, tell }: ProofOptions): Promise<void> {
  await assertNoNetwork();
  const services = await startServices();
  const container = new Container(work, dockerfile, 'all-in-one', environment(services));
  try {
    container.start();
    tell(`ready after ${await container.healthy()} ms`);
    await assertConfined(container);
    tellMemory(tell, 'idle', container);
    await playMainJob({ url: API_URL, admin: ADMIN, tell });
    tellMemory(tell, 'after the main job', container);
    tell(`SIGTERM: ended after ${await container.stop()} ms`);
    container.start();
    tell(`started again on the same volume: ready after ${await container.healthy()} ms`);
    const code = await container.loseProcess('dist/workflows/worker.js');
    if (code === 0)
      throw new Error('the container went on without its worker, or ended as if nothing had been');
    tell(`its worker was killed: the container ended with ${code}`);
    tell('proven');
  } finally {
    await container.remove();
    await services.stop();
  }
}
