import { z } from 'zod';
import { sql } from '../../src/platform/db/sql';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { World } from '../../src/testing/world';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedOpenAndCloseAssignments } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { openAndCloseAssignmentsContract } from './contract';

const STUDENTS = 3;
/** More than one page. */
const ASSIGNMENTS = 60;

let app: TestApp;
let namespace: TestNamespace;
let world: World;
let schoolClass: Awaited<ReturnType<World['class']>>;
let teacher: { id: string };
let tool: Awaited<ReturnType<World['tool']>>;
const students: { id: string }[] = [];

beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
  world = new World(app.container);
  const school = await world.group();
  schoolClass = await world.class(school);
  teacher = await world.member(school, 'teacher');
  tool = await world.tool(school, teacher);
  for (let i = 0; i < STUDENTS; i += 1) students.push(await world.classMember(schoolClass, 'student'));
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

const db = () => app.container.platform.db;
const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
const assign = (values: Parameters<World['assignment']>[3]) =>
  world.assignment(schoolClass, tool, teacher, values);

/** How many recipients each event has, each with the job that notifies them. */
async function announcementsOf(event: string, subjectId: string): Promise<number[]> {
  const rows = await db().rows(
    sql`SELECT cardinality(e.user_ids) AS people FROM notification_events e JOIN outbox o ON o.input ->> 'eventId' = e.id::text
        WHERE e.event = ${event} AND e.subject_id = ${subjectId}::uuid`,
    z.object({ people: z.number() }),
  );
  return rows.map(({ people }) => people);
}

/** An attempt with an answer at an assignment that has closed since. */
async function endedWork(): Promise<string> {
  const assignment = await assign({ closesAt: inHours(-1) });
  const [student] = students as [{ id: string }];
  return (await world.submission(assignment, student, { answer: 'As far as I got' })).id;
}

const round = () => triggerSchedule(namespace, 'open-and-close-assignments');

describe('openAndCloseAssignments', () => {
  it('notifies each student once of opened work, submits ended work, and does nothing the second time', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    const opened: string[] = [];
    for (let i = 0; i < ASSIGNMENTS; i += 1) opened.push((await assign({ opensAt: inHours(-1) })).id);
    const later = await assign({ opensAt: inHours(1) });
    const work = await endedWork();
    expect(await round()).toEqual({ announced: ASSIGNMENTS * STUDENTS, submitted: 1 });
    expect(await round()).toEqual({ announced: 0, submitted: 0 });
    for (const id of opened) expect(await announcementsOf('assignment.published', id)).toEqual([STUDENTS]);
    expect(await announcementsOf('assignment.published', later.id)).toEqual([]);
    expect(await announcementsOf('submission.auto_submitted', work)).toEqual([1]);
    await worker.stop();
  });

  it('continues in another worker if the first one is killed, and does everything once', async () => {
    const [opened, ended]: [string[], string[]] = [[], []];
    for (let i = 0; i < ASSIGNMENTS; i += 1) {
      opened.push((await assign({ opensAt: inHours(-1) })).id);
      ended.push(await endedWork());
    }
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace, contract: openAndCloseAssignmentsContract, input: null },
      obstruct: (blocker) => blocker.query('LOCK TABLE assignment_announcements IN SHARE MODE'),
    });
    expect(result).toEqual({ announced: expect.any(Number), submitted: ASSIGNMENTS });
    for (const id of opened) expect(await announcementsOf('assignment.published', id)).toEqual([STUDENTS]);
    for (const id of ended) expect(await announcementsOf('submission.auto_submitted', id)).toEqual([1]);
  });

  describe('with stubbed activities', () => {
    let runner: StubbedRunner;
    beforeAll(async () => {
      runner = await StubbedRunner.create();
    });
    afterAll(() => runner.close());

    it('retries what has failed', async () => {
      const replaced = { submitEndedWork: failingOnce(7) };
      expect(await runner.outcome(stubbedOpenAndCloseAssignments, 'retried', replaced)).toEqual({
        announced: 3,
        submitted: 7,
      });
    });

    it('fails if it cannot succeed', async () => {
      const replaced = { announceOpenedAssignments: failing() };
      expect(await runner.outcome(stubbedOpenAndCloseAssignments, 'failed', replaced)).toBe('FAILED');
    });

    it('stops when it is cancelled', async () => {
      expect(await runner.cancelled(stubbedOpenAndCloseAssignments, 'cancelled', 'submitEndedWork')).toEqual({
        outcome: 'CANCELLED',
        progress: 'submitting',
      });
    });
  });
});
