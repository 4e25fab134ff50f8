import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { TestApp } from '../../../testing/app';
import { createTestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { MailScene, readMail, WEB_APP } from '../../mails/mails.builder';
import { buildAccount, logIn, MovableClock, PASSWORD, withToken } from '../auth.builder';

const NEW_PASSWORD = 'a longer swim in July';
const clock = new MovableClock();
let scene: MailScene;
let app: TestApp;
beforeAll(async () => {
  scene = await MailScene.create({ clock });
  ({ app } = scene);
});
afterAll(() => scene.close());
beforeEach(() => {
  clock.aheadMs = 0;
});

const db = () => app.container.platform.db;
const forgot = (email: string) => app.anonymous.post('/auth/password/forgot').send({ email });
const reset = (token: string, newPassword = NEW_PASSWORD) =>
  app.anonymous.post('/auth/password/reset').send({ token, newPassword });
const tryLogIn = (email: string, password: string) =>
  app.anonymous.post('/auth/login').send({ email, password });
const linkFor = async (email: string) => {
  await forgot(email).expect(202);
  return scene.sendOne();
};
const reasonOf = ({ body }: { body: { error: { details: { reason: string } } } }) =>
  body.error.details.reason;

describe('a forgotten password', () => {
  it('is replaced with the link of a mail, which ends all sign-ins and API tokens and is announced', async () => {
    const { id, email } = await buildAccount(app.container, { name: 'Ada Lovelace' });
    const before = await logIn(app, email);
    const mail = await linkFor(email.toUpperCase());
    expect(mail).toMatchObject({ to: email, subject: 'Choose a new password' });
    expect(mail.text).toContain(`${WEB_APP}/reset-password#token=${mail.token}`);
    expect(mail.text).toContain('Hello Ada Lovelace,');
    const answer = await reset(mail.token).expect(204);
    expect(answer.headers['set-cookie']).toBeUndefined();
    await tryLogIn(email, PASSWORD).expect(401);
    await tryLogIn(email, NEW_PASSWORD).expect(200);
    await withToken(app.anonymous, 'get', '/auth/me', before.accessToken).expect(401);
    await app.anonymous.post('/auth/refresh').send({ refreshToken: before.refreshToken }).expect(401);
    expect(await scene.sendOne()).toMatchObject({
      to: email,
      subject: 'Your password was changed',
      token: '',
    });
    const trail = await db().rows(
      sql`SELECT action FROM audit_events WHERE subject_id = ${id}::uuid AND action LIKE 'auth.password%' ORDER BY seq`,
      z.object({ action: z.string() }),
    );
    expect(trail.map(({ action }) => action)).toEqual([
      'auth.password_reset_requested',
      'auth.password_reset',
    ]);
  });

  it('ends the API tokens of the account', async () => {
    const { id, email } = await buildAccount(app.container);
    const apiToken = newId();
    await db().execute(
      sql`INSERT INTO api_tokens (id, user_id, name, token_hash, prefix, scopes, expires_at)
          VALUES (${apiToken}::uuid, ${id}::uuid, 'script', sha256(${apiToken}::text::bytea), 'rapt_x', ARRAY['groups:read'], now() + interval '1 day')`,
    );
    await reset((await linkFor(email)).token).expect(204);
    const row = await db().prisma.apiToken.findUniqueOrThrow({ where: { id: apiToken } });
    expect(row.revokedAt).not.toBeNull();
    await scene.send();
  });

  it('is reset once with a link, whoever is first among many', async () => {
    const { email } = await buildAccount(app.container);
    const { token } = await linkFor(email);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => reset(token, `${NEW_PASSWORD} ${n}`)),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, ...Array(7).fill(400)]);
    const winner = answers.findIndex(({ status }) => status === 204);
    await tryLogIn(email, `${NEW_PASSWORD} ${winner}`).expect(200);
    const again = await reset(token).expect(400);
    expect(again.body.error.details).toMatchObject({
      reason: 'auth.link_invalid',
      issues: [{ path: 'body.token', reason: 'auth.link_invalid', message: expect.any(String) }],
    });
    await scene.send();
  });

  it('has thirty minutes', async () => {
    const { email } = await buildAccount(app.container);
    const { token } = await linkFor(email);
    clock.aheadMs = 31 * 60_000;
    expect(reasonOf(await reset(token).expect(400))).toBe('auth.link_invalid');
    clock.aheadMs = 29 * 60_000;
    await reset(token).expect(204);
    await scene.send();
  });

  it('keeps the link if the new password is weak', async () => {
    const { email } = await buildAccount(app.container, { name: 'Grace Hopper' });
    const { token } = await linkFor(email);
    expect(reasonOf(await reset(token, 'gracehopper1').expect(400))).toBe('auth.weak_password');
    await reset(token, 'short').expect(400);
    await reset(token).expect(204);
    await scene.send();
  });

  it('has one link that works: the newest, and none after the password was changed', async () => {
    const { email } = await buildAccount(app.container);
    const { mails } = app.container;
    const account = await db().prisma.user.findFirstOrThrow({ where: { email } });
    const link = { purpose: 'password_reset' as const, userId: account.id, address: email };
    const [older, newer] = [await mails.links.create(link), await mails.links.create(link)];
    await reset(older).expect(400);
    const signIn = await logIn(app, email);
    await withToken(app.anonymous, 'post', '/auth/password', signIn.accessToken)
      .send({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
      .expect(204);
    await reset(newer).expect(400);
    expect(await scene.sendOne()).toMatchObject({ subject: 'Your password was changed' });
  });

  it('lets one mail out in two minutes, and says nothing of it', async () => {
    const { email } = await buildAccount(app.container);
    for (let n = 0; n < 3; n += 1) await forgot(email).expect(202);
    expect(await scene.send()).toHaveLength(1);
  });

  it('is the same answer and the same work for every address', async () => {
    const world = new World(app.container);
    const known = await buildAccount(app.container);
    const gone = await buildAccount(app.container);
    await db().execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${gone.id}::uuid`,
    );
    const withoutPassword = await world.user();
    const rows = async () => ({
      mails: await db().prisma.accountMail.count(),
      jobs: await db().prisma.outboxRow.count({ where: { workflow: 'sendAccountMail' } }),
      events: await db().prisma.auditEvent.count({ where: { action: 'auth.password_reset_requested' } }),
    });
    const answers = [];
    for (const email of [known.email, gone.email, withoutPassword.email, 'nobody@example.org']) {
      const before = await rows();
      const { status, text, headers } = await forgot(email);
      const after = await rows();
      const { 'content-length': length, 'content-type': type } = headers;
      answers.push({
        ...{ status, text, length, type },
        ...{
          mails: after.mails - before.mails,
          jobs: after.jobs - before.jobs,
          events: after.events - before.events,
        },
      });
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 202, text: '', mails: 1, jobs: 1, events: 1 });
    expect((await scene.send()).map(({ to }) => to)).toEqual([known.email]);
    // The address of somebody who has no account here is forgotten.
    expect(await db().prisma.accountMail.count({ where: { recipient: 'nobody@example.org' } })).toBe(0);
    const codes = await db().prisma.accountMail.findMany({
      where: { recipient: { in: [gone.email, withoutPassword.email] } },
      select: { state: true, errorCode: true },
      orderBy: { id: 'asc' },
    });
    expect(codes).toEqual([
      { state: 'skipped', errorCode: 'account.inactive' },
      { state: 'skipped', errorCode: 'account.no_password' },
    ]);
  });

  it('tells a person without a password how they sign in', async () => {
    const { id, email } = await new World(app.container).user();
    await db().prisma.authIdentity.create({
      data: {
        id: newId(),
        userId: id,
        provider: 'google',
        issuer: 'https://accounts.google.com',
        subject: id,
      },
    });
    const mail = await linkFor(email);
    expect(mail).toMatchObject({ to: email, subject: 'How you sign in', token: '' });
    expect(mail.text).toContain('You sign in with Google.');
  });

  it('does nothing for an account that was deactivated after the mail', async () => {
    const { id, email } = await buildAccount(app.container);
    const { token } = await linkFor(email);
    await db().execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${id}::uuid`,
    );
    expect(reasonOf(await reset(token).expect(400))).toBe('auth.link_invalid');
  });

  it('refuses what is no address, no token and no password', async () => {
    await forgot('nowhere').expect(400);
    await reset('').expect(400);
    await reset('a token that we never gave', NEW_PASSWORD).expect(400);
    expect(reasonOf(await reset('aTokenThatWeNeverGave').expect(400))).toBe('auth.link_invalid');
    await app.anonymous
      .post('/auth/password/reset')
      .send({ token: 'x', newPassword: NEW_PASSWORD, userId: newId() })
      .expect(400);
  });

  it('counts wrong tokens by address', async () => {
    const limited = await createTestApp({ env: { MAIL_FROM: 'a@example.org' } });
    const tries = await Promise.all(
      Array.from({ length: 61 }, () =>
        limited.anonymous.post('/auth/password/reset').send({ token: 'wrong', newPassword: NEW_PASSWORD }),
      ),
    );
    expect(tries.map(({ status }) => status).sort((a, b) => a - b)).toEqual([...Array(60).fill(400), 429]);
    await limited.close();
  });

  it('is refused where no mail can be sent, for every address', async () => {
    const mute = await createTestApp({ env: { MAIL_FOLDER: '' } });
    const { email } = await buildAccount(mute.container);
    for (const address of [email, 'nobody@example.org'])
      expect(
        reasonOf(await mute.anonymous.post('/auth/password/forgot').send({ email: address }).expect(409)),
      ).toBe('mail.not_configured');
    await mute.close();
  });
});

