import { z } from 'zod';
import { SCOPES } from '../../../authz/actions';
import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { MovableClock, withToken } from '../auth.builder';

const TokenRow = z.object({ lastUsedAt: z.date().nullable(), text: z.string() });
const DAY_MS = 24 * 3_600_000;

describe('API tokens', () => {
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

  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
  const make = (client: Client, more: object = {}) =>
    client
      .post('/auth/tokens')
      .send({ name: 'gradebook', scopes: ['account:read'], expiresAt: inDays(30), ...more });
  const use = (method: 'get' | 'post' | 'patch' | 'delete', path: string, token: string) =>
    withToken(app.anonymous, method, path, token);
  const person = async () => {
    const user = await world.user();
    return { user, client: await app.as(user.id) };
  };

  it('are shown once, and then only by their first characters', async () => {
    const { client, user } = await person();
    const made = await make(client).expect(201);
    const { token, ...shown } = made.body.data;
    expect(token).toMatch(/^rapt_[\w-]{43}$/);
    expect(shown).toMatchObject({
      name: 'gradebook',
      scopes: ['account:read'],
      prefix: token.slice(0, 11),
      lastUsedAt: null,
    });
    expect(made.headers.location).toBe(`/api/v1/auth/tokens/${shown.id}`);
    expect(made.headers['cache-control']).toBe('no-store');
    expect((await client.get(made.headers.location as string).expect(200)).body.data).toEqual(shown);
    expect((await client.get('/auth/tokens').expect(200)).body.data).toEqual([shown]);
    const row = await app.container.platform.db.row(
      sql`SELECT last_used_at AS "lastUsedAt", row_to_json(t)::text AS text FROM api_tokens t WHERE user_id = ${user.id}::uuid`,
      TokenRow,
    );
    expect(row?.text).not.toContain(token);
    expect((await use('get', '/auth/me', token).expect(200)).body.data.id).toBe(user.id);
  });

  it('reach only what their scopes say', async () => {
    const { client } = await person();
    const { token } = (await make(client).expect(201)).body.data;
    const { body } = await use('patch', '/auth/me', token).send({ name: 'Renamed' }).expect(403);
    expect(body.error.details).toEqual({ reason: 'token.scope', scope: 'account:write' });
    const wider = (await make(client, { scopes: ['account:read', 'account:write'] }).expect(201)).body.data;
    await use('patch', '/auth/me', wider.token).send({ name: 'Renamed' }).expect(200);
  });

  it('reach nothing that their person does not', async () => {
    const admin = await world.user({ isPlatformAdmin: true });
    const { token } = (
      await make(await app.as(admin.id), { scopes: ['users:read', 'users:write'] }).expect(201)
    ).body.data;
    await use('get', '/users', token).expect(200);
    await app.container.platform.db.execute(
      sql`UPDATE users SET is_platform_admin = false WHERE id = ${admin.id}::uuid`,
    );
    await app.container.access.usersChanged([admin.id]);
    await use('get', '/users', token).expect(403);
    await use('get', '/admin/users', token).expect(403);
  });

  it('cannot be given scopes beyond the person', async () => {
    const { client } = await person();
    const { body } = await make(client, { scopes: [...SCOPES] }).expect(403);
    expect(body.error.details).toMatchObject({
      reason: 'token.scope_not_yours',
      scopes: expect.arrayContaining(['users:write', 'grading:write']),
    });
    await make(await app.as((await world.user({ isPlatformAdmin: true })).id), {
      scopes: [...SCOPES],
    }).expect(201);
  });

  it('cannot manage tokens, sign-ins or the password, whatever their scopes', async () => {
    const { client } = await person();
    const made = (await make(client, { scopes: ['account:read', 'account:write'] }).expect(201)).body.data;
    const answers = [
      await use('get', '/auth/tokens', made.token),
      await make({ post: (path: string) => use('post', path, made.token) } as Client),
      await use('get', `/auth/tokens/${made.id}`, made.token),
      await use('delete', `/auth/tokens/${made.id}`, made.token),
      await use('get', '/auth/sessions', made.token),
      await use('get', `/auth/sessions/${made.id}`, made.token),
      await use('delete', `/auth/sessions/${made.id}`, made.token),
      await use('post', '/auth/password', made.token).send({
        currentPassword: 'x',
        newPassword: 'a longer swim in July',
      }),
      await use('post', '/auth/logout', made.token),
    ];
    for (const { status, body } of answers) {
      expect({ status, reason: body.error.details.reason }).toEqual({
        status: 403,
        reason: 'auth.person_required',
      });
    }
    expect((await use('get', '/auth/me', made.token).expect(200)).body.data.can.changePassword).toBe(false);
  });

  it('end immediately when they are revoked', async () => {
    const { client } = await person();
    const { token, id } = (await make(client).expect(201)).body.data;
    await use('get', '/auth/me', token).expect(200);
    await client.delete(`/auth/tokens/${id}`).expect(204);
    await use('get', '/auth/me', token).expect(401);
    await client.delete(`/auth/tokens/${id}`).expect(404);
    await client.get(`/auth/tokens/${id}`).expect(404);
    expect((await client.get('/auth/tokens').expect(200)).body.data).toEqual([]);
  });

  it('end on their day', async () => {
    const { client } = await person();
    const { token } = (await make(client, { expiresAt: inDays(1) }).expect(201)).body.data;
    await use('get', '/auth/me', token).expect(200);
    clock.aheadMs = DAY_MS;
    await use('get', '/auth/me', token).expect(401);
  });

  it('end with their person', async () => {
    const admin = await app.as((await world.user({ isPlatformAdmin: true })).id);
    const { client, user } = await person();
    const { token } = (await make(client).expect(201)).body.data;
    await use('get', '/auth/me', token).expect(200);
    await admin.delete(`/users/${user.id}`).expect(204);
    await use('get', '/auth/me', token).expect(401);
    await admin.post(`/users/${user.id}/reactivate`).expect(200);
    await use('get', '/auth/me', token).expect(401);
  });

  it('note their last use, to the minute', async () => {
    const { client, user } = await person();
    const { token } = (await make(client).expect(201)).body.data;
    const used = async () => {
      await use('get', '/auth/me', token).expect(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [row] = await app.container.platform.db.rows(
        sql`SELECT last_used_at AS "lastUsedAt", '' AS text FROM api_tokens WHERE user_id = ${user.id}::uuid`,
        TokenRow,
      );
      return row?.lastUsedAt?.getTime() ?? 0;
    };
    const first = await used();
    expect(first).toBeGreaterThan(Date.now() - 10_000);
    expect(await used()).toBe(first);
    clock.aheadMs = 61_000;
    expect(await used()).toBeGreaterThanOrEqual(first + 60_000);
  });

  it('belong to one user', async () => {
    const { client } = await person();
    const { id } = (await make(client).expect(201)).body.data;
    const other = (await person()).client;
    await other.get(`/auth/tokens/${id}`).expect(404);
    await other.delete(`/auth/tokens/${id}`).expect(404);
  });

  it.each([
    [{ name: '' }],
    [{ scopes: [] }],
    [{ scopes: ['everything'] }],
    [{ expiresAt: undefined }],
    [{ expiresAt: new Date(Date.now() - 1_000).toISOString() }],
    [{ expiresAt: new Date(Date.now() + 367 * DAY_MS).toISOString() }],
    [{ expiresAt: 'tomorrow' }],
    [{ userId: '01a2057d-bc03-729e-ba61-263fb1fda7a2' }],
  ])('are refused with %j', async (change) => {
    await make((await person()).client, change).expect(400);
  });

  it('stop at fifty a person, also when asked for at the same moment', async () => {
    const { client } = await person();
    const answers = await Promise.all(Array.from({ length: 60 }, () => make(client)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.find(({ status }) => status !== 201)?.body.error.details.reason).toBe('token.too_many');
  });

  it('need a sign-in to be made', async () => {
    await make(app.anonymous).expect(401);
    await app.anonymous.get('/auth/tokens').expect(401);
    await use('get', '/auth/me', 'rapt_unknown').expect(401);
    await use('get', '/auth/me', `rapt_${'A'.repeat(43)}`).expect(401);
  });

  it('cannot be guessed at without end', async () => {
    const low = await createTestApp({ env: { RATE_LIMIT_ADDRESS_PER_MINUTE: '3' } });
    const guess = (i: number) => withToken(low.anonymous, 'get', '/auth/me', `rapt_guess${i}`);
    const statuses = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await guess(i)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    await low.close();
  });
});
