import { sql } from '../../platform/db/sql';
import type { Client } from '../../testing/app';
import { NotificationScene, VAPID } from './notifications.builder';
import type { NotificationEvent } from './notifications.events';
import { NOTIFICATION_EVENTS } from './notifications.events';

let scene: NotificationScene;
let student: Client;
let other: Client;

beforeAll(async () => {
  scene = await NotificationScene.create({ students: 2, env: VAPID });
  [student, other] = await Promise.all([
    scene.app.as(scene.students[0]?.id as string),
    scene.app.as(scene.students[1]?.id as string),
  ]);
});
afterAll(() => scene.app.close());

const preferences = (
  changes: Partial<Record<NotificationEvent, object>> = {},
  more: Record<string, unknown> = {},
) => ({
  channels: Object.fromEntries(
    NOTIFICATION_EVENTS.map((event) => [event, { in_app: true, email: true, push: true, ...changes[event] }]),
  ),
  quietHours: null,
  timeZone: null,
  digest: 'none',
  ...more,
});

describe('the list', () => {
  it('shows no titles of a class that the person has left', async () => {
    const { assignmentId } = await scene.tell();
    const leaver = await scene.app.as(scene.students[1]?.id as string);
    const first = async () =>
      (await leaver.get('/notifications').expect(200)).body.data.find(
        (each: { subject: { id: string } }) => each.subject.id === assignmentId,
      );
    expect(await first()).toMatchObject({
      class: { name: 'Biology' },
      assignment: { title: expect.any(String) },
    });
    const { db } = scene.app.container.platform;
    await db.execute(sql`UPDATE assignments SET title = 'A new secret' WHERE id = ${assignmentId}::uuid`);
    expect((await first()).assignment.title).toBe('A new secret');
    await leaver.delete(`/classes/${scene.schoolClass.id}/members/${scene.students[1]?.id}`).expect(204);
    expect(await first()).toMatchObject({
      class: { id: scene.schoolClass.id, name: null },
      assignment: { id: assignmentId, title: null },
    });
    await scene.world.classMember(scene.schoolClass, 'student', scene.students[1]);
    await db.execute(sql`DELETE FROM notifications`);
  });

  it('contains a user’s notifications, newest first, with the number of unread ones', async () => {
    const first = await scene.tell();
    const second = await scene.tell();
    const { body } = await student.get('/notifications').expect(200);
    expect(body.data).toEqual([
      expect.objectContaining({
        event: 'assignment.published',
        subject: { type: 'assignment', id: second.assignmentId },
        class: { id: scene.schoolClass.id, name: 'Biology' },
        read: false,
        readAt: null,
      }),
      expect.objectContaining({ subject: { type: 'assignment', id: first.assignmentId } }),
    ]);
    expect(body.data[0].links.subject).toBe(`/api/v1/assignments/${second.assignmentId}`);
    expect(body.meta.totals).toEqual({ unread: 2 });

    const { id } = body.data[0];
    const read = await student.patch(`/notifications/${id}`).send({ read: true }).expect(200);
    expect(read.body.data).toMatchObject({ id, read: true, readAt: expect.any(String) });
    const again = await student.patch(`/notifications/${id}`).send({ read: true }).expect(200);
    expect(again.body.data.readAt).toBe(read.body.data.readAt);
    const unread = await student.get('/notifications?unread=true').expect(200);
    expect(unread.body.data).toHaveLength(1);
    expect(unread.body.meta.totals).toEqual({ unread: 1 });
    expect((await student.get('/notifications?unread=false')).body.data).toHaveLength(1);
    expect((await student.get('/notifications?event=export.ready')).body.data).toEqual([]);
    const page = await student.get('/notifications?limit=1&cursor=').expect(200);
    expect(page.body.meta.pagination.nextCursor).toEqual(expect.any(String));

    await student.patch(`/notifications/${id}`).send({ read: false }).expect(200);
    expect((await student.post('/notifications/read-all').send({}).expect(200)).body.data).toEqual({
      read: 2,
    });
    expect((await student.post('/notifications/read-all').send({}).expect(200)).body.data).toEqual({
      read: 0,
    });
  });

  it("has nothing of anybody else's", async () => {
    const { body } = await student.get('/notifications').expect(200);
    const { id } = body.data[0];
    const refused = await other.patch(`/notifications/${id}`).send({ read: true }).expect(404);
    expect(refused.body.error.details.reason).toBe('notification.not_found');
    const teacher = await scene.app.as(scene.teacher.id);
    expect((await teacher.get('/notifications')).body.data).toEqual([]);
  });

  it('refuses other users and invalid requests', async () => {
    await scene.app.anonymous.get('/notifications').expect(401);
    await scene.app.anonymous.post('/notifications/read-all').send({}).expect(401);
    await student.get('/notifications?event=unknown').expect(400);
    await student.patch('/notifications/x').send({ read: true }).expect(400);
    const nobodys = '0197a000-0000-7000-8000-000000000001';
    await student.patch(`/notifications/${nobodys}`).send({}).expect(400);
    await student.patch(`/notifications/${nobodys}`).send({ read: true }).expect(404);
  });
});

