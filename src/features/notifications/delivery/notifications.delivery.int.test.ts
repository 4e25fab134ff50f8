import { createECDH, randomBytes } from 'node:crypto';
import { sql } from '../../../platform/db/sql';
import type { Clock } from '../../../shared/clock';
import { FakeMailServer } from '../../../testing/mail-server';
import { RecordingServer } from '../../../testing/recording-server';
import { NotificationScene, VAPID } from '../notifications.builder';

let mails: FakeMailServer;
let pushes: RecordingServer;
let scene: NotificationScene;
let now: Date | null = null;
const clock: Clock = { now: () => now ?? new Date() };
const nextNames = ['a', 'b'];

beforeAll(async () => {
  [mails, pushes] = await Promise.all([FakeMailServer.start(), RecordingServer.start({ status: 201 })]);
  const env = {
    SMTP_URL: mails.url.replace('smtp://', 'smtp://school:p%40ss@'),
    MAIL_FROM: 'North High <school@example.org>',
    WEB_APP_URL: 'https://app.example.org/',
    ...VAPID,
  };
  scene = await NotificationScene.create({ env, clock });
});
afterAll(async () => {
  await scene.app.close();
  await Promise.all([mails.stop(), pushes.stop()]);
});
afterEach(async () => {
  now = null;
  mails.received.splice(0);
  pushes.requests.splice(0);
  for (const table of ['notification_settings', 'notification_preferences', 'push_subscriptions'])
    await db().execute({ text: `DELETE FROM ${table}`, values: [] } as never);
});

