import argon2 from '@node-rs/argon2';
import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, logIn, PASSWORD, withToken } from '../auth.builder';

const AuditRow = z.object({
  action: z.string(),
  actorId: z.string().nullable(),
  actorKind: z.string(),
  aboutUserId: z.string().nullable(),
  text: z.string(),
});

describe('signing in and out', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  const login = (email: string, password: string) =>
    app.anonymous.post('/auth/login').send({ email, password });
  const audit = (action: string) =>
    app.container.platform.db.rows(
      sql`SELECT action, actor_id AS "actorId", actor_kind AS "actorKind", about_user_id AS "aboutUserId", row_to_json(e)::text AS text
          FROM audit_events e WHERE action = ${action} ORDER BY seq DESC`,
      AuditRow,
    );

  it('gives tokens, cookies and the account', async () => {
    const ada = await buildAccount(app.container, { email: 'ada@example.org', name: 'Ada' });
    const { body, headers } = await login('ADA@example.org', PASSWORD).expect(200);
    expect(body.data).toEqual({
      accessToken: expect.stringMatching(/^ey/),
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      deviceToken: expect.stringMatching(/^ey/),
      user: {
        id: ada.id,
        tenantId: null,
        email: 'ada@example.org',
        emailVerified: true,
        username: null,
        name: 'Ada',
        locale: null,
        isPlatformAdmin: false,
        mustChangePassword: false,
        links: { self: `/api/v1/users/${ada.id}`, me: '/api/v1/auth/me' },
      },
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toEqual([
      expect.stringContaining(`__Host-rapt_access=${body.data.accessToken};`),
      expect.stringContaining(`__Host-rapt_refresh=${body.data.refreshToken};`),
      expect.stringContaining(`__Host-rapt_csrf=${body.data.csrfToken};`),
      expect.stringContaining(`__Secure-rapt_device=${body.data.deviceToken};`),
    ]);
    await withToken(app.anonymous, 'get', '/auth/me', body.data.accessToken).expect(200);
    expect((await audit('auth.logged_in'))[0]).toMatchObject({
      actorId: ada.id,
      actorKind: 'user',
      aboutUserId: ada.id,
    });
  });

  it('does not count as a change of the person, but is noted', async () => {
    const account = await buildAccount(app.container);
    const { accessToken } = await logIn(app, account.email);
    const first = await withToken(app.anonymous, 'get', '/auth/me', accessToken).expect(200);
    await logIn(app, account.email);
    const second = await withToken(app.anonymous, 'get', '/auth/me', accessToken).expect(200);
    expect(second.body.data.updatedAt).toBe(first.body.data.updatedAt);
    expect(second.body.data.lastLoginAt > first.body.data.lastLoginAt).toBe(true);
    expect(second.headers.etag).toMatch(/^"1-/);
  });

  it('answers alike for an unknown account, a wrong password and a deactivated person, after the same work', async () => {
    const account = await buildAccount(app.container);
    const gone = await buildAccount(app.container);
    await app.container.platform.db.execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${gone.id}::uuid`,
    );
    await login('warm-up@example.org', PASSWORD).expect(401);
    const verify = jest.spyOn(argon2, 'verify');
    const answers = [];
    for (const [email, password] of [
      ['nobody@example.org', PASSWORD],
      [account.email, 'not the password'],
      [gone.email, PASSWORD],
    ] as const) {
      const { status, body } = await login(email, password);
      answers.push({ status, error: { ...body.error, requestId: '' } });
    }
    expect(verify).toHaveBeenCalledTimes(3);
    for (const [hash] of verify.mock.calls) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(answers[0]).toMatchObject({
      status: 401,
      error: { code: 'UNAUTHENTICATED', details: { reason: 'auth.invalid_credentials' } },
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('records each failure, with the person if there is one and never the e-mail', async () => {
    const account = await buildAccount(app.container, { email: 'trace-of@example.org' });
    await login(account.email, 'not the password').expect(401);
    await login('nobody-at-all@example.org', PASSWORD).expect(401);
    const [unknown, known] = await audit('auth.login_failed');
    expect(unknown).toMatchObject({ actorId: null, actorKind: 'anonymous', aboutUserId: null });
    expect(known).toMatchObject({ actorId: null, actorKind: 'anonymous', aboutUserId: account.id });
    expect(`${unknown?.text}${known?.text}`).not.toMatch(/@example\.org|not the password/);
  });

  it('cannot be done by a person without a password', async () => {
    await app.container.platform.db.execute(
      sql`INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), 'no-password@example.org', 'No Password')`,
    );
    await login('no-password@example.org', PASSWORD).expect(401);
  });

  it.each([
    [{}],
    [{ email: 'a@example.org' }],
    [{ email: 'not an address', password: PASSWORD }],
    [{ email: 'a@example.org', password: '' }],
    [{ email: 'a@example.org', password: 'x'.repeat(129) }],
    [{ email: 'a@example.org', password: 'nul\0nul-nul' }],
    [{ email: 'a@example.org', password: PASSWORD, remember: true }],
    [{ email: ['a@example.org'], password: { $ne: '' } }],
  ])('refuses %j', async (body) => {
    const answer = await app.anonymous.post('/auth/login').send(body).expect(400);
    expect(answer.body.error.code).toBe('VALIDATION_ERROR');
  });

  describe('out', () => {
    it('ends the sign-in immediately, and keeps the others', async () => {
      const account = await buildAccount(app.container);
      const here = await logIn(app, account.email);
      const there = await logIn(app, account.email);
      const answer = await withToken(app.anonymous, 'post', '/auth/logout', here.accessToken).expect(204);
      expect(answer.headers['set-cookie']).toHaveLength(3);
      await withToken(app.anonymous, 'get', '/auth/me', here.accessToken).expect(401);
      await app.anonymous.post('/auth/refresh').send({ refreshToken: here.refreshToken }).expect(401);
      await withToken(app.anonymous, 'get', '/auth/me', there.accessToken).expect(200);
      expect((await audit('auth.logged_out'))[0]).toMatchObject({
        actorId: account.id,
        aboutUserId: account.id,
      });
    });

    it('works with the refresh token alone, by body or cookie', async () => {
      const account = await buildAccount(app.container);
      const one = await logIn(app, account.email);
      await app.anonymous.post('/auth/logout').send({ refreshToken: one.refreshToken }).expect(204);
      await withToken(app.anonymous, 'get', '/auth/me', one.accessToken).expect(401);
      const other = await logIn(app, account.email);
      await app.anonymous
        .post('/auth/logout')
        .set('Cookie', `__Host-rapt_refresh=${other.refreshToken}`)
        .expect(204);
      await withToken(app.anonymous, 'get', '/auth/me', other.accessToken).expect(401);
    });

    it('succeeds without a sign-in, and clears the cookies', async () => {
      for (const refreshToken of [undefined, 'unknown']) {
        const answer = await app.anonymous.post('/auth/logout').send({ refreshToken }).expect(204);
        expect(answer.headers['set-cookie']).toHaveLength(3);
      }
      await withToken(app.anonymous, 'post', '/auth/logout', 'nonsense').expect(204);
    });
  });
});