describe('preferences', () => {
  it('are the defaults of the event until the user chooses', async () => {
    const { body } = await other.get('/notifications/preferences').expect(200);
    expect(body.data).toMatchObject({
      quietHours: null,
      timeZone: null,
      digest: 'none',
      pushPublicKey: VAPID.VAPID_PUBLIC_KEY,
    });
    expect(body.data.channels['submission.submitted']).toEqual({ in_app: true, email: false, push: false });
  });

  it('are replaced as a whole, on record, and only for oneself', async () => {
    const wanted = preferences(
      { 'assignment.published': { in_app: false, email: false, push: false } },
      { quietHours: { from: '21:30', until: '06:45' }, timeZone: 'Europe/Berlin', digest: 'daily' },
    );
    const { body } = await other.put('/notifications/preferences').send(wanted).expect(200);
    expect(body.data).toMatchObject(wanted);
    expect((await other.get('/notifications/preferences')).body.data).toMatchObject(wanted);
    expect((await student.get('/notifications/preferences')).body.data.digest).toBe('none');
    const events = await scene.app.container.platform.db.execute(
      sql`SELECT FROM audit_events WHERE action = 'notifications.preferences_changed' AND subject_id = ${scene.students[1]?.id}::uuid`,
    );
    expect(events).toBe(1);

    const { eventId } = await scene.tell();
    const told = await scene.deliveries(eventId);
    expect(told.map(({ userId }) => userId)).toEqual([scene.students[0]?.id]);
    expect((await other.get('/notifications')).body.meta.pagination.total).toBe(2);
  });

  it('keep their value for events and channels that are not named', async () => {
    const path = '/notifications/preferences';
    const all = preferences({ 'submission.submitted': { in_app: true, email: false, push: false } });
    await student.put(path).send(all).expect(200);
    const some = { ...preferences(), channels: { 'assignment.published': { push: false } } };
    const { channels } = (await student.put(path).send(some).expect(200)).body.data;
    expect(channels).toEqual({
      ...all.channels,
      'assignment.published': { in_app: true, email: true, push: false },
    });
    await student.put(path).send(preferences()).expect(200);
  });

  it.each([
    ['an unknown event', { ...preferences(), channels: { ...preferences().channels, 'x.y': {} } }],
    ['no channels', { ...preferences(), channels: undefined }],
    ['quiet hours without an end', preferences({}, { quietHours: { from: '21:00' } })],
    ['quiet hours of no length', preferences({}, { quietHours: { from: '21:00', until: '21:00' } })],
    ['a time that no clock shows', preferences({}, { quietHours: { from: '24:00', until: '07:00' } })],
    ['an offset for a zone', preferences({}, { timeZone: '+02:00' })],
    ['an unknown digest', preferences({}, { digest: 'hourly' })],
  ])('refuse %s', async (_what, body) => {
    await student.put('/notifications/preferences').send(body).expect(400);
  });
});

