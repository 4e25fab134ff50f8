import { readFileSync } from 'node:fs';
import path from 'node:path';
import { raw, sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { MailScene, WEB_APP } from '../../mails/mails.builder';
import { buildAccount, MovableClock, PASSWORD } from '../auth.builder';

const MIGRATION = path.resolve(__dirname, '../../../../prisma/migrations/0050_verified_emails/migration.sql');
const clock = new MovableClock();
let scene: MailScene;
let app: TestApp;
let world: World;
beforeAll(async () => {
  scene = await MailScene.create({ clock });
  ({ app } = scene);
  world = new World(app.container);
});
afterAll(() => scene.close());
beforeEach(() => {
  clock.aheadMs = 0;
});

const db = () => app.container.platform.db;
const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
  body.error.details.reason;
const verify = (token: string) => app.anonymous.post('/auth/email/verify').send({ token });
const confirm = (token: string) => app.anonymous.post('/auth/email/confirm').send({ token });

let counter = 0;
async function register(): Promise<{ id: string; email: string; client: Client }> {
  counter += 1;
  const email = `registered${counter}@example.org`;
  const { body } = await app.anonymous
    .post('/auth/register')
    .send({ email, password: PASSWORD, name: `Person ${counter}` })
    .expect(201);
  return { id: body.data.user.id, email, client: app.withToken(body.data.accessToken) };
}
const isVerified = async (client: Client): Promise<boolean> =>
  (await client.get('/auth/me').expect(200)).body.data.emailVerified;

describe('the address of a person who registered', () => {
  it('is confirmed with the link of a mail, once', async () => {
    const { email, client } = await register();
    expect(await isVerified(client)).toBe(false);
    const mail = await scene.sendOne();
    expect(mail).toMatchObject({ to: email, subject: 'Confirm your e-mail address' });
    expect(mail.text).toContain(`${WEB_APP}/verify-email#token=`);
    await verify(mail.token).expect(204);
    expect(await isVerified(client)).toBe(true);
    expect(reasonOf(await verify(mail.token).expect(400))).toBe('auth.link_invalid');
    expect(reasonOf(await client.post('/auth/email/verification').expect(409))).toBe('auth.email_verified');
  });

  it('gets no role before that, in a group or in a class, and one by an invitation afterwards', async () => {
    const school = await world.group();
    const schoolClass = await world.class(school);
    const admin = await app.as((await world.member(school, 'admin')).id);
    const { id, email, client } = await register();
    const { token } = await scene.sendOne();
    const inGroup = () => admin.post(`/groups/${school.id}/members`).send({ email, role: 'teacher' });
    const inClass = () =>
      admin.post(`/classes/${schoolClass.id}/members`).send({ userId: id, role: 'student' });
    for (const add of [inGroup, inClass])
      expect(reasonOf(await add().expect(409))).toBe('user.email_not_verified');
    await verify(token).expect(204);
    // They belong to no district, and have not agreed to belong to this one.
    for (const add of [inGroup, inClass]) expect(reasonOf(await add().expect(409))).toBe('user.must_agree');
    await admin
      .post(`/groups/${school.id}/invitations`)
      .send({ emails: [email], role: 'teacher' })
      .expect(200);
    const own = { token: (await scene.sendOne()).token };
    await client.post('/auth/invitations/accept').send(own).expect(200);
  });

  it('is asked for again, not more often than every two minutes', async () => {
    const { email, client } = await register();
    const first = await scene.sendOne();
    await client.post('/auth/email/verification').expect(202);
    expect(reasonOf(await client.post('/auth/email/verification').expect(429))).toBe(
      'auth.too_many_attempts',
    );
    const second = await scene.sendOne();
    expect(second.to).toBe(email);
    await verify(first.token).expect(400);
    clock.aheadMs = 2 * 86_400_000;
    await verify(second.token).expect(204);
  });

  it('is not confirmed by a link of another kind, nor by one that was for another address', async () => {
    const { id, email, client } = await register();
    const { token } = await scene.sendOne();
    await confirm(token).expect(400);
    await db().execute(sql`UPDATE users SET email = ${`moved-${email}`} WHERE id = ${id}::uuid`);
    await verify(token).expect(400);
    expect(await isVerified(client)).toBe(false);
  });

  it('is confirmed by a new password that was asked for by mail', async () => {
    const { email, client, id } = await register();
    await scene.send();
    await app.anonymous.post('/auth/password/forgot').send({ email }).expect(202);
    const { token } = await scene.sendOne();
    await app.anonymous
      .post('/auth/password/reset')
      .send({ token, newPassword: 'a longer swim in July' })
      .expect(204);
    await client.get('/auth/me').expect(401);
    expect(await isVerified(await app.as(id))).toBe(true);
    await scene.send();
  });

  it('is nothing that a script or a stranger asks for', async () => {
    await app.anonymous.post('/auth/email/verification').expect(401);
    await verify('').expect(400);
    const { email } = await buildAccount(app.container);
    const { body } = await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }).expect(200);
    const made = await app
      .withToken(body.data.accessToken)
      .post('/auth/tokens')
      .send({
        name: 'script',
        scopes: ['account:write'],
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      })
      .expect(201);
    const script = app.withToken(made.body.data.token);
    expect(reasonOf(await script.post('/auth/email/verification').expect(403))).toBe('auth.person_required');
    await script.post('/auth/email').send({ email: 'x@example.org' }).expect(403);
  });
});

