import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import type { NewEvent } from '../../notifications';
import { AssignmentRemindersRepository } from './assignments.reminders.repository';
import { AssignmentRemindersService } from './assignments.reminders.service';

const HOUR_MS = 3_600_000;
const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);

let app: TestApp;
let world: World;
let school: Awaited<ReturnType<World['group']>>;
let schoolClass: Awaited<ReturnType<World['class']>>;
let teacher: { id: string };
let tool: Awaited<ReturnType<World['tool']>>;
let students: { id: string }[];
let told: NewEvent[];
let leadHours: number;
let failsToTell: boolean;

beforeAll(async () => {
  app = await createTestApp();
  world = new World(app.container);
});
afterAll(() => app.close());
beforeEach(async () => {
  // Each test starts without reminders, because they cover everything that is due.
  await db().execute(sql`DELETE FROM assignment_reminders`);
  await db().execute(sql`UPDATE assignments SET deleted_at = now()`);
  school = await world.group();
  schoolClass = await world.class(school);
  teacher = await world.member(school, 'teacher');
  tool = await world.tool(school, teacher);
  students = [
    await world.classMember(schoolClass, 'student'),
    await world.classMember(schoolClass, 'student'),
  ];
  told = [];
  leadHours = 24;
  failsToTell = false;
});

const db = () => app.container.platform.db;
const assignment = (values: Parameters<World['assignment']>[3]) =>
  world.assignment(schoolClass, tool, teacher, values);

function service(): AssignmentRemindersService {
  return new AssignmentRemindersService({
    db: db(),
    clock: app.container.platform.clock,
    repository: new AssignmentRemindersRepository(db()),
    keptDays: 30,
    leadHoursOf: () => Promise.resolve(leadHours),
    notify: {
      emit: (event) => {
        if (failsToTell) return Promise.reject(new Error('cannot tell'));
        told.push(event);
        return Promise.resolve();
      },
    },
  });
}

/** Walks all pages. @returns who was reminded of what */
async function remind(limit = 10): Promise<string[]> {
  told = [];
  let after: string | null = null;
  do ({ next: after } = await service().remindPage({ after, limit }));
  while (after !== null);
  return told.flatMap((event) =>
    'userIds' in event ? event.userIds.map((userId) => `${event.subjectId} ${userId}`) : [],
  );
}

