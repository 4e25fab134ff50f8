import { routesOf } from '../../../routes';
import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, cookiesOf, type LoggedIn, logIn, PASSWORD } from '../auth.builder';

const FOREIGN = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
const ALLOWED = { Origin: 'https://app.example.org', 'Sec-Fetch-Site': 'cross-site' };
const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';

describe('requests authenticated by cookie', () => {
  let app: TestApp;
  let ada: LoggedIn;
  let bob: LoggedIn;
  beforeAll(async () => {
    app = await createTestApp({ env: { CORS_ORIGINS: 'https://app.example.org' } });
    ada = await logIn(app, (await buildAccount(app.container)).email);
    bob = await logIn(app, (await buildAccount(app.container)).email);
  });
  afterAll(() => app.close());

  const rename = (headers: Record<string, string>) =>
    app.anonymous.patch('/auth/me').set(headers).send({ name: 'By cookie' });
  const expectRefused = ({ status, body }: { status: number; body: { error?: { details: object } } }) =>
    expect({ status, details: body.error?.details }).toEqual({
      status: 403,
      details: { reason: 'auth.csrf' },
    });

  it('may read without further ado', async () => {
    const { body } = await app.anonymous.get('/auth/me').set('Cookie', ada.cookies).expect(200);
    expect(body.data.id).toBe(ada.userId);
  });

  it.each([
    ['a script', {}],
    ['a page of this host', { 'Sec-Fetch-Site': 'same-origin' }],
    ['an allowed client elsewhere', ALLOWED],
  ])('may change something from %s, with the token of their sign-in', async (_from, headers) => {
    await rename({ Cookie: ada.cookies, 'X-CSRF-Token': ada.csrfToken, ...headers }).expect(200);
  });

  it('keep their token over a refresh', async () => {
    const { headers } = await app.anonymous.post('/auth/refresh').set('Cookie', bob.cookies).expect(200);
    bob = { ...bob, cookies: cookiesOf(headers['set-cookie']) };
    await rename({ Cookie: bob.cookies, 'X-CSRF-Token': bob.csrfToken }).expect(200);
  });

  it('may not change anything on any route without the token, with another’s, or from another site', async () => {
    const routes = routesOf(app.container).filter(
      ({ method, access }) => method !== 'get' && access.kind !== 'public',
    );
    expect(routes.length).toBeGreaterThan(6);
    for (const { method, path } of routes) {
      const call = (headers: Record<string, string>) =>
        app.anonymous[method](path.replaceAll(/:\w+/g, NO_ID))
          .set({ Cookie: ada.cookies, ...headers })
          .send({});
      expectRefused(await call({}));
      expectRefused(await call({ 'X-CSRF-Token': '' }));
      expectRefused(await call({ 'X-CSRF-Token': bob.csrfToken }));
      expectRefused(await call({ 'X-CSRF-Token': ada.csrfToken, ...FOREIGN }));
      expectRefused(await call({ 'X-CSRF-Token': ada.csrfToken, 'Sec-Fetch-Site': 'cross-site' }));
      expectRefused(await call({ 'X-CSRF-Token': ada.csrfToken, Origin: 'https://evil.example' }));
    }
  });

  it('may not sign in, refresh, register or log out from another site', async () => {
    const { email } = await buildAccount(app.container);
    const attempts = [
      app.anonymous.post('/auth/login').send({ email, password: PASSWORD }),
      app.anonymous
        .post('/auth/register')
        .send({ email: 'new@example.org', password: PASSWORD, name: 'New' }),
      app.anonymous.post('/auth/refresh').set('Cookie', ada.cookies),
      app.anonymous.post('/auth/logout').set('Cookie', ada.cookies),
    ];
    for (const attempt of attempts) expectRefused(await attempt.set(FOREIGN));
    await app.anonymous.get('/auth/me').set('Cookie', ada.cookies).expect(200);
    await app.anonymous.post('/auth/login').set(ALLOWED).send({ email, password: PASSWORD }).expect(200);
  });

  it('need no token if a header authenticates, because no browser adds one by itself', async () => {
    await rename({ Authorization: `Bearer ${ada.accessToken}`, Cookie: bob.cookies }).expect(200);
    await rename({ Authorization: `Bearer ${ada.accessToken}`, ...ALLOWED }).expect(200);
  });

  it('have no caller after the cookie has ended, and can still sign in', async () => {
    const { email } = await buildAccount(app.container);
    const before = await logIn(app, email);
    await app.anonymous.post('/auth/logout').set('Cookie', before.cookies).expect(204);
    const { body } = await app.anonymous.get('/auth/me').set('Cookie', before.cookies).expect(401);
    expect(body.error.details.reason).toBe('auth.required');
    await app.anonymous
      .post('/auth/login')
      .set('Cookie', before.cookies)
      .send({ email, password: PASSWORD })
      .expect(200);
  });

  it('are not fooled by a cookie without the prefix', async () => {
    await app.anonymous.get('/auth/me').set('Cookie', `rapt_access=${ada.accessToken}`).expect(401);
  });
});
