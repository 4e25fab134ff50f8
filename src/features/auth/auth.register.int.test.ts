import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { createTestDatabase, type TestDatabase } from '../../testing/database';
import { buildAccount, logIn, PASSWORD, withToken } from './auth.builder';

const IdentityRow = z.object({
  provider: z.string(),
  issuer: z.string(),
  subject: z.string(),
  userId: z.string(),
  hash: z.string(),
});
const CountRow = z.object({ count: z.number() });

describe('registering', () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await createTestDatabase();
    app = await createTestApp({ database });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const register = (body: object) => app.anonymous.post('/auth/register').send(body);
  const person = (email: string, more: object = {}) => ({
    email,
    password: PASSWORD,
    name: 'Grace Hopper',
    ...more,
  });

  it('makes an account with a hashed password and signs it in', async () => {
    const { body } = await register(person('Grace@Example.org')).expect(201);
    expect(body.data.user).toMatchObject({
      email: 'grace@example.org',
      name: 'Grace Hopper',
      tenantId: null,
      isPlatformAdmin: false,
    });
    await withToken(app.anonymous, 'get', '/auth/me', body.data.accessToken).expect(200);
    const identity = await app.container.platform.db.row(
      sql`SELECT provider, issuer, subject, user_id AS "userId", password_hash AS hash FROM auth_identities WHERE user_id = ${body.data.user.id}::uuid`,
      IdentityRow,
    );
    expect(identity).toMatchObject({
      provider: 'password',
      issuer: 'local',
      subject: body.data.user.id,
      userId: body.data.user.id,
    });
    expect(identity?.hash).toMatch(/^\$argon2id\$/);
    await logIn(app, 'grace@example.org');
  });

  it('says when the e-mail is taken, however it is written', async () => {
    await register(person('twice@example.org')).expect(201);
    const { body } = await register(person('TWICE@example.org')).expect(409);
    expect(body.error.details.reason).toBe('auth.email_taken');
  });

  it('makes one account of many requests at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(person('race@example.org'))));
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([
      201,
      ...Array(9).fill(409),
    ]);
  });

  it.each([
    ['password1', 'common'],
    ['gracehopper', 'personal'],
    ['weak-one@example.org', 'personal'],
  ])('refuses the password %s as %s', async (password, reason) => {
    const { body } = await register(person('weak-one@example.org', { password })).expect(400);
    expect(body.error.details).toMatchObject({
      reason: 'auth.weak_password',
      issues: [{ path: 'body.password', reason, message: expect.any(String) }],
    });
  });

  it.each([
    [{ password: 'short' }],
    [{ password: 'x'.repeat(129) }],
    [{ name: '' }],
    [{ name: 'x'.repeat(201) }],
    [{ email: 'nowhere' }],
    [{ isPlatformAdmin: true }],
    [{ tenantId: '01a2057d-bc03-729e-ba61-263fb1fda7a2' }],
  ])('refuses %j', async (change) => {
    await register(person('refused@example.org', change)).expect(400);
  });

  it.each(['closed', 'invite'])('is refused where registration is %s', async (mode) => {
    const other = await createTestApp({ database, env: { REGISTRATION_MODE: mode } });
    const { body } = await other.anonymous
      .post('/auth/register')
      .send(person('late@example.org'))
      .expect(403);
    expect(body.error.details.reason).toBe('auth.registration_closed');
    await other.close();
  });

  it('leaves the audit rows of a registration', async () => {
    const { body } = await register(person('audited@example.org')).expect(201);
    const rows = await app.container.platform.db.rows(
      sql`SELECT action FROM audit_events WHERE about_user_id = ${body.data.user.id}::uuid AND actor_id = about_user_id`,
      z.object({ action: z.string() }),
    );
    expect(rows).toEqual([{ action: 'auth.registered' }]);
  });
});