const db = () => scene.app.container.platform.db;
const student = () => scene.students[0] as { id: string; email: string };
const settings = async (values: { digest?: string; quiet?: [number, number]; zone?: string }) => {
  const { digest = 'none', quiet = [null, null], zone = 'UTC' } = values;
  await db().execute(
    sql`INSERT INTO notification_settings (id, user_id, digest, quiet_from, quiet_until, time_zone)
        VALUES (gen_random_uuid(), ${student().id}::uuid, ${digest}, ${quiet[0]}::int, ${quiet[1]}::int, ${zone})`,
  );
};
const subscribe = async (path: string) => {
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const client = await scene.app.as(student().id);
  await client
    .post('/notifications/push-subscriptions')
    .send({
      endpoint: `${pushes.url}/${path}`,
      keys: { p256dh: keys.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
    })
    .expect(201);
};

describe('by a mail server', () => {
  it('contains the logo of the school', async () => {
    const admin = await scene.app.as((await scene.world.member(scene.school, 'admin')).id);
    const themeWith = (image: string | null) =>
      admin.patch(`/groups/${scene.school.id}/theme`).send({ logo: { image } }).expect(200);
    await themeWith(
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    );
    await scene.tell();
    const raw = (mails.received[0]?.raw ?? '').replaceAll('\r\n', '\n').replaceAll('=\n', '');
    expect(raw).toContain('Content-Type: multipart/related');
    expect(raw).toMatch(/Content-Type: image\/png[\s\S]*Content-ID: <logo>[\s\S]*iVBORw0KGgo/i);
    expect(raw).toContain('cid:logo');
    expect(raw).not.toContain('data:image');
    await themeWith(null);
  });

  it('delivers one mail with all its parts to each recipient', async () => {
    const { assignmentId, eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email sent']);
    const [mail] = mails.received;
    const [delivery] = await scene.deliveries(eventId);
    expect(mail).toMatchObject({ from: 'school@example.org', to: [student().email] });
    const raw = (mail?.raw ?? '').replaceAll('\r\n', '\n').replaceAll('=\n', '');
    expect(raw).toContain(`Message-ID: <${delivery?.id}@example.org>`);
    expect(raw).toMatch(/List-Unsubscribe:\s+<http.*\/notifications\/unsubscribe\/[\w.-]+>/s);
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(raw).toContain('Auto-Submitted: auto-generated');
    expect(raw).toContain('multipart/alternative');
    expect(raw).toContain(`https://app.example.org/assignments/${assignmentId}`);
    // Repeating it changes nothing.
    await scene.expand(eventId);
    await scene.attempt(eventId);
    await scene.execution.deliver(delivery?.id as string, new AbortController().signal);
    expect(mails.received).toHaveLength(1);
  });

  it('cannot get another header from a title with line breaks', async () => {
    const { eventId, assignmentId } = await scene.publish();
    await db().execute(
      sql`UPDATE assignments SET title = ${'Light\r\nBcc: everybody@example.org\r\n\r\nhello'} WHERE id = ${assignmentId}::uuid`,
    );
    await scene.expand(eventId);
    await scene.attempt(eventId);
    expect(mails.received[0]?.to).toEqual([student().email]);
    const head = (mails.received[0]?.raw ?? '').split('\r\n\r\n', 1)[0] ?? '';
    expect(head).not.toMatch(/^Bcc:/im);
  });

  it.each([
    ['mail', 421],
    ['rcpt', 450],
    ['data', 451],
  ] as const)('is retried if the server delays it at %s (%i)', async (at, code) => {
    mails.next({ at, code });
    const { eventId } = await scene.publish();
    await scene.expand(eventId);
    expect(await scene.attempt(eventId)).toEqual(['mail.unavailable']);
    expect(await scene.attempt(eventId)).toEqual([]);
    expect(await scene.deliveries(eventId)).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it.each([
    ['rcpt', 550],
    ['data', 554],
  ] as const)('is not retried if the server refuses it at %s (%i)', async (at, code) => {
    mails.next({ at, code });
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email failed mail.refused']);
  });

  it('is not sent again if the server disconnects with the message, because it may have accepted it', async () => {
    mails.next('hang_up');
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email failed mail.outcome_unknown']);
    await scene.attempt(eventId);
    expect(mails.received).toHaveLength(1);
  });

  it('is retried if it was cut off before the message, and not if it was cut off within it', async () => {
    mails.next('wait');
    const { eventId } = await scene.publish();
    await scene.expand(eventId);
    const [delivery] = await scene.deliveries(eventId);
    const abort = new AbortController();
    const attempt = scene.execution.deliver(delivery?.id as string, abort.signal).catch(() => {});
    while (mails.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort();
    await attempt;
    await scene.attempt(eventId);
    expect(mails.received).toHaveLength(1);
    expect(await scene.outcomes(eventId)).toEqual(['email failed mail.outcome_unknown']);
  });
});

describe('a change after the event', () => {
  const outcomeAfter = async (change: (ids: { assignmentId: string }) => Promise<unknown>) => {
    const { assignmentId, eventId } = await scene.publish();
    await scene.expand(eventId);
    await change({ assignmentId });
    await scene.attempt(eventId);
    expect(mails.received).toEqual([]);
    return (await scene.outcomes(eventId))[0];
  };

  it('counts: people who have left, who are deactivated, who want it no more; things that are gone', async () => {
    const { id } = student();
    const member = sql`class_id = ${scene.schoolClass.id}::uuid AND user_id = ${id}::uuid`;
    expect(await outcomeAfter(() => db().execute(sql`DELETE FROM class_members WHERE ${member}`))).toBe(
      'email skipped recipient.left',
    );
    await scene.world.classMember(scene.schoolClass, 'student', student());
    expect(
      await outcomeAfter(() =>
        db().execute(
          sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${id}::uuid`,
        ),
      ),
    ).toBe('email skipped recipient.inactive');
    await db().execute(sql`UPDATE users SET status = 'active', deactivated_at = NULL WHERE id = ${id}::uuid`);
    expect(
      await outcomeAfter(({ assignmentId }) =>
        db().execute(sql`UPDATE assignments SET deleted_at = now() WHERE id = ${assignmentId}::uuid`),
      ),
    ).toBe('email skipped subject.gone');
    expect(
      await outcomeAfter(() =>
        db().execute(
          sql`INSERT INTO notification_preferences (id, user_id, event, channel, enabled)
              VALUES (gen_random_uuid(), ${id}::uuid, 'assignment.published', 'email', false)`,
        ),
      ),
    ).toBe('email skipped preference.off');
  });
});

describe('a person without e-mail', () => {
  it('gets no mail, but sees notifications in the app', async () => {
    const pupil = await scene.world.userWithoutEmail(scene.school.tenantId);
    await scene.world.classMember(scene.schoolClass, 'student', pupil);
    const { eventId } = await scene.tell();
    const told = (await scene.deliveries(eventId)).map(({ userId }) => userId);
    expect(told).toEqual([student().id]);
    const client = await scene.app.as(pupil.id);
    expect((await client.get('/notifications').expect(200)).body.data).toHaveLength(1);
    await db().prisma.classMember.deleteMany({ where: { userId: pupil.id } });
  });

  it('gets no mail if the e-mail was removed after the delivery was created', async () => {
    const { eventId } = await scene.publish();
    await scene.expand(eventId);
    const { id, email } = student();
    const change = (values: { email: string | null; username: string | null }) =>
      db().prisma.user.updateMany({ where: { id }, data: values });
    await change({ email: null, username: 'no-mail' });
    await scene.attempt(eventId);
    await change({ email, username: null });
    expect(mails.received).toEqual([]);
    expect(await scene.outcomes(eventId)).toEqual(['email skipped recipient.no_email']);
  });
});

describe('at the right time', () => {
  it('waits for the end of quiet hours in the zone of the reader', async () => {
    now = new Date('2026-05-05T20:30:00Z');
    await settings({ quiet: [21 * 60, 7 * 60], zone: 'Europe/Berlin' });
    const { eventId } = await scene.tell();
    expect(await scene.deliveries(eventId)).toMatchObject([
      { state: 'deferred', dueAt: new Date('2026-05-06T05:00:00Z') },
    ]);
    expect(await scene.execution.due(eventId, 10)).toEqual({ ids: [], waitMs: 8.5 * 3_600_000 });
    now = new Date('2026-05-06T05:00:00Z');
    await scene.attempt(eventId);
    expect(await scene.outcomes(eventId)).toEqual(['email sent']);
  });

  it('collects everything into one daily mail', async () => {
    now = new Date('2026-05-05T10:00:00Z');
    await settings({ digest: 'daily' });
    const events = [];
    for (const _name of nextNames) events.push((await scene.tell()).eventId);
    const [first = '', second = ''] = events;
    expect(mails.received).toEqual([]);
    now = new Date('2026-05-05T17:00:00Z');
    await scene.attempt(second);
    expect(mails.received).toHaveLength(1);
    expect(mails.received[0]?.raw).toContain('Subject: 2 notifications today');
    await scene.attempt(first);
    expect(mails.received).toHaveLength(1);
    expect([...(await scene.outcomes(first)), ...(await scene.outcomes(second))]).toEqual([
      'email sent',
      'email sent',
    ]);
  });

  it('sends one daily mail from two simultaneous workflows', async () => {
    now = new Date('2026-05-05T10:00:00Z');
    await settings({ digest: 'daily' });
    const events = [(await scene.tell()).eventId, (await scene.tell()).eventId, (await scene.tell()).eventId];
    now = new Date('2026-05-05T17:00:00Z');
    await Promise.all(events.map((eventId) => scene.attempt(eventId)));
    const outcomes = await Promise.all(events.map((eventId) => scene.outcomes(eventId)));
    expect(outcomes).toEqual([['email sent'], ['email sent'], ['email sent']]);
    expect(mails.received).toHaveLength(1);
  });
});

describe('by Web Push', () => {
  it('is encrypted, signed, and replaces itself', async () => {
    await subscribe('browser');
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email sent', 'push sent']);
    const [request] = pushes.requests;
    expect(request?.path).toBe('/browser');
    expect(request?.headers).toMatchObject({
      'content-encoding': 'aes128gcm',
      ttl: '86400',
      topic: expect.stringMatching(/^[\w-]{32}$/),
      authorization: expect.stringContaining(VAPID.VAPID_PUBLIC_KEY),
    });
    expect(request?.body.toString('latin1')).not.toContain('assignment');
  });

  it.each([404, 410])('forgets a browser that is gone (%i)', async (status) => {
    await subscribe('gone');
    pushes.next({ status });
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email sent', 'push skipped push.no_subscription']);
    const { eventId: later } = await scene.tell();
    expect(await scene.outcomes(later)).toEqual(['email sent']);
  });

  it('retries if the push service asks for a pause, whatever happened to the mail', async () => {
    await subscribe('busy');
    pushes.next({ status: 429 });
    const { eventId } = await scene.publish();
    await scene.expand(eventId);
    expect(await scene.attempt(eventId)).toEqual(['push.unavailable']);
    expect(await scene.outcomes(eventId)).toEqual(['email sent', 'push pending']);
    await scene.attempt(eventId);
    expect(await scene.outcomes(eventId)).toEqual(['email sent', 'push sent']);
    expect(mails.received).toHaveLength(1);
  });

  it('gives up a refused message', async () => {
    await subscribe('strict');
    pushes.next({ status: 413 });
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).toEqual(['email sent', 'push failed push.refused']);
  });
});
