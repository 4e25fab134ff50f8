import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../../../authz/ability';
import { createLogger } from '../../../platform/logging/logger';
import { newId } from '../../../shared/ids';
import { createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { OpenStreams } from '../../sessions/turns/sessions.streams';
import { buildAccount, logIn, MovableClock, PASSWORD, withToken } from '../auth.builder';

const MINUTE_MS = 60_000;
const NEXT_PASSWORD = 'a longer swim in July';

describe('what asks for a recent password', () => {
  let app: TestApp;
  let world: World;
  const clock = new MovableClock();
  beforeAll(async () => {
    app = await createTestApp({ clock });
    world = new World(app.container);
  });
  afterEach(() => {
    clock.aheadMs = 0;
  });
  afterAll(() => app.close());

  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token: string) =>
    withToken(app.anonymous, method, path, token);
  const makeToken = (token: string, scopes = ['account:read', 'account:write']) =>
    call('post', '/auth/tokens', token).send({
      name: 'script',
      scopes,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    });
  const confirm = (token: string, password = PASSWORD) =>
    call('post', '/auth/confirm', token).send({ password });
  const person = async () => {
    const account = await buildAccount(app.container);
    return { ...account, ...(await logIn(app, account.email)) };
  };

  /** A school whose admin has signed in with a password, and a member of it. */
  async function school() {
    const group = await world.group();
    const [admin, member] = [await person(), await person()];
    for (const [{ id }, role] of [
      [admin, 'admin'],
      [member, 'teacher'],
    ] as const)
      await world.member(group, role, { id });
    return { admin, member };
  }

  it('lets a new API token be made within ten minutes of the sign-in, and after a confirmation', async () => {
    const { accessToken } = await person();
    await makeToken(accessToken).expect(201);
    clock.aheadMs = 11 * MINUTE_MS;
    const { body } = await makeToken(accessToken).expect(403);
    expect(body.error.details).toEqual({ reason: 'auth.recent_password_required', maxAgeSeconds: 600 });
    const confirmed = await confirm(accessToken).expect(200);
    expect(Date.parse(confirmed.body.data.confirmedUntil)).toBeGreaterThan(Date.now() + 20 * MINUTE_MS);
    await makeToken(accessToken).expect(201);
  });

  it('is not satisfied by a refresh, nor by the confirmation of another sign-in', async () => {
    const here = await person();
    const there = await logIn(app, here.email);
    clock.aheadMs = 11 * MINUTE_MS;
    await confirm(there.accessToken).expect(200);
    const { body } = await app.anonymous
      .post('/auth/refresh')
      .send({ refreshToken: here.refreshToken })
      .expect(200);
    await makeToken(body.data.accessToken).expect(403);
    const later = await app.anonymous
      .post('/auth/refresh')
      .send({ refreshToken: there.refreshToken })
      .expect(200);
    await makeToken(later.body.data.accessToken).expect(201);
  });

  it('is never satisfied by an API token', async () => {
    const { accessToken } = await person();
    const { token } = (await makeToken(accessToken).expect(201)).body.data;
    for (const answer of [await makeToken(token), await confirm(token)])
      expect([answer.status, answer.body.error.details.reason]).toEqual([403, 'auth.person_required']);
  });

  it('takes a wrong password for none, ten times a minute in one sign-in, and shuts no other out', async () => {
    const here = await person();
    const there = await logIn(app, here.email);
    const wrong = [];
    for (let i = 0; i < 11; i += 1) wrong.push((await confirm(here.accessToken, 'a wrong guess')).status);
    expect(wrong).toEqual([...Array(10).fill(403), 429]);
    await confirm(here.accessToken).expect(429);
    await confirm(there.accessToken).expect(200);
    await logIn(app, here.email);
    await confirm((await person()).accessToken, '').expect(400);
    await app.anonymous.post('/auth/confirm').send({ password: PASSWORD }).expect(401);
  });

  it('tells people without a password that they have none', async () => {
    const client = await app.as((await world.user()).id);
    const { body } = await client.post('/auth/confirm').send({ password: 'any' }).expect(409);
    expect(body.error.details.reason).toBe('auth.no_password');
  });

  it('guards the e-mail address of another person, and not their name', async () => {
    const { admin, member } = await school();
    clock.aheadMs = 11 * MINUTE_MS;
    const change = (body: object) => call('patch', `/users/${member.id}`, admin.accessToken).send(body);
    await change({ name: 'New Name' }).expect(200);
    const { body } = await change({ email: 'new.address@example.org' }).expect(403);
    expect(body.error.details.reason).toBe('auth.recent_password_required');
    await confirm(admin.accessToken).expect(200);
    await change({ email: 'new.address@example.org' }).expect(200);
  });

  describe('for admins who look after the sign-ins of others', () => {
    it('lists them and ends one', async () => {
      const { admin, member } = await school();
      const list = await call('get', `/users/${member.id}/sign-ins`, admin.accessToken).expect(200);
      expect(list.body.data).toEqual([
        expect.objectContaining({ ip: expect.any(String), current: false, can: { end: true } }),
      ]);
      const end = () =>
        call('delete', `/users/${member.id}/sign-ins/${list.body.data[0].id}`, admin.accessToken);
      clock.aheadMs = 11 * MINUTE_MS;
      await end().expect(403);
      await call('get', '/auth/me', member.accessToken).expect(200);
      await confirm(admin.accessToken).expect(200);
      await end().expect(204);
      await call('get', '/auth/me', member.accessToken).expect(401);
      const again = await end().expect(404);
      expect(again.body.error.details.reason).toBe('auth.session_not_found');
    });

    it('ends all of them, and never the one in which the admin asks', async () => {
      const { admin, member } = await school();
      const other = await logIn(app, member.email);
      await call('delete', `/users/${member.id}/sign-ins`, admin.accessToken).expect(204);
      for (const { accessToken } of [member, other]) await call('get', '/auth/me', accessToken).expect(401);
      const elsewhere = await logIn(app, admin.email);
      await call('delete', `/users/${admin.id}/sign-ins`, admin.accessToken).expect(204);
      await call('get', '/auth/me', admin.accessToken).expect(200);
      await call('get', '/auth/me', elsewhere.accessToken).expect(401);
    });

    it('lists the API tokens of a person and revokes one', async () => {
      const { admin, member } = await school();
      const made = (await makeToken(member.accessToken).expect(201)).body.data;
      const list = await call('get', `/users/${member.id}/tokens`, admin.accessToken).expect(200);
      expect(list.body.data).toEqual([expect.objectContaining({ id: made.id, name: 'script' })]);
      expect(JSON.stringify(list.body)).not.toContain(made.token);
      const revoke = () => call('delete', `/users/${member.id}/tokens/${made.id}`, admin.accessToken);
      await revoke().expect(204);
      await call('get', '/auth/me', made.token).expect(401);
      expect((await revoke().expect(404)).body.error.details.reason).toBe('token.not_found');
    });

    it('is for people, for those they manage, and for sensible ids', async () => {
      const { admin, member } = await school();
      const stranger = await person();
      for (const path of ['sign-ins', 'tokens']) {
        await call('get', `/users/${stranger.id}/${path}`, admin.accessToken).expect(404);
        await call('get', `/users/${admin.id}/${path}`, member.accessToken).expect(404);
        await call('get', `/users/${member.id}/${path}`, member.accessToken).expect(403);
        await call('get', `/users/nonsense/${path}`, admin.accessToken).expect(400);
        await app.anonymous.get(`/users/${member.id}/${path}`).expect(401);
        const { token } = (await makeToken(admin.accessToken, ['users:read']).expect(201)).body.data;
        await call('get', `/users/${member.id}/${path}`, token).expect(403);
      }
    });
  });

  describe('a change of the password', () => {
    const change = (token: string, more: object = {}) =>
      call('post', '/auth/password', token).send({
        currentPassword: PASSWORD,
        newPassword: NEXT_PASSWORD,
        ...more,
      });

    it('ends the API tokens as well', async () => {
      const { accessToken } = await person();
      const { token } = (await makeToken(accessToken).expect(201)).body.data;
      await call('get', '/auth/me', token).expect(200);
      await change(accessToken).expect(204);
      await call('get', '/auth/me', token).expect(401);
    });

    it('keeps them if asked to', async () => {
      const { accessToken } = await person();
      const { token } = (await makeToken(accessToken).expect(201)).body.data;
      await change(accessToken, { keepApiTokens: true }).expect(204);
      await call('get', '/auth/me', token).expect(200);
    });
  });

  it('ends what streams by a token as soon as the token is revoked', async () => {
    const owner = await person();
    const made = (await makeToken(owner.accessToken, ['work:read', 'account:read']).expect(201)).body.data;
    const principal = (await app.container.auth.apiTokens.findPrincipal(made.token, 'here')) as Principal;
    const logger = createLogger({ service: 'test', level: 'error', format: 'pretty' });
    const streams = new OpenStreams(app.container.access, logger);
    const session = { id: newId(), userId: owner.id, classId: null, groupPath: null };
    const stream = streams.open(principal, session, new AbortController().signal);
    await app.container.access.usersChanged([owner.id]);
    await sleep(300);
    expect(stream.ended).toBeNull();
    await call('delete', `/auth/tokens/${made.id}`, owner.accessToken).expect(204);
    for (let i = 0; i < 50 && stream.ended === null; i += 1) await sleep(100);
    expect(stream.ended).toBe('auth.ended');
  });
});