describe('the first platform admin', () => {
  let database: TestDatabase;
  const admin = { ADMIN_EMAIL: 'Root@example.org', ADMIN_PASSWORD: 'the first of all admins' };
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('is made once by processes that start at the same moment', async () => {
    const apps = await Promise.all([1, 2].map(() => createTestApp({ database, env: admin })));
    await Promise.all(apps.map((app) => app.container.auth.accounts.ensureFirstAdmin()));
    const [app] = apps as [TestApp, TestApp];
    const count = await app.container.platform.db.row(sql`SELECT count(*) AS count FROM users`, CountRow);
    expect(count).toEqual({ count: 1 });
    const { userId } = await logIn(app, 'root@example.org', admin.ADMIN_PASSWORD);
    const person = await app.container.access.findPerson(userId);
    expect(person?.access.isPlatformAdmin).toBe(true);
    expect(person?.mustChangePassword).toBe(true);
    await Promise.all(apps.map((each) => each.close()));
  });

  it('keeps the password that it has', async () => {
    const app = await createTestApp({
      database,
      env: { ...admin, ADMIN_PASSWORD: 'quite another password' },
    });
    await app.container.auth.accounts.ensureFirstAdmin();
    await logIn(app, 'root@example.org', admin.ADMIN_PASSWORD);
    await app.anonymous
      .post('/auth/login')
      .send({ email: 'root@example.org', password: 'quite another password' })
      .expect(401);
    await app.close();
  });

  it('can do nothing but choose a password of their own, which the given one is not', async () => {
    const app = await createTestApp({ database });
    const { accessToken } = await logIn(app, 'root@example.org', admin.ADMIN_PASSWORD);
    const call = app.withToken(accessToken);
    const me = await call.get('/auth/me').expect(200);
    expect(me.body.data.mustChangePassword).toBe(true);
    const refusals = [
      await call.get('/groups'),
      await call.post('/groups').send({ name: 'District' }),
      await call.post('/auth/tokens').send({}),
      await call.patch('/auth/me').send({ name: 'Root' }),
      await call.get('/admin/users'),
    ];
    for (const { status, body } of refusals)
      expect([status, body.error.details.reason]).toEqual([403, 'auth.password_change_required']);
    const change = (newPassword: string) =>
      call.post('/auth/password').send({ currentPassword: admin.ADMIN_PASSWORD, newPassword });
    const same = await change(admin.ADMIN_PASSWORD).expect(400);
    expect(same.body.error.details.reason).toBe('auth.same_password');
    await change('four wet geese at dawn').expect(204);
    expect((await call.get('/auth/me').expect(200)).body.data.mustChangePassword).toBe(false);
    await call.post('/groups').send({ name: 'District' }).expect(201);
    await call.post('/auth/logout').expect(204);
    await app.close();
  });

  it('is not made again after their e-mail has changed, nor with another e-mail in the settings', async () => {
    const app = await createTestApp({ database, env: admin });
    const { db } = app.container.platform;
    await db.execute(sql`UPDATE users SET email = 'moved@example.org' WHERE is_platform_admin`);
    await app.container.auth.accounts.ensureFirstAdmin();
    await app.close();
    const other = await createTestApp({ database, env: { ...admin, ADMIN_EMAIL: 'new@example.org' } });
    await other.container.auth.accounts.ensureFirstAdmin();
    const count = sql`SELECT count(*) AS count FROM users WHERE is_platform_admin`;
    expect(await other.container.platform.db.row(count, CountRow)).toEqual({ count: 1 });
    await other.anonymous
      .post('/auth/login')
      .send({ email: 'new@example.org', password: admin.ADMIN_PASSWORD })
      .expect(401);
    await other.close();
  });

  it('is not created without ADMIN_EMAIL or for an existing person, but later with a free e-mail', async () => {
    const app = await createTestApp();
    const { accounts } = app.container.auth;
    await accounts.ensureFirstAdmin();
    const { id, email } = await buildAccount(app.container);
    const taken = await createTestApp({
      database: { url: app.databaseUrl } as TestDatabase,
      env: { ...admin, ADMIN_EMAIL: email },
    });
    await taken.container.auth.accounts.ensureFirstAdmin();
    expect((await taken.container.access.findPerson(id))?.access.isPlatformAdmin).toBe(false);
    await taken.container.platform.db.execute(
      sql`UPDATE users SET email = 'elsewhere@example.org' WHERE id = ${id}::uuid`,
    );
    await taken.container.auth.accounts.ensureFirstAdmin();
    await logIn(taken, email, admin.ADMIN_PASSWORD);
    await taken.close();
    await app.close();
  });
});
