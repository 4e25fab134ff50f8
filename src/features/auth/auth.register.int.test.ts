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

  it('is not made where nobody asked for one, nor of somebody who is there', async () => {
    const app = await createTestApp({ database });
    await app.container.auth.accounts.ensureFirstAdmin();
    const { id, email } = await buildAccount(app.container);
    await app.close();
    const other = await createTestApp({ database, env: { ...admin, ADMIN_EMAIL: email } });
    await other.container.auth.accounts.ensureFirstAdmin();
    expect((await other.container.access.findPerson(id))?.access.isPlatformAdmin).toBe(false);
    await other.close();
  });
});
