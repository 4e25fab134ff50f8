import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { aiCall, PERIOD } from './reports.builder';
import { ClassReportReadModel } from './reports.class.read-model';
import { UsageReportReadModel } from './reports.usage.read-model';

const period = { ...PERIOD, timezone: 'America/New_York' };
const at = (text: string): Date => new Date(text);

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = await createTestApp();
  world = new World(app.container);
});
afterAll(() => app.close());

async function place() {
  const district = await world.group({ name: 'District' });
  const school = await world.group({ name: 'School', under: district });
  const department = await world.group({ name: 'Department', under: school });
  const schoolClass = await world.class(department, { name: 'Class' });
  const teacher = await world.classMember(
    schoolClass,
    'teacher',
    await world.user({ name: 'Teacher', tenantId: district.id }),
  );
  const pupil = async (name: string) => {
    const user = await world.user({ name, tenantId: district.id });
    await world.classMember(schoolClass, 'student', user);
    return user;
  };
  const students = [await pupil('Ada'), await pupil('Ben'), await pupil('Cem')] as const;
  const tool = await world.tool(department, teacher);
  return { district, school, department, schoolClass, teacher, students, tool };
}

/** Inserts an attempt into the table. */
async function attempt(
  assignment: { id: string },
  student: { id: string },
  values: { n?: number; at: string; late?: boolean; score?: number },
): Promise<void> {
  const state = values.score === undefined ? 'submitted' : 'returned';
  const { id } = await world.submission(assignment, student, { attempt: values.n ?? 1, state });
  await app.container.platform.db.execute(
    sql`UPDATE submissions SET submitted_at = ${at(values.at)}::timestamptz, late = ${values.late ?? false},
          late_by_seconds = ${values.late === true ? 60 : 0}, released_score = ${values.score ?? null} WHERE id = ${id}::uuid`,
  );
}

async function publish(assignment: { id: string }, on: string, points = 100): Promise<void> {
  await app.container.platform.db.execute(
    sql`UPDATE assignments SET published_at = ${at(on)}::timestamptz, points = ${points} WHERE id = ${assignment.id}::uuid`,
  );
}

