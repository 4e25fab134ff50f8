import { createTestApp, type TestApp } from '../../../testing/app';
import { buildAccount, logIn, PASSWORD, withToken } from '../auth.builder';

describe('a user’s own sign-ins', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  const call = (method: 'get' | 'post' | 'delete', path: string, token: string) =>
    withToken(app.anonymous, method, path, token);

  it('are listed, the newest first, with the device and which one this is', async () => {
    const { email } = await buildAccount(app.container);
    const login = (device: string) =>
      app.anonymous
        .post('/auth/login')
        .set('User-Agent', device)
        .send({ email, password: PASSWORD })
        .expect(200);
    const phone = (await login('phone')).body.data;
    const laptop = (await login('laptop')).body.data;
    await app.anonymous
      .post('/auth/refresh')
      .set('User-Agent', 'phone 2')
      .send({ refreshToken: phone.refreshToken })
      .expect(200);
    const { body } = await call('get', '/auth/sessions', laptop.accessToken).expect(200);
    expect(body.meta.pagination).toMatchObject({ page: 1, total: 2 });
    expect(body.data).toEqual([
      expect.objectContaining({ userAgent: 'phone 2', current: false, ip: '127.0.0.1', can: { end: true } }),
      expect.objectContaining({ userAgent: 'laptop', current: true }),
    ]);
    expect(body.data[0].lastUsedAt > body.data[0].createdAt).toBe(true);
    expect(JSON.stringify(body)).not.toMatch(/hash|token/i);
    const single = await call('get', `/auth/sessions/${body.data[1].id}`, laptop.accessToken).expect(200);
    expect(single.body.data).toEqual(body.data[1]);
    const paged = await call(
      'get',
      '/auth/sessions?cursor=&limit=1&sort=createdAt',
      laptop.accessToken,
    ).expect(200);
    expect(paged.body.data.map((session: { userAgent: string }) => session.userAgent)).toEqual(['phone 2']);
    expect(paged.body.meta.pagination.nextCursor).toEqual(expect.any(String));
  });

  it('end immediately when their user ends them', async () => {
    const { email } = await buildAccount(app.container);
    const here = await logIn(app, email);
    const there = await logIn(app, email);
    const { body } = await call('get', '/auth/sessions', there.accessToken).expect(200);
    const id = body.data.find((session: { current: boolean }) => session.current).id;
    await call('delete', `/auth/sessions/${id}`, here.accessToken).expect(204);
    await call('get', '/auth/me', there.accessToken).expect(401);
    await app.anonymous.post('/auth/refresh').send({ refreshToken: there.refreshToken }).expect(401);
    await call('delete', `/auth/sessions/${id}`, here.accessToken).expect(404);
    await call('get', `/auth/sessions/${id}`, here.accessToken).expect(404);
    await call('get', '/auth/me', here.accessToken).expect(200);
  });

  it('are hidden from everybody else', async () => {
    const mine = await logIn(app, (await buildAccount(app.container)).email);
    const theirs = await logIn(app, (await buildAccount(app.container)).email);
    const id = (await call('get', '/auth/sessions', theirs.accessToken)).body.data[0].id;
    const { body } = await call('delete', `/auth/sessions/${id}`, mine.accessToken).expect(404);
    expect(body.error.details.reason).toBe('auth.session_not_found');
    await call('get', `/auth/sessions/${id}`, mine.accessToken).expect(404);
    await call('get', '/auth/me', theirs.accessToken).expect(200);
  });

  it('answer invalid requests with 400', async () => {
    const { accessToken } = await logIn(app, (await buildAccount(app.container)).email);
    await call('delete', '/auth/sessions/not-an-id', accessToken).expect(400);
    await call('get', '/auth/sessions?sort=ip', accessToken).expect(400);
    await app.anonymous.get('/auth/sessions').expect(401);
    await app.anonymous.delete('/auth/sessions/01a2057d-bc03-729e-ba61-263fb1fda7a2').expect(401);
  });

  describe('after a change of the password', () => {
    const change = (token: string, body: object) => call('post', '/auth/password', token).send(body);

    it('have ended, but for the one that changed it', async () => {
      const { email } = await buildAccount(app.container);
      const here = await logIn(app, email);
      const there = await logIn(app, email);
      const newPassword = 'a longer swim in July';
      await change(here.accessToken, { currentPassword: PASSWORD, newPassword }).expect(204);
      await call('get', '/auth/me', here.accessToken).expect(200);
      await app.anonymous.post('/auth/refresh').send({ refreshToken: here.refreshToken }).expect(200);
      await call('get', '/auth/me', there.accessToken).expect(401);
      await app.anonymous.post('/auth/refresh').send({ refreshToken: there.refreshToken }).expect(401);
      await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }).expect(401);
      await logIn(app, email, newPassword);
    });

    it('continue if it was refused', async () => {
      const { email } = await buildAccount(app.container);
      const here = await logIn(app, email);
      const there = await logIn(app, email);
      const attempts = [
        {
          body: { currentPassword: 'wrong', newPassword: 'a longer swim in July' },
          status: 403,
          reason: 'auth.wrong_password',
        },
        {
          body: { currentPassword: PASSWORD, newPassword: 'password1' },
          status: 400,
          reason: 'auth.weak_password',
        },
        {
          body: { currentPassword: PASSWORD, newPassword: email },
          status: 400,
          reason: 'auth.weak_password',
        },
        { body: { currentPassword: PASSWORD, newPassword: 'short' }, status: 400, reason: undefined },
        {
          body: { newPassword: 'a longer swim in July' },
          status: 400,
          reason: 'auth.current_password_required',
        },
      ];
      for (const { body, status, reason } of attempts) {
        const answer = await change(here.accessToken, body).expect(status);
        expect(answer.body.error.details.reason).toBe(reason);
      }
      await call('get', '/auth/me', there.accessToken).expect(200);
      await app.anonymous.post('/auth/password').send({}).expect(401);
    });

    it('belong to one winner of two changes at the same moment', async () => {
      const { email } = await buildAccount(app.container);
      const sides = [await logIn(app, email), await logIn(app, email)];
      const answers = await Promise.all(
        sides.map(({ accessToken }, i) =>
          change(accessToken, { currentPassword: PASSWORD, newPassword: `a longer swim in July ${i}` }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      await logIn(app, email, `a longer swim in July ${statuses.indexOf(204)}`);
    });

    it('cannot be guessed at', async () => {
      const { email } = await buildAccount(app.container);
      const { accessToken } = await logIn(app, email);
      for (let i = 0; i < 10; i += 1)
        await change(accessToken, { currentPassword: 'wrong', newPassword: 'a longer swim in July' }).expect(
          403,
        );
      await change(accessToken, { currentPassword: PASSWORD, newPassword: 'a longer swim in July' }).expect(
        429,
      );
    });

    it('need a password to change', async () => {
      const user = await app.as(
        (
          await app.container.platform.db.prisma.user.create({
            data: { id: crypto.randomUUID(), email: 'sso@example.org', name: 'By SSO' },
          })
        ).id,
      );
      const { body } = await user
        .post('/auth/password')
        .send({ currentPassword: 'x', newPassword: 'a longer swim in July' })
        .expect(409);
      expect(body.error.details.reason).toBe('auth.no_password');
    });
  });
});
