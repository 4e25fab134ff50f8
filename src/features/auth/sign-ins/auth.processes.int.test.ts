import { createTestApp, type TestApp } from '../../../testing/app';
import { createTestDatabase, type TestDatabase } from '../../../testing/database';
import { World } from '../../../testing/world';
import { buildAccount, logIn, withToken } from '../auth.builder';

/** Every process must apply it within a second. */
const PROMISED_MS = 1_000;

describe('two processes on one database', () => {
  let database: TestDatabase;
  let here: TestApp;
  let there: TestApp;
  beforeAll(async () => {
    database = await createTestDatabase();
    [here, there] = await Promise.all([createTestApp({ database }), createTestApp({ database })]);
  });
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await database.drop();
  });

  const me = (app: TestApp, token: string) => withToken(app.anonymous, 'get', '/auth/me', token);

  async function expectRefusedSoon(app: TestApp, token: string): Promise<void> {
    const deadline = Date.now() + PROMISED_MS;
    let status = 200;
    while (status === 200 && Date.now() < deadline) ({ status } = await me(app, token));
    expect(status).toBe(401);
  }

  it('know each other’s sign-ins immediately', async () => {
    const { email } = await buildAccount(here.container);
    const first = await logIn(here, email);
    await me(there, first.accessToken).expect(200);
    const second = await logIn(here, email);
    await me(there, second.accessToken).expect(200);
  });

  it('refuse a person soon who was deactivated by the other', async () => {
    const { id, email } = await buildAccount(here.container);
    const signIn = await logIn(here, email);
    const person = await here.as(id);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await person
      .post('/auth/tokens')
      .send({ name: 'script', scopes: ['account:read'], expiresAt })
      .expect(201);
    await me(there, signIn.accessToken).expect(200);
    await me(there, made.body.data.token).expect(200);
    const admin = await here.as((await new World(here.container).user({ isPlatformAdmin: true })).id);
    await admin.delete(`/users/${id}`).expect(204);
    await Promise.all([
      expectRefusedSoon(there, signIn.accessToken),
      expectRefusedSoon(there, made.body.data.token),
      expectRefusedSoon(here, signIn.accessToken),
    ]);
    await there.anonymous.post('/auth/refresh').send({ refreshToken: signIn.refreshToken }).expect(401);
  });

  it('refuse soon what the other has ended: a sign-in, an API token', async () => {
    const { id, email } = await buildAccount(here.container);
    const signIn = await logIn(here, email);
    const person = await here.as(id);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { token, id: tokenId } = (
      await person
        .post('/auth/tokens')
        .send({ name: 'script', scopes: ['account:read'], expiresAt })
        .expect(201)
    ).body.data;
    await me(there, signIn.accessToken).expect(200);
    await me(there, token).expect(200);
    await withToken(here.anonymous, 'post', '/auth/logout', signIn.accessToken).expect(204);
    await person.delete(`/auth/tokens/${tokenId}`).expect(204);
    await Promise.all([expectRefusedSoon(there, signIn.accessToken), expectRefusedSoon(there, token)]);
  });

  it('give one successor to one refresh token that both are shown', async () => {
    const { email } = await buildAccount(here.container);
    const { refreshToken } = await logIn(here, email);
    const answers = await Promise.all(
      [here, there, here, there].map((app) => app.anonymous.post('/auth/refresh').send({ refreshToken })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.data.refreshToken)).size).toBe(1);
  });
});