async function override(assignmentId: string, student: { id: string }, dueAt: Date | null, excused = false) {
  await db().execute(
    sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, due_at, excused)
        VALUES (${newId()}::uuid, ${assignmentId}::uuid, ${student.id}::uuid, ${dueAt}::timestamptz, ${excused})
        ON CONFLICT (assignment_id, user_id) DO UPDATE SET due_at = EXCLUDED.due_at, excused = EXCLUDED.excused`,
  );
}

const everybody = (id: string) => students.map((student) => `${id} ${student.id}`);

describe('reminders of due assignments', () => {
  it('go to each student of the class once, a day before the due date', async () => {
    const { id } = await assignment({ dueAt: inHours(23) });
    await assignment({ dueAt: inHours(25) });
    await assignment({ dueAt: inHours(-1) });
    await assignment({ dueAt: inHours(23), state: 'draft' });
    await assignment({ dueAt: inHours(23), state: 'closed' });
    await assignment({});
    expect((await remind()).sort()).toEqual(everybody(id).sort());
    expect(told).toMatchObject([
      {
        event: 'assignment.due_soon',
        assignmentId: id,
        classId: schoolClass.id,
        tenantId: schoolClass.tenantId,
      },
    ]);
    const occurrence = told[0]?.occurrence;
    expect(await remind()).toEqual([]);

    // A student who joins later is notified by a separate event.
    const late = await world.classMember(schoolClass, 'student');
    expect(await remind()).toEqual([`${id} ${late.id}`]);
    expect(told[0]?.occurrence).not.toBe(occurrence);
  });

  it('follow the due date in force, including an override that is earlier or later', async () => {
    const near = await assignment({ dueAt: inHours(100) });
    const far = await assignment({ dueAt: inHours(10) });
    const [one, other] = students as [{ id: string }, { id: string }];
    await override(near.id, one, inHours(5));
    await override(far.id, one, inHours(50));
    expect((await remind()).sort()).toEqual([`${near.id} ${one.id}`, `${far.id} ${other.id}`].sort());
  });

  it('come again for another due date, and not for the same', async () => {
    const { id } = await assignment({ dueAt: inHours(5) });
    await remind();
    await db().execute(sql`UPDATE assignments SET title = 'Other' WHERE id = ${id}::uuid`);
    expect(await remind()).toEqual([]);
    await db().execute(sql`UPDATE assignments SET due_at = ${inHours(20)} WHERE id = ${id}::uuid`);
    expect((await remind()).sort()).toEqual(everybody(id).sort());
  });

  it('skip students who are excused, have submitted, or are gone', async () => {
    const { id } = await assignment({ dueAt: inHours(5) });
    const [one, other] = students as [{ id: string }, { id: string }];
    await override(id, one, null, true);
    await world.submission({ id }, other, { state: 'submitted' });
    const gone = await world.classMember(schoolClass, 'student');
    await db().execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${gone.id}::uuid`,
    );
    const working = await world.classMember(schoolClass, 'student');
    await world.submission({ id }, working, { state: 'in_progress' });
    expect(await remind()).toEqual([`${id} ${working.id}`]);
  });

  it('wait until the work is open, and end when it is closed', async () => {
    const { id } = await assignment({ dueAt: inHours(5), opensAt: inHours(1) });
    expect(await remind()).toEqual([]);
    await db().execute(sql`UPDATE assignments SET opens_at = ${inHours(-1)} WHERE id = ${id}::uuid`);
    expect(await remind()).toHaveLength(2);
    await db().execute(sql`UPDATE classes SET deleted_at = now() WHERE id = ${schoolClass.id}::uuid`);
    await db().execute(sql`UPDATE assignments SET due_at = ${inHours(4)} WHERE id = ${id}::uuid`);
    expect(await remind()).toEqual([]);
  });

  it('come as early as the group says, or not at all', async () => {
    const { id } = await assignment({ dueAt: inHours(5) });
    leadHours = 0;
    expect(await remind()).toEqual([]);
    leadHours = 4;
    expect(await remind()).toEqual([]);
    leadHours = 6;
    expect((await remind()).sort()).toEqual(everybody(id).sort());
  });

  it('are claimed together with their notification: if that fails, they come the next time', async () => {
    await assignment({ dueAt: inHours(5) });
    failsToTell = true;
    await expect(remind()).rejects.toThrow('cannot tell');
    failsToTell = false;
    expect(await remind()).toHaveLength(2);
  });

  it('are forgotten a month after the due date', async () => {
    const { id } = await assignment({ dueAt: inHours(5) });
    await remind();
    const aged = (days: number) =>
      db().execute(
        sql`UPDATE assignment_reminders SET due_at = now() - make_interval(days => ${days}::int) WHERE assignment_id = ${id}::uuid`,
      );
    await aged(29);
    expect(await service().deleteOld({ limit: 10 })).toBe(0);
    await aged(31);
    expect(await service().deleteOld({ limit: 1 })).toBe(1);
    expect(await service().deleteOld({ limit: 10 })).toBe(1);
  });

  it('come once, however many rounds run at once, page by page', async () => {
    for (let i = 0; i < 7; i += 1) await assignment({ dueAt: inHours(5) });
    const rounds = await Promise.all([remind(2), remind(3), remind(10)]);
    // Each round empties the list of the others, so only the number of rows counts.
    expect(rounds).toHaveLength(3);
    expect(await db().execute(sql`SELECT FROM assignment_reminders`)).toBe(14);
  });
});
