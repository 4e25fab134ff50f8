import request from 'supertest';
import { z } from 'zod';
import { type LimitedApp, startLimitedApp } from '../../testing/limited-app';
import { defineRoute, everybody, reply } from '../route';

describe('the limits', () => {
  let app: LimitedApp;
  beforeAll(async () => {
    app = await startLimitedApp({
      RATE_LIMIT_PER_MINUTE: '5',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '8',
      RATE_LIMIT_MESSAGES_PER_MINUTE: '2',
    });
  });
  afterAll(() => app.close());

  const call = (path: string, headers: Record<string, string>) => request(app.server).get(path).set(headers);
  async function statuses(times: number, path: string, headers: Record<string, string>): Promise<number[]> {
    const seen = [];
    for (let i = 0; i < times; i += 1) seen.push((await call(path, headers)).status);
    return seen;
  }

  it('count a signed-in person by their id, at any address', async () => {
    const ada = { 'X-User': 'ada' };
    const { headers } = await call('/default', { ...ada, 'X-Forwarded-For': '192.0.2.1' }).expect(200);
    expect(headers.ratelimit).toMatch(/^"default"; r=4; t=60$/);
    expect(headers['ratelimit-policy']).toMatch(/^"default"; q=5; w=60; pk=:[\w+/=]+:$/);
    expect(await statuses(6, '/default', { ...ada, 'X-Forwarded-For': '192.0.2.2' })).toEqual([
      200, 200, 200, 200, 429, 429,
    ]);
    await call('/default', { 'X-User': 'bob', 'X-Forwarded-For': '192.0.2.1' }).expect(200);
  });

  it('answer in our envelope, and say when to try again', async () => {
    await statuses(5, '/default', { 'X-User': 'eve' });
    const { body, headers } = await call('/default', { 'X-User': 'eve' }).expect(429);
    expect(body).toEqual({
      error: {
        code: 'RATE_LIMITED',
        message: expect.any(String),
        details: {
          reason: 'rate_limit.exceeded',
          limit: 'default',
          retryAfterSeconds: Number(headers['retry-after']),
        },
        requestId: expect.any(String),
      },
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(headers.ratelimit).toMatch(/^"default"; r=0; t=\d+$/);
  });

  it('count all other callers by address', async () => {
    expect(await statuses(9, '/default', { 'X-Forwarded-For': '192.0.2.10' })).toEqual([
      ...Array(8).fill(200),
      429,
    ]);
    await call('/default', { 'X-Forwarded-For': '192.0.2.11' }).expect(200);
  });

  it('take the network of an IPv6 address for one', async () => {
    for (let i = 0; i < 8; i += 1)
      await call('/default', { 'X-Forwarded-For': `2001:db8:0:1::${i}` }).expect(200);
    await call('/default', { 'X-Forwarded-For': '2001:db8:0:1::ff' }).expect(429);
    await call('/default', { 'X-Forwarded-For': '2001:db8:9:1::1' }).expect(200);
  });

  it('charge messages to both limits', async () => {
    const { headers } = await call('/messages', { 'X-User': 'may' }).expect(200);
    expect(headers.ratelimit).toBe('"default"; r=4; t=60, "messages"; r=1; t=60');
    expect(await statuses(2, '/messages', { 'X-User': 'may' })).toEqual([200, 429]);
    await call('/default', { 'X-User': 'may' }).expect(200);
    await call('/default', { 'X-User': 'may' }).expect(200);
    await call('/default', { 'X-User': 'may' }).expect(429);
  });

  it('count log-ins by address, even of signed-in people', async () => {
    const at = { 'X-Forwarded-For': '192.0.2.20' };
    expect(await statuses(8, '/login', { ...at, 'X-User': 'una' })).toEqual(Array(8).fill(200));
    await call('/login', at).expect(429);
    await call('/default', at).expect(200);
  });

  it('charge a refused credential to its address, without affecting people who sign in there', async () => {
    const at = { 'X-Forwarded-For': '192.0.2.30' };
    const bad = { ...at, Authorization: 'Bearer nonsense' };
    expect(await statuses(9, '/default', bad)).toEqual([...Array(8).fill(401), 429]);
    const { body } = await call('/default', bad).expect(429);
    expect(body.error.details).toMatchObject({ limit: 'address' });
    await call('/default', at).expect(429);
    const pupils = await Promise.all(
      Array.from({ length: 35 }, (_, i) => call('/default', { ...at, 'X-User': `pupil-${i}` })),
    );
    expect(pupils.map(({ status }) => status)).toEqual(Array(35).fill(200));
    await call('/login', at).expect(200);
  });

  it('charge unmatched requests to their address, without affecting people who sign in there', async () => {
    const unmatched = [
      (at: Record<string, string>) => request(app.server).get('/no-such-route').set(at),
      (at: Record<string, string>) => request(app.server).delete('/default').set(at),
    ];
    for (const [i, ask] of unmatched.entries()) {
      const at = { 'X-Forwarded-For': `192.0.2.5${i}` };
      const before = [404, 405][i];
      for (let n = 0; n < 8; n += 1) expect((await ask(at)).status).toBe(before);
      const { body, headers } = await ask(at).expect(429);
      expect(body.error.details).toMatchObject({ reason: 'rate_limit.exceeded', limit: 'address' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      await call('/default', at).expect(429);
      const pupils = await Promise.all(
        Array.from({ length: 35 }, (_, p) => call('/default', { ...at, 'X-User': `pupil-${i}-${p}` })),
      );
      expect(pupils.map(({ status }) => status)).toEqual(Array(35).fill(200));
    }
  });

  it('name the one that is used up, whichever it is', async () => {
    const named = async (path: string, headers: Record<string, string>) => {
      for (;;) {
        const { status, body } = await call(path, headers);
        if (status === 429) return body.error.details.limit;
      }
    };
    const at = { 'X-Forwarded-For': '192.0.2.40' };
    expect(await named('/default', { 'X-User': 'ann' })).toBe('default');
    expect(await named('/messages', { 'X-User': 'ben' })).toBe('messages');
    expect(await named('/default', at)).toBe('address');
    expect(await named('/login', at)).toBe('login');
  });

  it('leave one warning in ten seconds for each, with how many were refused', async () => {
    const warnings = () => app.logger.lines.filter(({ level }) => level === 'warn');
    const now = jest.spyOn(Date, 'now');
    const start = Date.now();
    try {
      now.mockReturnValue(start + 3_600_000);
      app.logger.lines.length = 0;
      await statuses(8, '/messages', { 'X-User': 'flo' });
      expect(warnings().map(({ message, fields }) => [message, fields.limit, fields.route])).toEqual([
        ['requests were refused by a rate limit', 'messages', 'get /messages'],
        ['requests were refused by a rate limit', 'default', 'get /messages'],
      ]);
      now.mockReturnValue(start + 3_600_000 + 11_000);
      await statuses(1, '/messages', { 'X-User': 'flo' });
      expect(warnings()).toHaveLength(3);
      expect(warnings().at(-1)!.fields).toMatchObject({ limit: 'default', refused: 3 });
    } finally {
      now.mockRestore();
    }
  });

  it('do not affect routes without a limit', async () => {
    expect(await statuses(20, '/none', { 'X-User': 'zoe' })).toEqual(Array(20).fill(200));
  });

  it('admit exactly the allowed number of many simultaneous requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => call('/default', { 'X-User': 'crowd' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  });
});

it('An address that is not well-formed is charged like one that no route has', async () => {
  const route = defineRoute({
    method: 'get',
    path: '/things/:id',
    summary: 'Get a thing',
    access: everybody,
    params: z.strictObject({ id: z.string() }),
    success: { status: 200, description: 'ok', data: z.object({ ok: z.boolean() }) },
    handler: async () => reply.ok({ ok: true }),
  });
  const app = await startLimitedApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '2' }, [route]);
  try {
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await request(app.server).get('/things/%E0%A4%A')).status);
    expect(statuses).toEqual([400, 400, 429]);
  } finally {
    await app.close();
  }
});
