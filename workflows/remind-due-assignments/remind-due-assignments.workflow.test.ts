import { z } from 'zod';
import { sql } from '../../src/platform/db/sql';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { World } from '../../src/testing/world';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedRemindDueAssignments } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { remindDueAssignmentsContract } from './contract';

const STUDENTS = 3;
/** More than one page. */
const ASSIGNMENTS = 60;

let app: TestApp;
let namespace: TestNamespace;
let world: World;
let school: Awaited<ReturnType<World['group']>>;
let schoolClass: Awaited<ReturnType<World['class']>>;
let teacher: { id: string };
let tool: Awaited<ReturnType<World['tool']>>;

beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
  world = new World(app.container);
  school = await world.group();
  schoolClass = await world.class(school);
  teacher = await world.member(school, 'teacher');
  tool = await world.tool(school, teacher);
  for (let i = 0; i < STUDENTS; i += 1) await world.classMember(schoolClass, 'student');
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

const db = () => app.container.platform.db;
const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
const remindersOf = (assignmentId: string) =>
  db().execute(sql`SELECT FROM assignment_reminders WHERE assignment_id = ${assignmentId}::uuid`);

/** Events of this assignment, each with the job that notifies the recipients. */
const announcementsOf = (assignmentId: string) =>
  db().rows(
    sql`SELECT cardinality(e.user_ids) AS people FROM notification_events e JOIN outbox o ON o.input ->> 'eventId' = e.id::text
        WHERE e.event = 'assignment.due_soon' AND e.subject_id = ${assignmentId}::uuid`,
    z.object({ people: z.number() }),
  );

const round = () => triggerSchedule(namespace, 'remind-due-assignments');

describe('remindDueAssignments', () => {
  it('reminds each student once when it is triggered, and nobody the second time', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    for (let i = 0; i < ASSIGNMENTS; i += 1)
      await world.assignment(schoolClass, tool, teacher, { dueAt: inHours(20) });
    const later = await world.assignment(schoolClass, tool, teacher, { dueAt: inHours(40) });
    expect(await round()).toEqual({
      reminders: ASSIGNMENTS * STUDENTS,
    });
    expect(await round()).toEqual({ reminders: 0 });

    // The group's setting asks for an earlier reminder.
    const admin = await app.as((await world.member(school, 'admin')).id);
    await admin
      .patch(`/groups/${school.id}`)
      .send({ settings: { reminderHours: 48 } })
      .expect(200);
    await worker.stop();
    const another = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    expect(await round()).toEqual({ reminders: STUDENTS });
    expect(await remindersOf(later.id)).toBe(STUDENTS);
    expect(await announcementsOf(later.id)).toEqual([{ people: STUDENTS }]);
    await another.stop();
  });

  it('continues in another worker if the first one is killed, and notifies everybody once', async () => {
    const made: string[] = [];
    for (let i = 0; i < ASSIGNMENTS; i += 1)
      made.push((await world.assignment(schoolClass, tool, teacher, { dueAt: inHours(20) })).id);
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace, contract: remindDueAssignmentsContract, input: null },
      obstruct: (blocker) => blocker.query('LOCK TABLE assignment_reminders IN SHARE MODE'),
    });
    expect(result).toEqual({ reminders: expect.any(Number) });
    for (const id of made) {
      expect(await remindersOf(id)).toBe(STUDENTS);
      expect(await announcementsOf(id)).toEqual([{ people: STUDENTS }]);
    }
  });

  describe('with stubbed activities', () => {
    let runner: StubbedRunner;
    beforeAll(async () => {
      runner = await StubbedRunner.create();
    });
    afterAll(() => runner.close());

    it('retries what has failed', async () => {
      const replaced = { remindOfDueAssignments: failingOnce(7) };
      expect(await runner.outcome(stubbedRemindDueAssignments, 'retried', replaced)).toEqual({
        reminders: 7,
      });
    });

    it('fails if it cannot succeed', async () => {
      const replaced = { remindOfDueAssignments: failing() };
      expect(await runner.outcome(stubbedRemindDueAssignments, 'failed', replaced)).toBe('FAILED');
    });

    it('stops when it is cancelled', async () => {
      expect(
        await runner.cancelled(stubbedRemindDueAssignments, 'cancelled', 'remindOfDueAssignments'),
      ).toEqual({ outcome: 'CANCELLED', progress: 'reminding' });
    });
  });
});