describe('a mail that nobody knows the fate of', () => {
  it('is sent again with a new link, and the older one is dead', async () => {
    const { email } = await buildAccount(app.container);
    scene.server.next('hang_up');
    await forgot(email).expect(202);
    await expect(scene.send()).rejects.toThrow('Not delivered yet.');
    const second = await scene.sendOne();
    const [first] = scene.server.received.slice(-2).map(readMail);
    expect(first?.token).not.toBe(second.token);
    await reset(first?.token ?? '').expect(400);
    await reset(second.token).expect(204);
    await scene.send();
  });

  it('is given up after three attempts that the server took and did not answer', async () => {
    const { email } = await buildAccount(app.container);
    scene.server.next('hang_up', 'hang_up', 'hang_up');
    await forgot(email).expect(202);
    await expect(scene.send()).rejects.toThrow();
    await expect(scene.send()).rejects.toThrow();
    await scene.send();
    const mail = await db().prisma.accountMail.findFirstOrThrow({ where: { recipient: email } });
    expect(mail).toMatchObject({ state: 'failed', errorCode: 'mail.outcome_unknown', attempts: 3 });
  });

  it('is given up at once where its address is refused', async () => {
    const { email } = await buildAccount(app.container);
    scene.server.next({ at: 'rcpt', code: 550 });
    await forgot(email).expect(202);
    expect(await scene.send()).toEqual([]);
    const mail = await db().prisma.accountMail.findFirstOrThrow({ where: { recipient: email } });
    expect(mail).toMatchObject({ state: 'failed', errorCode: 'mail.refused' });
  });
});

describe('the retention of links and mails', () => {
  it('removes those of more than thirty days ago', async () => {
    const { email } = await buildAccount(app.container);
    const { token } = await linkFor(email);
    const { retention } = app.container.mails;
    expect(await retention.deleteOldMails({ limit: 100 })).toBe(0);
    expect(await retention.deleteOldLinks({ limit: 100 })).toBe(0);
    clock.aheadMs = 31 * 86_400_000;
    expect(await retention.deleteOldMails({ limit: 1 })).toBe(1);
    expect(await retention.deleteOldLinks({ limit: 100 })).toBeGreaterThanOrEqual(1);
    clock.aheadMs = 0;
    await reset(token).expect(400);
  });
});