describe('push subscriptions', () => {
  const subscription = {
    endpoint: 'https://push.example.org/send/abc',
    keys: { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) },
  };

  it('belong to the last user of the browser', async () => {
    const made = await student.post('/notifications/push-subscriptions').send(subscription).expect(201);
    const again = await student.post('/notifications/push-subscriptions').send(subscription).expect(201);
    expect(again.body.data.id).toBe(made.body.data.id);
    await other.post('/notifications/push-subscriptions').send(subscription).expect(201);
    const { endpoint } = subscription;
    await student.delete('/notifications/push-subscriptions').send({ endpoint }).expect(404);
    await other.delete('/notifications/push-subscriptions').send({ endpoint }).expect(204);
    await other.delete('/notifications/push-subscriptions').send({ endpoint }).expect(404);
  });

  it('are registered once by the same key', async () => {
    const ask = () =>
      student.post('/notifications/push-subscriptions').set('Idempotency-Key', 'one').send(subscription);
    const [first, second] = [await ask().expect(201), await ask().expect(201)];
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('refuse an invalid subscription', async () => {
    const { keys } = subscription;
    for (const inside of ['http://push.example.org/a', 'https://10.0.0.1/a', 'https://[64:ff9b::a00:1]/a']) {
      const { body } = await student
        .post('/notifications/push-subscriptions')
        .send({ endpoint: inside, keys })
        .expect(400);
      expect(body.error.details.issues).toMatchObject([
        { path: 'body.endpoint', reason: 'forbidden_address' },
      ]);
    }
    await student.post('/notifications/push-subscriptions').send({ endpoint: 'ftp://x', keys }).expect(400);
    await student
      .post('/notifications/push-subscriptions')
      .send({ endpoint: subscription.endpoint, keys: { p256dh: 'short', auth: 'short' } })
      .expect(400);
    await scene.app.anonymous.post('/notifications/push-subscriptions').send(subscription).expect(401);
  });
});

describe('the unsubscribe link', () => {
  it('shows a page, and changes nothing before its button is pressed; mail programs post by themselves', async () => {
    const userId = scene.students[0]?.id as string;
    const token = await linkOf(scene, userId);
    const path = `/notifications/unsubscribe/${token}`;
    const wants = async () =>
      (await student.get('/notifications/preferences')).body.data.channels['assignment.published'];
    const page = await scene.app.anonymous.get(path).set('Accept-Language', 'de').expect(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.text).toContain('<form method="post">');
    expect(page.text).toContain('Abbestellen');
    expect(await wants()).toMatchObject({ email: true });
    await scene.app.anonymous
      .post(path)
      .set('Content-Type', 'application/x-www-form-urlencoded')
      .send('List-Unsubscribe=One-Click')
      .expect(200, { data: { unsubscribed: true } });
    expect(await wants()).toEqual({ in_app: true, email: false, push: true });
    const done = await scene.app.anonymous.post(path).set('Accept', 'text/html').expect(200);
    expect(done.text).toContain('You have unsubscribed');
    const { eventId } = await scene.tell();
    expect(await scene.outcomes(eventId)).not.toContain('email sent');
  });

  it('is worth nothing once the person has another address', async () => {
    const userId = scene.students[0]?.id as string;
    const path = `/notifications/unsubscribe/${await linkOf(scene, userId)}`;
    const { prisma } = scene.app.container.platform.db;
    const { email } = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
    await prisma.user.update({ where: { id: userId }, data: { email: 'moved@example.org' } });
    for (const method of ['get', 'post'] as const) await scene.app.anonymous[method](path).expect(404);
    await prisma.user.update({ where: { id: userId }, data: { email } });
    await scene.app.anonymous.get(path).expect(200);
  });

  it('is worth nothing when it is not ours', async () => {
    for (const method of ['get', 'post'] as const) {
      const answer = await scene.app.anonymous[method]('/notifications/unsubscribe/some-token').expect(404);
      expect(answer.body.error.details.reason).toBe('unsubscribe.invalid');
    }
  });
});

/** The token as the service creates it for a mail. */
async function linkOf({ app }: NotificationScene, userId: string): Promise<string> {
  const { tokens } = app.container.notifications;
  const person = await app.container.platform.db.prisma.user.findUniqueOrThrow({ where: { id: userId } });
  return tokens.create({ userId, event: 'assignment.published' }, person.email ?? '', new Date());
}
