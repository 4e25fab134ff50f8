import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createTestApp, type TestApp } from '../../testing/app';
import { startTestPostgres, type TestPostgres } from '../../testing/database';
import { World } from '../../testing/world';
import { migrate } from './migrate';
import { sql } from './sql';

const POOL = 5;
const CALLERS = 15;
/** The limit that clients and operators are promised. */
const ANSWER_LIMIT_MS = 3_000;
const RECOVERY_LIMIT_MS = 5_000;

interface Seen {
  what: string;
  status: number;
  code: string | undefined;
  retryAfter: string | null;
  startedAt: number;
  ms: number;
}

describe('while PostgreSQL is away', () => {
  let postgres: TestPostgres;
  let app: TestApp;
  let token: string;
  let groupId: string;
  const reasons: unknown[] = [];
  // Callers and server share this process and this machine with others, whose delays are not the database's
  // fault.
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const slackMs = () => 100 + (3 * delay.max) / 1e6;
  const onRejection = (reason: unknown): void => void reasons.push(reason);

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await migrate({ databaseUrl: postgres.databaseUrl });
    app = await createTestApp({
      database: { url: postgres.databaseUrl, adminUrl: postgres.url, drop: async () => {} },
      env: {
        DATABASE_POOL_MAX: String(POOL),
        DATABASE_WAIT_MS: '1800',
        DATABASE_STATEMENT_MS: '2000',
        LOG_LEVEL: 'error',
      },
    });
    const world = new World(app.container);
    const group = await world.group();
    const admin = await world.member(group, 'admin');
    groupId = group.id;
    token = (await app.as(admin.id)).token as string;
    process.on('unhandledRejection', onRejection);
    delay.enable();
  });
  beforeEach(() => delay.reset());
  afterAll(async () => {
    delay.disable();
    process.off('unhandledRejection', onRejection);
    await app?.close();
    await postgres?.remove();
  });
  afterEach(() => expect(reasons).toEqual([]));

  const db = () => app.container.platform.db;
  let writes = 0;

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Seen> {
    const startedAt = Date.now();
    const response = await fetch(`${app.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error?: { code: string } };
    return {
      what: `${method} ${path}`,
      status: response.status,
      code: answer.error?.code,
      retryAfter: response.headers.get('retry-after'),
      startedAt,
      ms: Date.now() - startedAt,
    };
  }
  /** Reads by one statement, reads of lists, writes in a transaction, and idempotent writes. */
  const kinds: (() => Promise<Seen>)[] = [
    () => ask('GET', `/api/v1/groups/${groupId}`),
    () => ask('GET', '/api/v1/groups?limit=5'),
    () => ask('POST', '/api/v1/groups', { name: `Group ${(writes += 1)}`, parentId: groupId }),
    () =>
      ask(
        'POST',
        '/api/v1/groups',
        { name: `Group ${(writes += 1)}`, parentId: groupId },
        { 'Idempotency-Key': `key-${writes}` },
      ),
    () => ask('PATCH', `/api/v1/groups/${groupId}`, { name: `Name ${(writes += 1)}` }),
  ];

  /** Starts callers that send requests until they are stopped. */
  function load() {
    const seen: Seen[] = [];
    let going = true;
    const callers = Array.from({ length: CALLERS }, async (_, i) => {
      for (let n = i; going; n += 1) {
        const kind = kinds[n % kinds.length] as () => Promise<Seen>;
        const one = await kind();
        seen.push(one);
        await sleep(one.status >= 500 ? 20 : 5);
      }
    });
    return {
      seen,
      stop: async () => {
        going = false;
        await Promise.all(callers);
      },
    };
  }

  /** Measures the milliseconds until every kind of request has worked again several times. */
  async function recoveryTime(): Promise<number> {
    const begun = Date.now();
    let first = Number.POSITIVE_INFINITY;
    for (let good = 0; good < 3 && Date.now() < begun + 2 * RECOVERY_LIMIT_MS; ) {
      const answers = await Promise.all(kinds.map((kind) => kind()));
      good = answers.every(({ status }) => status < 300) ? good + 1 : 0;
      if (good === 1) first = Date.now() - begun;
      if (good === 0) await sleep(50);
    }
    return first;
  }

  function assertAnswered(seen: readonly Seen[]): void {
    const failed = seen.filter(({ status }) => status >= 300);
    expect(
      failed.filter(
        ({ status, code, retryAfter }) =>
          status !== 503 || code !== 'DEPENDENCY_UNAVAILABLE' || retryAfter === null,
      ),
    ).toEqual([]);
    expect(failed.length).toBeGreaterThan(CALLERS);
    const slowest = Math.max(...failed.map(({ ms }) => ms));
    expect(slowest).toBeLessThan(ANSWER_LIMIT_MS + slackMs());
  }

  async function assertNothingLeaked(): Promise<void> {
    const { totalCount, idleCount, waitingCount } = db().pools.primary;
    expect({ waiting: waitingCount, busy: totalCount - idleCount }).toEqual({ waiting: 0, busy: 0 });
    const row = await db().row(
      sql`SELECT count(*) FILTER (WHERE application_name = 'raptscallions-api') AS pool, count(*) FILTER (WHERE application_name = 'raptscallions-bus') AS bus,
            count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS open
          FROM pg_stat_activity WHERE datname = current_database()`,
      z.object({ pool: z.number(), bus: z.number(), open: z.number() }),
    );
    expect(row?.pool).toBeLessThanOrEqual(POOL);
    expect(row).toMatchObject({ bus: 1, open: 0 });
  }

  it.each(['frozen', 'killed', 'stopped'] as const)(
    '%s under load: 503 in time, and back by itself',
    async (how) => {
      const before = load();
      await sleep(500);
      const since = Date.now();
      if (how === 'frozen') postgres.freeze();
      else if (how === 'killed') await postgres.kill();
      else await postgres.stop('fast');

      await sleep(2_000);
      const ready = await fetch(`${app.url}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([
        503,
        { status: 'unavailable', checks: { database: 'down' } },
      ]);
      expect((await fetch(`${app.url}/health`)).status).toBe(200);
      await sleep(4_000);

      if (how === 'frozen') postgres.thaw();
      else await postgres.restart();
      const back = Date.now();
      const recovery = await recoveryTime();
      await sleep(300);
      await before.stop();
      const during = before.seen.filter(
        ({ startedAt, ms }) => startedAt + ms > since && startedAt < back - 100,
      );
      assertAnswered(during);
      expect(recovery).toBeLessThan(RECOVERY_LIMIT_MS + slackMs());
      await sleep(2_500);
      await assertNothingLeaked();
      expect((await fetch(`${app.url}/ready`)).status).toBe(200);
    },
  );

  it('answers 503 in time while slow statements use up the pool, and recovers afterwards', async () => {
    let isHeld = true;
    const slow = Array.from({ length: POOL }, async (_, i) => {
      const sleepy = () => db().execute(sql`SELECT pg_sleep(1.9)`);
      while (isHeld) await (i % 2 === 0 ? sleepy() : db().transaction(sleepy)).catch(() => null);
    });
    await sleep(50);
    const others = load();
    // However fast the machine is: until each caller can have been refused.
    while (others.seen.filter(({ status }) => status >= 300).length <= CALLERS) await sleep(50);
    isHeld = false;
    await Promise.all(slow);
    const done = Date.now();
    const recovery = await recoveryTime();
    await others.stop();
    assertAnswered(others.seen.filter(({ startedAt }) => startedAt < done));
    expect(recovery).toBeLessThan(RECOVERY_LIMIT_MS + slackMs());
    await assertNothingLeaked();
  });

  it('keeps nothing of a transaction whose connection was cut, and the next request works', async () => {
    const work = db().transaction(async () => {
      await db().execute(sql`UPDATE groups SET name = 'half done' WHERE id = ${groupId}::uuid`);
      await db().execute(sql`SELECT pg_terminate_backend(pg_backend_pid())`);
    });
    await expect(work).rejects.toThrow();
    const { status } = await ask('GET', `/api/v1/groups/${groupId}`);
    expect(status).toBe(200);
    const row = await db().row(
      sql`SELECT name FROM groups WHERE id = ${groupId}::uuid`,
      z.object({ name: z.string() }),
    );
    expect(row?.name).not.toBe('half done');
    await assertNothingLeaked();
  });
});
