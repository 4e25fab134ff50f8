import Redis from 'ioredis';
import request from 'supertest';
import { type RedisServer, startRedis } from '../../local-servers/redis';
import { describeWithRedis } from '../../testing/describe-with-redis';
import { type LimitedApp, startLimitedApp } from '../../testing/limited-app';
import { Stopwatch } from '../../testing/stopwatch';
import { AttemptLimit } from './attempt-limit';

/** A request may wait 300 ms for Redis; the rest allows for everything else on a busy machine. */
const PROMISED_MS = 300 + 500;
const LIMIT = 10;

describeWithRedis('limits in Redis', () => {
  let server: RedisServer;
  let apps: LimitedApp[];
  let counter = 0;
  beforeAll(async () => {
    server = await startRedis();
    const env = {
      REDIS_URL: server.url,
      RATE_LIMIT_PER_MINUTE: String(LIMIT),
      RATE_LIMIT_MESSAGES_PER_MINUTE: '5',
    };
    apps = await Promise.all([startLimitedApp(env), startLimitedApp(env)]);
    await untilShared();
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await server.kill();
  });

  const someone = () => {
    counter += 1;
    return `user-${counter}`;
  };
  const app = (i: number) => apps[i % apps.length] as LimitedApp;
  const call = (i: number, user: string) => request(app(i).server).get('/default').set('X-User', user);

  async function passed(user: string, requests: number): Promise<number> {
    const answers = await Promise.all(Array.from({ length: requests }, (_, i) => call(i, user)));
    return answers.filter(({ status }) => status === 200).length;
  }

  /** Waits until both processes see each other's counts. */
  async function untilShared(): Promise<void> {
    for (let tries = 0; tries < 60; tries += 1) {
      const user = someone();
      await call(0, user);
      const { headers } = await call(1, user);
      if (headers.ratelimit?.includes(`r=${LIMIT - 2};`)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the two processes do not share their counters');
  }

  /** How long a request waited for Redis: the time of the answer without the rest of the work. */
  async function waitOf(i: number, path: string, user: string): Promise<number> {
    const watch = new Stopwatch();
    await request(app(i).server).get(path).set('X-User', user).expect(200);
    return watch.stop();
  }

  it('hold over all processes together', async () => {
    expect(await passed(someone(), 3 * LIMIT)).toBe(LIMIT);
  });

  it('continue in each process while Redis is stopped, without waiting, and return with it', async () => {
    const user = someone();
    expect(await passed(user, 4)).toBe(4);
    await server.stop();
    const waits = [];
    for (let i = 0; i < 8; i += 1) waits.push(await waitOf(i, '/messages', user));
    expect(Math.max(...waits)).toBeLessThan(PROMISED_MS);
    // Each process has counted in parallel: two before, four now, four left.
    expect(await passed(user, 20)).toBe(2 * (LIMIT - 6));
    await server.restart();
    await untilShared();
    expect(await passed(someone(), 3 * LIMIT)).toBe(LIMIT);
  });

  it('continue in each process while Redis is frozen, without waiting, and return with it', async () => {
    const user = someone();
    await call(0, user).expect(200);
    server.freeze();
    try {
      const waits = await Promise.all(
        Array.from({ length: 8 }, (_, i) => waitOf(i, '/messages', `${user}-${i}`)),
      );
      expect(Math.max(...waits)).toBeLessThan(PROMISED_MS);
      const later = [];
      for (let i = 0; i < 6; i += 1) later.push(await waitOf(0, '/default', user));
      expect(Math.max(...later)).toBeLessThan(PROMISED_MS);
      expect(await passed(user, 20)).toBe(LIMIT - 7 + LIMIT);
    } finally {
      server.thaw();
    }
    await untilShared();
  });

  it('survive that Redis forgets its scripts', async () => {
    const redis = new Redis(server.url);
    await redis.script('FLUSH');
    await redis.quit();
    await untilShared();
  });

  it('keep no e-mail or address in Redis', async () => {
    const redis = new Redis(server.url);
    const limit = new AttemptLimit(redis, {
      name: 'test',
      limit: 1,
      windowMs: 60_000,
      reason: 'test.too_many',
    });
    await limit.take('ada@example.org', '192.0.2.1');
    await expect(limit.take('ada@example.org', '192.0.2.1')).rejects.toMatchObject({
      kind: 'rate_limited',
      details: { reason: 'test.too_many' },
    });
    await limit.refund('ada@example.org', '192.0.2.1');
    await limit.refund('ada@example.org', '192.0.2.1');
    await expect(limit.take('ada@example.org', '192.0.2.1')).resolves.toBeUndefined();
    const keys = await redis.keys('rate:test:*');
    expect(keys).toHaveLength(1);
    expect(keys.join()).not.toMatch(/ada|192/);
    await redis.quit();
  });

  it('are there from the first request of a process that started without Redis', async () => {
    const lonely = await startLimitedApp({ REDIS_URL: 'redis://127.0.0.1:1', RATE_LIMIT_PER_MINUTE: '2' });
    const ask = () => request(lonely.server).get('/default').set('X-User', 'u');
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429]);
    await lonely.close();
  });
});