describe('the numbers of a class report', () => {
  const model = () => new ClassReportReadModel(app.container.platform.db);

  it('take the latest handed-in attempt of each student who was to do it', async () => {
    const { district, schoolClass, teacher, students, tool } = await place();
    const [ada, ben, cem] = students;
    const first = await world.assignment(schoolClass, tool, teacher, { dueAt: at('2026-09-10T12:00:00Z') });
    await publish(first, '2026-09-02T12:00:00Z', 50);
    const draft = await world.assignment(schoolClass, tool, teacher, {
      state: 'draft',
      dueAt: at('2026-09-10T12:00:00Z'),
    });
    const later = await world.assignment(schoolClass, tool, teacher, { dueAt: at('2026-11-10T12:00:00Z') });
    await publish(later, '2026-10-20T12:00:00Z');
    await attempt(first, ada, { at: '2026-09-05T12:00:00Z', score: 10 });
    await attempt(first, ada, { n: 2, at: '2026-09-08T03:30:00Z', score: 45 });
    await attempt(first, ben, { at: '2026-09-11T12:00:00Z', late: true });
    await world.submission(first, ben, { attempt: 2 });
    await app.container.platform.db.execute(
      sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, excused) VALUES (gen_random_uuid(), ${first.id}::uuid, ${cem.id}::uuid, true)`,
    );
    const data = await model().find(district.id, schoolClass.id, period);
    if (data === null) throw new Error('no report');
    expect(data).toMatchObject({ className: 'Class', groupName: 'Department', teachers: ['Teacher'] });
    expect(data.assignments).toEqual([
      expect.objectContaining({
        id: first.id,
        points: 50,
        expected: 2,
        handedIn: 2,
        late: 1,
        returned: 1,
        averagePercent: 90,
      }),
    ]);
    expect(data.assignments.map(({ id }) => id)).not.toContain(draft.id);
    const byName = new Map(data.students.map((student) => [student.name, student]));
    expect(byName.get('Ada')).toMatchObject({ expected: 1, handedIn: 1, late: 0, averagePercent: 90 });
    expect(byName.get('Ada')?.lastActiveAt).toBe(Date.parse('2026-09-08T03:30:00Z'));
    expect(byName.get('Ben')).toMatchObject({ expected: 1, handedIn: 1, late: 1, averagePercent: null });
    expect(byName.get('Cem')).toMatchObject({
      expected: 0,
      handedIn: 0,
      averagePercent: null,
      lastActiveAt: null,
    });
    expect(data.scores).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    // 8 September, half past three in London, is still the 7th in New York.
    expect([...data.days].sort((a, b) => (a.day < b.day ? -1 : 1))).toEqual([
      { day: '2026-09-05', onTime: 1, late: 0 },
      { day: '2026-09-07', onTime: 1, late: 0 },
      { day: '2026-09-11', onTime: 0, late: 1 },
    ]);
  });

  it('keep a returned grade when another attempt is submitted, and follow the policy of the assignment', async () => {
    const { district, schoolClass, teacher, students, tool } = await place();
    const [ada] = students;
    const assignment = await world.assignment(schoolClass, tool, teacher, {
      dueAt: at('2026-09-10T12:00:00Z'),
    });
    await publish(assignment, '2026-09-02T12:00:00Z', 50);
    await attempt(assignment, ada, { at: '2026-09-05T12:00:00Z', score: 40 });
    await attempt(assignment, ada, { n: 2, at: '2026-09-08T12:00:00Z', score: 20 });
    await attempt(assignment, ada, { n: 3, at: '2026-09-09T12:00:00Z' });
    const average = async (gradePolicy: string) => {
      await app.container.platform.db.execute(
        sql`UPDATE assignments SET grade_policy = ${gradePolicy} WHERE id = ${assignment.id}::uuid`,
      );
      const data = await model().find(district.id, schoolClass.id, period);
      return data?.assignments.map(({ returned, averagePercent }) => [returned, averagePercent]);
    };
    expect(await average('latest')).toEqual([[1, 40]]);
    expect(await average('best')).toEqual([[1, 80]]);
    expect(await average('average')).toEqual([[1, 60]]);
  });

  it('count only settled calls of the class in the period', async () => {
    const scene = await place();
    const { district, schoolClass, students, tool, school } = scene;
    const call = { userId: students[0].id, toolId: tool.id, input: 10, output: 5, cost: 7 };
    await aiCall(world, scene, { ...call, at: PERIOD.from });
    await aiCall(world, scene, { ...call, at: at('2026-09-15T12:00:00Z'), state: 'failed', toolId: null });
    await aiCall(world, scene, { ...call, at: at('2026-09-15T12:00:00Z'), state: 'pending' });
    await aiCall(world, scene, { ...call, at: PERIOD.to });
    await aiCall(world, scene, {
      ...call,
      at: at('2026-09-15T12:00:00Z'),
      classId: null,
      groupId: school.id,
    });
    const data = await model().find(district.id, schoolClass.id, period);
    expect(data?.usage).toEqual({
      calls: 2,
      failedCalls: 1,
      estimatedCalls: 0,
      inputTokens: 20,
      outputTokens: 10,
      costMicros: 14,
    });
    expect(data?.tools.map(({ id, calls }) => [id, calls])).toEqual(
      expect.arrayContaining([
        [tool.id, 1],
        [null, 1],
      ]),
    );
  });

  it('are none of a class that is not there or of another tenant, and stay for an archived one', async () => {
    const { district, schoolClass } = await place();
    const other = await place();
    expect(await model().find(other.district.id, schoolClass.id, period)).toBeNull();
    expect(await model().find(district.id, district.id, period)).toBeNull();
    await app.container.platform.db.execute(
      sql`UPDATE classes SET deleted_at = now() WHERE id = ${schoolClass.id}::uuid`,
    );
    expect(await model().find(district.id, schoolClass.id, period)).not.toBeNull();
  });
});

describe('the numbers of a usage report', () => {
  const model = () => new UsageReportReadModel(app.container.platform.db);

  it('agree with the calls, whichever way they are parted, for the tenant, a group and a class', async () => {
    const scene = await place();
    const { district, school, department, schoolClass, students, tool, teacher } = scene;
    const call = { userId: students[0].id, toolId: tool.id, input: 10, output: 5, cost: 7 };
    await aiCall(world, scene, { ...call, at: at('2026-09-15T12:00:00Z') });
    await aiCall(world, scene, { ...call, at: at('2026-09-15T02:00:00Z'), model: 'other', state: 'aborted' });
    await aiCall(world, scene, {
      ...call,
      at: at('2026-09-16T12:00:00Z'),
      classId: null,
      groupId: school.id,
      userId: teacher.id,
    });
    await aiCall(world, scene, {
      ...call,
      at: at('2026-09-16T12:00:00Z'),
      classId: null,
      groupId: district.id,
      toolId: null,
    });
    const foreign = await place();
    await aiCall(world, foreign, {
      ...call,
      at: at('2026-09-15T12:00:00Z'),
      userId: foreign.teacher.id,
      toolId: null,
    });
    const find = (groupId: string | null, classId: string | null) =>
      model().find({ tenantId: district.id, groupId, classId }, period);
    const whole = await find(null, null);
    if (whole === null) throw new Error('no report');
    expect(whole).toMatchObject({ scopeName: 'District', tenantName: 'District', activePeople: 2 });
    expect(whole.total).toEqual({
      calls: 4,
      failedCalls: 1,
      estimatedCalls: 0,
      inputTokens: 40,
      outputTokens: 20,
      costMicros: 28,
    });
    for (const part of [whole.days, whole.tools, whole.models, whole.groups])
      expect(part.reduce((sum, { costMicros }) => sum + costMicros, 0)).toBe(28);
    expect(new Map(whole.groups.map(({ name, calls }) => [name, calls]))).toEqual(
      new Map([
        ['District', 1],
        ['School', 3],
      ]),
    );
    expect(new Map(whole.days.map(({ day, calls }) => [day, calls]))).toEqual(
      new Map([
        ['2026-09-14', 1],
        ['2026-09-15', 1],
        ['2026-09-16', 2],
      ]),
    );
    expect((await find(school.id, null))?.total.calls).toBe(3);
    expect((await find(department.id, null))?.total.calls).toBe(2);
    expect(await find(department.id, schoolClass.id)).toMatchObject({
      scopeName: 'Class',
      total: { calls: 2 },
    });
    expect(await find(null, foreign.schoolClass.id)).toBeNull();
    expect(await find(foreign.school.id, null)).toBeNull();
  });
});
