import { createTestApp, type TestApp } from '../../../testing/app';
import { describeWithRedis } from '../../../testing/describe-with-redis';
import { findRedisUrl } from '../../../testing/test-environment';
import { buildAccount, cookiesOf, PASSWORD, withToken } from '../auth.builder';

const SCHOOL = '192.0.2.1';
const NEXT_PASSWORD = 'a longer swim in July';

const deviceCookieOf = (headers: Record<string, unknown>) =>
  cookiesOf(headers['set-cookie'])
    .split('; ')
    .filter((cookie) => cookie.startsWith('__Secure-rapt_device='))
    .join('; ');

/** The tests of a school's devices, wherever the counters are kept. */
function knownDevices(env: () => Record<string, string>): void {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: { TRUST_PROXY: '1', ...env() } });
  });
  afterAll(() => app.close());

  interface From {
    address?: string;
    cookie?: string;
    deviceToken?: string;
  }
  const login = (email: string, password: string, { address = SCHOOL, cookie = '', ...more }: From = {}) =>
    app.anonymous
      .post('/auth/login')
      .set('X-Forwarded-For', address)
      .set('Cookie', cookie)
      .send({ email, password, ...more });

  /** An account, with the device cookie and token of a browser in which it has signed in. */
  async function known(options: { cookie?: string } = {}) {
    const account = await buildAccount(app.container);
    const { body, headers } = await login(account.email, PASSWORD, options).expect(200);
    return { ...account, body: body.data, cookie: deviceCookieOf(headers), token: body.data.deviceToken };
  }
  /** Ten wrong passwords in a minute from the school, a hundred in an hour from everywhere. */
  async function attack(email: string): Promise<void> {
    for (let i = 0; i < 10; i += 1) await login(email, 'a wrong guess').expect(401);
    for (let i = 0; i < 90; i += 1)
      await login(email, 'a wrong guess', { address: `198.51.100.${i}` }).expect(401);
    await login(email, PASSWORD).expect(429);
    await login(email, PASSWORD, { address: '203.0.113.9' }).expect(429);
  }

  it('let their owner in while strangers guess from the same address and from a hundred others', async () => {
    const { email, cookie, token } = await known();
    await attack(email);
    await login(email, PASSWORD, { cookie }).expect(200);
    await login(email, PASSWORD, { deviceToken: token }).expect(200);
    const wrong = [];
    for (let i = 0; i < 11; i += 1) wrong.push((await login(email, 'a wrong guess', { cookie })).status);
    expect(wrong).toEqual([...Array(10).fill(401), 429]);
  });

  it('leave a signed-in person their change of the password while strangers guess', async () => {
    const { email, body } = await known();
    await attack(email);
    await withToken(app.anonymous, 'post', '/auth/password', body.accessToken)
      .send({ currentPassword: PASSWORD, newPassword: NEXT_PASSWORD })
      .expect(204);
  });

  it('are known for their own accounts alone', async () => {
    const first = await known();
    const second = await known({ cookie: first.cookie });
    const stranger = await known();
    for (let i = 0; i < 10; i += 1) await login(first.email, 'a wrong guess').expect(401);
    for (let i = 0; i < 10; i += 1) await login(second.email, 'a wrong guess').expect(401);
    await login(first.email, PASSWORD, { cookie: stranger.cookie }).expect(429);
    await login(first.email, PASSWORD, { deviceToken: `${first.token}x` }).expect(429);
    await login(first.email, PASSWORD, { cookie: second.cookie }).expect(200);
    await login(second.email, PASSWORD, { cookie: second.cookie }).expect(200);
  });

  it('do not reveal whether an account exists', async () => {
    const { cookie, token } = await known();
    const unknown = await login('nobody@example.org', PASSWORD, { cookie, deviceToken: token }).expect(401);
    const other = await buildAccount(app.container);
    const wrong = await login(other.email, 'a wrong guess', { cookie, deviceToken: token }).expect(401);
    expect({ ...unknown.body.error, requestId: '' }).toEqual({ ...wrong.body.error, requestId: '' });
    expect(unknown.headers['set-cookie']).toBeUndefined();
  });

  it('are unknown again after the password was changed, except the one on which it was', async () => {
    const account = await known();
    const other = await login(account.email, PASSWORD).expect(200);
    // Tokens have a time in full seconds, so those of this second would still count.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const { headers } = await withToken(app.anonymous, 'post', '/auth/password', account.body.accessToken)
      .set('Cookie', account.cookie)
      .send({ currentPassword: PASSWORD, newPassword: NEXT_PASSWORD })
      .expect(204);
    for (let i = 0; i < 10; i += 1) await login(account.email, 'a wrong guess').expect(401);
    await login(account.email, NEXT_PASSWORD, { cookie: deviceCookieOf(other.headers) }).expect(429);
    await login(account.email, NEXT_PASSWORD, { cookie: account.cookie }).expect(429);
    await login(account.email, NEXT_PASSWORD, { cookie: deviceCookieOf(headers) }).expect(200);
  });
}

describe('known devices, counted in one process', () => {
  knownDevices(() => ({}));
});

describeWithRedis('known devices, counted in Redis', () => {
  knownDevices(() => ({ REDIS_URL: findRedisUrl() as string }));
});
