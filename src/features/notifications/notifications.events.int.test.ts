import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Client } from '../../testing/app';
import { NotificationScene } from './notifications.builder';

let scene: NotificationScene;
let teacher: Client;
let student: Client;

beforeAll(async () => {
  scene = await NotificationScene.create({ students: 2 });
  teacher = await scene.app.as(scene.teacher.id);
  student = await scene.app.as(studentId());
});
afterAll(() => scene.app.close());

const studentId = () => scene.students[0]?.id as string;
const db = () => scene.app.container.platform.db;
const events = (event: string, subjectId: string) =>
  db().execute(
    sql`SELECT FROM notification_events WHERE event = ${event} AND subject_id = ${subjectId}::uuid`,
  );
const jobs = (subjectId: string) =>
  db().execute(
    sql`SELECT FROM outbox WHERE workflow = 'deliverNotification' AND subject_id = ${subjectId}::uuid`,
  );
const listOf = async (client: Client, event: string) =>
  (await client.get(`/notifications?event=${event}`).expect(200)).body.data as { subject: { id: string } }[];

describe('events', () => {
  it('notify the teachers of each submission, and the student of each return', async () => {
    const assignment = await scene.world.assignment(scene.schoolClass, scene.tool, scene.teacher);
    const started = await student.post(`/assignments/${assignment.id}/submissions`).send({}).expect(201);
    const { id } = started.body.data as { id: string };
    await student.patch(`/submissions/${id}`).send({ answer: 'What nobody else may read.' }).expect(200);
    await student.post(`/submissions/${id}/submit`).send({}).expect(200);
    await scene.expand(await scene.eventOf('submission.submitted', id));
    expect(await listOf(teacher, 'submission.submitted')).toMatchObject([
      { subject: { type: 'submission', id } },
    ]);
    expect(await listOf(student, 'submission.submitted')).toEqual([]);

    for (const score of [1, 2]) {
      await teacher.post(`/submissions/${id}/grade`).send({ score }).expect(200);
      await teacher.post(`/submissions/${id}/return`).send({}).expect(200);
    }
    expect(await events('submission.returned', id)).toBe(2);
    await scene.expand(await scene.eventOf('submission.returned', id));
    expect(await listOf(student, 'submission.returned')).toMatchObject([{ subject: { id } }]);
    expect(await jobs(id)).toBe(3);
  });

  it('notify guardians of their child’s returned work, on their own channels, and show them only what was returned', async () => {
    const { app, schoolClass, school, students, world } = scene;
    const guardian = async (childId: string | undefined) => {
      const person = await world.user({ tenantId: school.tenantId });
      await world.observes(person, { id: childId as string });
      return person.id;
    };
    const [wants, wantsNone, ofAnother] = [
      await guardian(students[0]?.id),
      await guardian(students[0]?.id),
      await guardian(students[1]?.id),
    ];
    for (const channel of ['in_app', 'email', 'push'])
      await db().execute(
        sql`INSERT INTO notification_preferences (id, user_id, event, channel, enabled)
            VALUES (${newId()}::uuid, ${wantsNone}::uuid, 'submission.returned', ${channel}, FALSE)`,
      );
    const assignment = await world.assignment(schoolClass, scene.tool, scene.teacher);
    const { id } = await world.submission(assignment, { id: studentId() }, { state: 'submitted' });
    await teacher.post(`/submissions/${id}/grade`).send({ score: 2, feedback: 'Well done' }).expect(200);
    const asGuardian = await app.as(wants);
    await asGuardian.get(`/submissions/${id}`).expect(404);
    await teacher.post(`/submissions/${id}/return`).send({}).expect(200);
    const eventId = await scene.eventOf('submission.returned', id);
    await scene.expand(eventId);
    await scene.attempt(eventId);
    const told = (await scene.deliveries(eventId)).map(({ userId, state }) => `${userId} ${state}`);
    expect(told.toSorted()).toEqual([`${studentId()} sent`, `${wants} sent`].toSorted());
    const listed = await listOf(asGuardian, 'submission.returned');
    expect(listed).toMatchObject([{ subject: { id } }]);
    for (const other of [wantsNone, ofAnother])
      expect(await listOf(await app.as(other), 'submission.returned')).toEqual([]);
    // Graded again and not returned, so the student and guardians hear nothing.
    await teacher
      .post(`/submissions/${id}/grade`)
      .send({ score: 1, feedback: 'On second thoughts' })
      .expect(200);
    const read = await asGuardian.get(`/submissions/${id}`).expect(200);
    expect(read.text).toContain('Well done');
    expect(read.text).not.toContain('On second thoughts');
  });

  it('do not notify a guardian who was removed meanwhile', async () => {
    const { schoolClass, school, world } = scene;
    const person = await world.user({ tenantId: school.tenantId });
    await world.observes(person, { id: studentId() });
    const assignment = await world.assignment(schoolClass, scene.tool, scene.teacher);
    const { id } = await world.submission(assignment, { id: studentId() }, { state: 'submitted' });
    await teacher.post(`/submissions/${id}/grade`).send({ score: 2 }).expect(200);
    await teacher.post(`/submissions/${id}/return`).send({}).expect(200);
    const eventId = await scene.eventOf('submission.returned', id);
    await scene.expand(eventId);
    await db().execute(sql`DELETE FROM student_observers WHERE observer_id = ${person.id}::uuid`);
    await scene.attempt(eventId);
    const theirs = (await scene.deliveries(eventId)).filter(({ userId }) => userId === person.id);
    expect(theirs).toMatchObject([{ state: 'skipped', code: 'recipient.left' }]);
  });

  it('announce a publication once, however often an assignment is closed and reopened', async () => {
    const { assignmentId } = await scene.publish();
    await teacher.post(`/assignments/${assignmentId}/close`).send({}).expect(200);
    await teacher.post(`/assignments/${assignmentId}/publish`).send({}).expect(200);
    expect(await events('assignment.published', assignmentId)).toBe(1);
    expect(await jobs(assignmentId)).toBe(1);
  });

  it('remind only students who have not submitted by the time of the mail', async () => {
    const dueAt = new Date(Date.now() + 3_600_000);
    const assignment = await scene.world.assignment(scene.schoolClass, scene.tool, scene.teacher, { dueAt });
    await scene.app.container.reminders.remindPage({ after: null, limit: 100 });
    const eventId = await scene.eventOf('assignment.due_soon', assignment.id);
    await scene.expand(eventId);
    expect(await listOf(student, 'assignment.due_soon')).toMatchObject([{ subject: { id: assignment.id } }]);
    await scene.world.submission(assignment, { id: studentId() }, { state: 'submitted' });
    await scene.attempt(eventId);
    expect((await scene.outcomes(eventId)).sort()).toEqual(['email sent', 'email skipped subject.done']);
  });

  it('are emitted only if their transaction commits', async () => {
    const subjectId = newId();
    const { notify } = scene.app.container.notifications;
    const event = {
      event: 'export.ready',
      tenantId: scene.school.tenantId,
      subjectId,
      userIds: [studentId()],
    } as const;
    const broken = db().transaction(async () => {
      await notify.emit(event);
      throw new Error('broken off');
    });
    await expect(broken).rejects.toThrow('broken off');
    expect([await events('export.ready', subjectId), await jobs(subjectId)]).toEqual([0, 0]);
    await notify.emit(event);
    await notify.emit(event);
    expect([await events('export.ready', subjectId), await jobs(subjectId)]).toEqual([1, 1]);
  });

  it('notify the admins of the root group and the platform of an AI fault, once', async () => {
    const { world, school, app } = scene;
    const admin = await world.member({ id: school.tenantId, tenantId: school.tenantId }, 'admin');
    const platform = await world.user({ isPlatformAdmin: true });
    await world.member(await world.group(), 'admin');
    const emit = () =>
      app.container.notifications.notify.emit({
        event: 'ai.quota_exhausted',
        tenantId: school.tenantId,
        subjectId: school.tenantId,
        occurrence: '2026-01-01 quota',
      });
    await emit();
    await emit();
    expect(await jobs(school.tenantId)).toBe(1);
    await scene.expand(await scene.eventOf('ai.quota_exhausted', school.tenantId));
    for (const { id } of [admin, platform])
      expect(await listOf(await app.as(id), 'ai.quota_exhausted')).toMatchObject([
        { subject: { type: 'tenant', id: school.tenantId } },
      ]);
    expect(await listOf(teacher, 'ai.quota_exhausted')).toEqual([]);
    const told = await db().execute(
      sql`SELECT FROM notifications n JOIN notification_events e ON e.id = n.event_id WHERE e.event = 'ai.quota_exhausted'`,
    );
    expect(told).toBe(2);
  });

  it('reach nobody of another tenant, whomever they name', async () => {
    const elsewhere = await scene.world.member(await scene.world.group(), 'teacher');
    const subjectId = newId();
    await scene.app.container.notifications.notify.emit({
      event: 'export.ready',
      tenantId: scene.school.tenantId,
      subjectId,
      userIds: [elsewhere.id, studentId()],
    });
    const eventId = await scene.eventOf('export.ready', subjectId);
    await scene.expand(eventId);
    expect((await scene.deliveries(eventId)).map(({ userId }) => userId)).toEqual([studentId()]);
  });
});

it('notify a large class page by page, each person once, even if a page is repeated', async () => {
  const people = 450;
  await db().execute(
    sql`INSERT INTO users (id, tenant_id, email, name)
        SELECT gen_random_uuid(), ${scene.school.tenantId}::uuid, 'many' || i || '@example.org', 'Many ' || i FROM generate_series(1, ${people}::int) i`,
  );
  await db().execute(
    sql`INSERT INTO class_members (id, class_id, user_id, role)
        SELECT gen_random_uuid(), ${scene.schoolClass.id}::uuid, id, 'student' FROM users WHERE email LIKE 'many%'`,
  );
  const { eventId } = await scene.publish();
  const pages: string[] = [];
  const signal = new AbortController().signal;
  const dying = scene.execution.expand(eventId, {
    after: null,
    onPage: (last) => {
      pages.push(last);
      throw new Error('killed');
    },
    signal,
  });
  await expect(dying).rejects.toThrow('killed');
  const onPage = (last: string) => void pages.push(last);
  const counts = await scene.execution.expand(eventId, { after: pages[0] ?? null, onPage, signal });
  expect(counts.notifications).toBe(people + scene.students.length);
  expect(await scene.execution.expand(eventId, { after: null, onPage, signal })).toEqual(counts);
});
