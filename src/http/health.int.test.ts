import { sql } from '../platform/db/sql';
import { createTestApp, type TestApp } from '../testing/app';
import { Stopwatch } from '../testing/stopwatch';
import { testEnvironment } from '../testing/test-environment';

describe('the probes', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({
      env: { TEMPORAL_ADDRESS: testEnvironment().temporalAddress, RATE_LIMIT_ADDRESS_PER_MINUTE: '1' },
    });
  });
  afterAll(() => app.close());

  it('report that the process is alive', async () => {
    const response = await fetch(`${app.url}/health`);
    expect([response.status, await response.json(), response.headers.get('cache-control')]).toEqual([
      200,
      { status: 'ok' },
      'no-store',
    ]);
  });

  it('report the state of the dependencies', async () => {
    const response = await fetch(`${app.url}/ready`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', checks: { database: 'up', redis: 'off', temporal: 'up' } },
    ]);
  });

  it('need no sign-in and have no limit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => fetch(`${app.url}/${i % 2 === 0 ? 'health' : 'ready'}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('let only the database decide', async () => {
    const alone = await createTestApp({
      env: { TEMPORAL_ADDRESS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' },
    });
    try {
      const response = await fetch(`${alone.url}/ready`);
      expect([response.status, await response.json()]).toEqual([
        200,
        { status: 'ready', checks: { database: 'up', redis: 'down', temporal: 'down' } },
      ]);
    } finally {
      await alone.close();
    }
  });

  it('never wait for an address that is none', async () => {
    const odd = await createTestApp({ env: { TEMPORAL_ADDRESS: 'not an address' } });
    try {
      expect(await (await fetch(`${odd.url}/ready`)).json()).toMatchObject({ checks: { temporal: 'down' } });
    } finally {
      await odd.close();
    }
  });

  it('say within a second that the database does not answer', async () => {
    const { db } = app.container.platform;
    const busy = Array.from({ length: 10 }, () => db.execute(sql`SELECT pg_sleep(1.8)`).catch(() => null));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const watch = new Stopwatch();
    const response = await fetch(`${app.url}/ready`);
    expect([response.status, await response.json(), response.headers.get('retry-after')]).toMatchObject([
      503,
      { status: 'unavailable', checks: { database: 'down' } },
      '2',
    ]);
    expect(watch.stop()).toBeLessThan(1_500);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
    await Promise.all(busy);
  });
});