describe('a change of the address', () => {
  it('is confirmed at the new one and announced at the old one', async () => {
    const { id, email } = await buildAccount(app.container);
    const client = await app.as(id);
    const next = `new-${email}`;
    await client.post('/auth/email').send({ email: next.toUpperCase() }).expect(202);
    const mails = await scene.send();
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      [next, 'Confirm your new e-mail address'],
      [email, 'Your e-mail address is being changed'],
    ]);
    expect(mails[1]?.raw).not.toContain(next);
    expect((await client.get('/auth/me')).body.data.email).toBe(email);
    await confirm(mails[0]?.token ?? '').expect(204);
    expect((await client.get('/auth/me')).body.data).toMatchObject({ email: next, emailVerified: true });
    await app.anonymous.post('/auth/login').send({ email: next, password: PASSWORD }).expect(200);
    await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }).expect(401);
    await confirm(mails[0]?.token ?? '').expect(400);
  });

  it('is stopped by a new password', async () => {
    const { id, email } = await buildAccount(app.container);
    const client = await app.as(id);
    await client
      .post('/auth/email')
      .send({ email: `thief-${email}` })
      .expect(202);
    const [toNew] = await scene.send();
    await client
      .post('/auth/password')
      .send({ currentPassword: PASSWORD, newPassword: 'a longer swim in July' })
      .expect(204);
    await confirm(toNew?.token ?? '').expect(400);
    await scene.send();
  });

  it('asks for a recent password', async () => {
    const { id, email } = await buildAccount(app.container);
    const client = await app.as(id);
    clock.aheadMs = 11 * 60_000;
    const answer = await client
      .post('/auth/email')
      .send({ email: `late-${email}` })
      .expect(403);
    expect(reasonOf(answer)).toBe('auth.recent_password_required');
  });

  it('does not tell whose the new address is, and never takes it away', async () => {
    const { id, email } = await buildAccount(app.container);
    const taken = await buildAccount(app.container);
    const client = await app.as(id);
    await client.post('/auth/email').send({ email: taken.email }).expect(202);
    expect((await scene.send()).map(({ to }) => to)).toEqual([email]);
    const link = { purpose: 'email_change' as const, userId: id, address: taken.email };
    const token = await app.container.mails.links.create(link);
    expect(reasonOf(await confirm(token).expect(409))).toBe('auth.email_taken');
    // The link is not used up by a change that did not happen.
    expect(reasonOf(await confirm(token).expect(409))).toBe('auth.email_taken');
  });

  it('is refused for the same address, nonsense, nobody, and where no mail can be sent', async () => {
    const { id, email } = await buildAccount(app.container);
    const client = await app.as(id);
    expect(reasonOf(await client.post('/auth/email').send({ email }).expect(409))).toBe('auth.same_email');
    await client.post('/auth/email').send({ email: 'nowhere' }).expect(400);
    await app.anonymous.post('/auth/email').send({ email: 'x@example.org' }).expect(401);
    const mute = await createTestApp({ env: { MAIL_FOLDER: '' } });
    const account = await buildAccount(mute.container);
    const muted = await mute.as(account.id);
    for (const [at, body] of [
      ['/auth/email', { email: 'x@example.org' }],
      ['/auth/email/verification', {}],
    ] as const)
      expect(reasonOf(await muted.post(at).send(body).expect(409))).toBe('mail.not_configured');
    await mute.close();
  });

  it('by an admin is announced at the old address, and ends the links that went there', async () => {
    const school = await world.group();
    const admin = await app.as((await world.member(school, 'admin')).id);
    const person = await world.user({ tenantId: school.id });
    await world.member(school, 'student', person);
    const link = { purpose: 'password_reset' as const, userId: person.id, address: person.email };
    const token = await app.container.mails.links.create(link);
    await admin
      .patch(`/users/${person.id}`)
      .send({ email: `by-admin-${person.email}` })
      .expect(200);
    expect(await scene.sendOne()).toMatchObject({
      to: person.email,
      subject: 'Your e-mail address is being changed',
    });
    await app.anonymous
      .post('/auth/password/reset')
      .send({ token, newPassword: 'a longer swim in July' })
      .expect(400);
    await admin.patch(`/users/${person.id}`).send({ name: 'Other Name' }).expect(200);
    expect(await scene.send()).toEqual([]);
  });
});

describe('addresses from before they were confirmed', () => {
  it('count as confirmed for accounts that others made and for members of a district, and for nobody else', async () => {
    const school = await world.group();
    const { id: registered } = await register();
    const { id: member } = await register();
    const made = await buildAccount(app.container);
    await db().execute(sql`UPDATE users SET tenant_id = ${school.id}::uuid WHERE id = ${member}::uuid`);
    await db().execute(sql`UPDATE users SET email_verified_at = NULL, is_self_registered = false`);
    for (const statement of readFileSync(MIGRATION, 'utf8').split(/;\s*\n/))
      if (statement.trim() !== '') await db().execute(sql`${raw(statement)}`);
    const found = await db().prisma.user.findMany({
      where: { id: { in: [registered, member, made.id] } },
      select: { id: true, isSelfRegistered: true, emailVerifiedAt: true },
    });
    const isProven = Object.fromEntries(found.map((each) => [each.id, each.emailVerifiedAt !== null]));
    expect(isProven).toEqual({ [registered]: false, [member]: true, [made.id]: true });
    await scene.send();
  });
});
