import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, PASSWORD } from '../auth.builder';

describe('the limits of log-ins', () => {
  let app: TestApp;
  beforeAll(async () => {
    // The defaults of production, as schools have them.
    app = await createTestApp({ env: { RATE_LIMIT_ADDRESS_PER_MINUTE: '600', TRUST_PROXY: '1' } });
  });
  afterAll(() => app.close());

  const login = (email: string, password: string, address = '192.0.2.1') =>
    app.anonymous.post('/auth/login').set('X-Forwarded-For', address).send({ email, password });

  it('let 35 pupils behind one address sign in at the same moment', async () => {
    const pupils = await Promise.all(Array.from({ length: 35 }, () => buildAccount(app.container)));
    const answers = await Promise.all(pupils.map(({ email }) => login(email, PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual(Array(35).fill(200));
  });

  it('let a person sign in as often as they like', async () => {
    const { email } = await buildAccount(app.container);
    for (let i = 0; i < 15; i += 1) await login(email, PASSWORD).expect(200);
  });

  it('slow down only guessing at an account from an address, whether it exists or not', async () => {
    const { email } = await buildAccount(app.container);
    for (const target of [email, 'unknown@example.org']) {
      const guesses = await Promise.all(Array.from({ length: 20 }, () => login(target, 'a wrong guess')));
      expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
      const refused = guesses.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(10);
      expect(refused[0]?.body.error).toMatchObject({
        code: 'RATE_LIMITED',
        details: { reason: 'auth.too_many_attempts' },
      });
      const retryAfter = Number(refused[0]?.headers['retry-after']);
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(60);
    }
    await login(email, PASSWORD).expect(429);
    await login(email, PASSWORD, '192.0.2.2').expect(200);
    const neighbour = await buildAccount(app.container);
    await login(neighbour.email, PASSWORD).expect(200);
  });

  it('slow down guessing at an account from many addresses', async () => {
    const { email } = await buildAccount(app.container);
    const from = (i: number) => `198.51.100.${i}`;
    const guesses = await Promise.all(
      Array.from({ length: 101 }, (_, i) => login(email, 'a wrong guess', from(i))),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(100);
    const refused = await login(email, PASSWORD, '203.0.113.1').expect(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
  });

  it('take neighbouring IPv6 addresses for one', async () => {
    const { email } = await buildAccount(app.container);
    for (let i = 0; i < 10; i += 1) await login(email, 'a wrong guess', `2001:db8:1:1::${i}`).expect(401);
    await login(email, PASSWORD, '2001:db8:1:1:ffff::1').expect(429);
    await login(email, PASSWORD, '2001:db8:2:1::1').expect(200);
  });

  it('have a ceiling for an address over all accounts', async () => {
    const low = await createTestApp({ env: { RATE_LIMIT_ADDRESS_PER_MINUTE: '3' } });
    const tries = [];
    for (let i = 0; i < 5; i += 1) {
      tries.push(
        await low.anonymous.post('/auth/login').send({ email: `nobody${i}@example.org`, password: PASSWORD }),
      );
    }
    expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 429, 429]);
    expect(tries[0]?.headers.ratelimit).toMatch(/^"login"; r=2; t=\d+$/);
    expect(tries[4]?.body.error.details.reason).toBe('rate_limit.exceeded');
    await low.close();
  });
});
