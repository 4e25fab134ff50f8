import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { ExportScene } from '../exports.builder';

/** On 25 October 2026, Berlin's clocks are put back at 01:00 UTC, so 02:30 occurs twice. */
const [FIRST_HALF_PAST_TWO, SECOND_HALF_PAST_TWO] = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'];

type Row = Record<string, unknown>;

let app: TestApp;
let scene: ExportScene;
let asAdmin: Client;
let asAssistant: Client;
let ada: string;
let mallory: string;
/** Ada's work is graded, returned and graded again; Mallory's is graded and not returned. */
let returned: string;
let graded: string;
let second: { id: string };
let other: { id: string };

beforeAll(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  const { admin, assistant, schoolClass, school, students, teacher, tool, world } = scene;
  [ada, mallory] = students.map(({ id }) => id) as [string, string];
  [asAdmin, asAssistant] = [await app.as(admin.id), await app.as(assistant.id)];
  await setTimeZone('Europe/Berlin');
  second = await world.assignment(schoolClass, tool, teacher);
  await world.assignment(schoolClass, tool, teacher, { state: 'draft' });
  returned = (
    await world.submission(scene.assignment, { id: ada }, { state: 'returned', answer: '+49 30 1234' })
  ).id;
  graded = (await world.submission(scene.assignment, { id: mallory }, { state: 'submitted' })).id;
  await db().execute(
    sql`UPDATE submissions SET started_at = '2026-10-24T10:00Z', submitted_at = ${FIRST_HALF_PAST_TWO}::timestamptz, returned_at = '2026-10-26T08:00Z', released_score = 7.5,
          released_feedback = 'Good', draft_score = 8.25, draft_feedback = 'Better than I thought', graded_at = '2026-10-27T08:00Z'
        WHERE id = ${returned}::uuid`,
  );
  await db().execute(
    sql`UPDATE submissions SET started_at = '2026-10-24T11:00Z', submitted_at = ${SECOND_HALF_PAST_TWO}::timestamptz, due_at_in_force = ${FIRST_HALF_PAST_TWO}::timestamptz,
          late = TRUE, late_by_seconds = 3600, draft_score = 3, draft_feedback = 'Not yet said', graded_at = now() WHERE id = ${graded}::uuid`,
  );
  await otherClass(school);
});
afterAll(() => app.close());
afterEach(() =>
  db().execute(
    sql`UPDATE exports SET state = 'cancelled', finished_at = now() WHERE state IN ('queued', 'running')`,
  ),
);

const db = () => app.container.platform.db;

/** Creates a class of the same school in which one of the students also has work. */
async function otherClass(school: { id: string; tenantId: string }): Promise<void> {
  const { teacher, tool, world } = scene;
  const schoolClass = await world.class(school, { name: 'Other' });
  other = schoolClass;
  await world.classMember(schoolClass, 'student', { id: ada });
  await world.submission(await world.assignment(schoolClass, tool, teacher), { id: ada });
}

/** Over REST, because settings are cached. */
const setTimeZone = (timezone: string) =>
  asAdmin.patch(`/groups/${scene.school.id}`).send({ settings: { timezone } }).expect(200);

/** The rows of an export as NDJSON, which keeps types. */
async function rowsOf(kind: string, more: object = {}, client: Client = scene.asTeacher): Promise<Row[]> {
  const text = await scene.fileFor(kind, 'ndjson', more, client);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

const values = (rows: readonly Row[], column: string): unknown[] =>
  rows.map((row) => row[column]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
const schoolScope = () => ({ scope: { groupId: scene.school.id } });

describe('a roster', () => {
  it('has a row a member of the class, or of the group and all below it', async () => {
    const inClass = await rowsOf('roster');
    expect(values(inClass, 'role')).toEqual(['assistant', 'student', 'student', 'teacher']);
    expect(new Set(values(inClass, 'place_name'))).toEqual(new Set(['Physics 7b']));
    const inSchool = await rowsOf('roster', schoolScope(), asAdmin);
    expect(inSchool).toHaveLength(6);
    expect(inSchool.filter((row) => row.place_type === 'group')).toMatchObject([
      { user_id: scene.admin.id, role: 'admin', place_id: scene.school.id },
    ]);
    const ofOne = await rowsOf('roster', { ...schoolScope(), filters: { userId: ada } }, asAdmin);
    expect(values(ofOne, 'place_name')).toEqual(['Other', 'Physics 7b']);
  });
});

describe('a gradebook', () => {
  const pairs = (rows: readonly Row[]) =>
    rows.map(({ student_id, assignment_id }) => [student_id, assignment_id].join(' ')).toSorted();

  it('has a row for each student with each assignment that is no draft, worked on or not', async () => {
    const rows = await rowsOf('gradebook');
    const assignments = [scene.assignment.id, second.id];
    expect(pairs(rows)).toEqual(
      [ada, mallory].flatMap((student) => assignments.map((id) => `${student} ${id}`)).toSorted(),
    );
    expect(values(rows, 'state')).toEqual(['not_started', 'not_started', 'returned', 'submitted']);
    expect(await rowsOf('gradebook', { filters: { userId: ada, assignmentId: second.id } })).toMatchObject([
      { student_id: ada, assignment_id: second.id, score: null, attempt: null },
    ]);
  });

  it('keeps a returned grade when another attempt begins, is submitted or is graded', async () => {
    const { school, teacher, tool, world } = scene;
    const schoolClass = await world.class(school);
    await world.classMember(schoolClass, 'student', { id: ada });
    const assignment = await world.assignment(schoolClass, tool, teacher);
    const attempt = async (
      n: number,
      state: 'in_progress' | 'submitted' | 'returned',
      score: number | null,
    ) => {
      const { id } = await world.submission(assignment, { id: ada }, { attempt: n, state });
      await db().execute(
        sql`UPDATE submissions SET draft_score = ${score}, released_score = ${state === 'returned' ? score : null} WHERE id = ${id}::uuid`,
      );
    };
    const row = async (gradePolicy: string) => {
      await db().execute(
        sql`UPDATE assignments SET grade_policy = ${gradePolicy} WHERE id = ${assignment.id}::uuid`,
      );
      const [{ state, attempt: number, score }, ...more] = (await rowsOf(
        'gradebook',
        { scope: { classId: schoolClass.id } },
        asAdmin,
      )) as [Row, ...Row[]];
      expect(more).toEqual([]);
      return [state, number, score];
    };
    await attempt(1, 'returned', 80);
    await attempt(2, 'submitted', 30);
    await attempt(3, 'in_progress', null);
    expect(await row('latest')).toEqual(['returned', 1, 80]);
    await attempt(4, 'returned', 50);
    expect(await row('latest')).toEqual(['returned', 4, 50]);
    expect(await row('best')).toEqual(['returned', 1, 80]);
    expect(await row('first')).toEqual(['returned', 1, 80]);
    expect(await row('average')).toEqual(['returned', 4, 65]);
  });

  it('shows unreturned grades only to people who grade', async () => {
    const filters = { assignmentId: scene.assignment.id };
    const drafts = Object.fromEntries(
      (await rowsOf('gradebook', { filters })).map((row) => [row.student_id, [row.score, row.draft_score]]),
    );
    expect(drafts).toEqual({ [ada]: [7.5, 8.25], [mallory]: [null, 3] });
    for (const kind of ['gradebook', 'submissions']) {
      const seen = await rowsOf(kind, { filters }, asAssistant);
      expect(Object.fromEntries(seen.map((row) => [row.student_id, row.score]))).toEqual({
        [ada]: 7.5,
        [mallory]: null,
      });
      for (const row of seen)
        expect(
          Object.keys(row).filter((name) => name.startsWith('draft') || name.startsWith('graded')),
        ).toEqual([]);
      for (const secret of ['8.25', 'Better than I thought', 'Not yet said'])
        expect(JSON.stringify(seen)).not.toContain(secret);
    }
  });

  it('uses the last attempt and the student’s dates, and says who is excused', async () => {
    await db().execute(
      sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, due_at, excused)
          VALUES (${newId()}::uuid, ${second.id}::uuid, ${ada}::uuid, '2027-01-01T00:00Z', FALSE), (${newId()}::uuid, ${second.id}::uuid, ${mallory}::uuid, NULL, TRUE)`,
    );
    await scene.world.submission(second, { id: ada }, { state: 'submitted' });
    await scene.world.submission(second, { id: ada }, { attempt: 2 });
    const rows = await rowsOf('gradebook', { filters: { assignmentId: second.id } });
    expect(rows.find((row) => row.student_id === ada)).toMatchObject({
      attempt: 2,
      state: 'in_progress',
      due_at: '2027-01-01T00:00:00.000Z',
    });
    expect(rows.find((row) => row.student_id === mallory)).toMatchObject({ state: 'excused' });
  });
});

describe('submissions', () => {
  it('are those of the class, of a student, of an assignment, in a state, from a time', async () => {
    const ids = async (filters: object, more: object = {}, client?: Client) =>
      values(await rowsOf('submissions', { filters, ...more }, client), 'submission_id');
    const first = { assignmentId: scene.assignment.id };
    expect(await ids(first)).toEqual([returned, graded].toSorted());
    expect(await ids({ ...first, userId: mallory })).toEqual([graded]);
    expect(await ids({ state: 'returned' })).toEqual([returned]);
    expect(await ids({ from: '2026-10-24T10:30:00Z', to: '2026-10-24T11:00:00Z' })).toEqual([]);
    expect(await ids({ from: '2026-10-24T10:00:00Z', to: '2026-10-24T11:00:00Z' })).toEqual([returned]);
    const everywhere = await rowsOf('submissions', { ...schoolScope(), filters: { userId: ada } }, asAdmin);
    expect(values(everywhere, 'class_name')).toContain('Other');
    expect(values(await rowsOf('submissions'), 'class_name')).not.toContain('Other');
  });

  it('show times in UTC and in the school’s zone, with its offset, when an hour occurs twice', async () => {
    const rows = await rowsOf('submissions', { filters: { assignmentId: scene.assignment.id } });
    const timesOf = (id: string) => rows.find((row) => row.submission_id === id);
    expect(timesOf(returned)).toMatchObject({
      submitted_at: FIRST_HALF_PAST_TWO,
      submitted_at_local: '2026-10-25T02:30:00+02:00',
      due_at: null,
      due_at_local: null,
    });
    expect(timesOf(graded)).toMatchObject({
      submitted_at: SECOND_HALF_PAST_TWO,
      submitted_at_local: '2026-10-25T02:30:00+01:00',
      late_by_seconds: 3_600,
    });
    for (const row of rows)
      expect(new Date(String(row.submitted_at_local)).toISOString()).toBe(row.submitted_at);
  });

  it.each([
    ['America/St_Johns', '2026-10-24T22:00:00-02:30'],
    ['Asia/Kathmandu', '2026-10-25T06:15:00+05:45'],
    ['UTC', '2026-10-25T00:30:00+00:00'],
  ])('show times of %s with their minutes', async (zone, expected) => {
    await setTimeZone(zone);
    const [row] = await rowsOf('submissions', { filters: { state: 'returned' } });
    expect(row?.submitted_at_local).toBe(expected);
    await setTimeZone('Europe/Berlin');
  });

  it('show times as Node knows them, whatever time zone release PostgreSQL has', async () => {
    const setSubmittedAt = (moment: string) =>
      db().execute(
        sql`UPDATE submissions SET submitted_at = ${moment}::timestamptz WHERE id = ${returned}::uuid`,
      );
    // British Columbia's clocks stay on daylight-saving time from 2026 on, which older releases do not
    // know.
    await setTimeZone('America/Vancouver');
    await setSubmittedAt('2026-12-01T07:30:00.000Z');
    const [row] = await rowsOf('submissions', { filters: { state: 'returned' } });
    const [day, clock] = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/Vancouver',
      ...({ dateStyle: 'short', timeStyle: 'medium' } as const),
    })
      .format(new Date('2026-12-01T07:30:00.000Z'))
      .split(' ');
    expect(String(row?.submitted_at_local)).toMatch(new RegExp(`^${day}T${clock}-0[78]:00$`));
    await setSubmittedAt(FIRST_HALF_PAST_TWO);
    await setTimeZone('Europe/Berlin');
  });

  it('run nothing in a spreadsheet as CSV, and begin with a mark on request', async () => {
    const filters = { state: 'returned' };
    const plain = await scene.fileFor('submissions', 'csv', { filters });
    expect(plain).toContain(`,"'+49 30 1234"\r\n`);
    const roster = await scene.fileFor('roster', 'csv', { options: { bom: true } });
    expect(roster.startsWith('\uFEFFmembership_id,')).toBe(true);
    expect(plain.startsWith('submission_id,')).toBe(true);
    expect(roster).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(roster).toContain('"Ada ""The First"" Lovelace"');
  });
});

describe('messages', () => {
  it('are those of chats in the class, without one that is being written', async () => {
    await scene.addMessages(8, 2);
    await db().execute(sql`UPDATE messages SET state = 'streaming' WHERE seq = 4 AND role = 'assistant'`);
    const rows = await rowsOf('messages');
    expect(values(rows, 'seq')).toEqual([1, 1, 2, 2, 3, 3]);
    expect(values(await rowsOf('messages', { filters: { userId: mallory } }), 'seq')).toEqual([1, 2, 3]);
    expect(await rowsOf('messages', { filters: { from: '2999-01-01T00:00:00Z' } })).toEqual([]);
    expect(await rowsOf('messages', { filters: { assignmentId: second.id } })).toEqual([]);
    expect(await rowsOf('messages', schoolScope(), asAdmin)).toHaveLength(6);
    expect(await rowsOf('messages', { scope: { classId: other.id } }, asAdmin)).toEqual([]);
  });
});

describe('usage', () => {
  it('is counted by the days of the tenant, of one class or of all', async () => {
    const { schoolClass, school, teacher, tool } = scene;
    const call = (at: string, classId: string | null) =>
      db().execute(
        sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, purpose, provider, model, state, input_tokens, output_tokens, cost_micros, estimated, settled_at, created_at)
            VALUES (${newId()}::uuid, ${school.id}::uuid, ${school.id}::uuid, ${classId}::uuid, ${teacher.id}::uuid, ${tool.id}::uuid, 'chat', 'test', 'small', 'succeeded',
                    10, 20, 30, ${classId === other.id}, ${at}::timestamptz, ${at}::timestamptz)`,
      );
    // Half an hour before and after midnight in Berlin.
    await call('2026-07-01T21:30:00Z', schoolClass.id);
    await call('2026-07-01T22:30:00Z', schoolClass.id);
    await call('2026-07-01T22:40:00Z', other.id);
    await app.container.usage.aggregation.aggregateDays({
      tenantId: school.id,
      until: new Date(),
      limit: 1_000,
    });
    const daysOf = async (more: object = {}) =>
      (await rowsOf('usage', more, asAdmin)).map(
        ({ day, class_name, calls, estimated_calls, cost_micros, currency }) =>
          [day, class_name, calls, estimated_calls, cost_micros, currency].join(' '),
      );
    expect(await daysOf()).toEqual(['2026-07-01 Physics 7b 1 0 30 USD', '2026-07-02 Physics 7b 1 0 30 USD']);
    expect((await daysOf(schoolScope())).toSorted()).toEqual([
      '2026-07-01 Physics 7b 1 0 30 USD',
      '2026-07-02 Other 1 1 30 USD',
      '2026-07-02 Physics 7b 1 0 30 USD',
    ]);
    const onlyTheSecond = { from: '2026-07-01T22:00:00Z', to: '2026-07-02T22:00:00Z' };
    expect(await daysOf({ filters: onlyTheSecond })).toEqual(['2026-07-02 Physics 7b 1 0 30 USD']);
  });
});

describe('the audit trail', () => {
  it('contains only the tenant’s trail, by action and person, in its order', async () => {
    const stranger = await scene.world.group();
    await db().execute(
      sql`INSERT INTO audit_events (id, tenant_id, actor_kind, actor_id, action, subject_type, about_user_id, details)
          VALUES (${newId()}::uuid, ${scene.school.id}::uuid, 'user', ${scene.teacher.id}::uuid, 'thing.made', 'thing', NULL, '{"by": "=1+1"}'),
                 (${newId()}::uuid, ${scene.school.id}::uuid, 'system', NULL, 'thingy.made', 'thing', ${ada}::uuid, '{}'),
                 (${newId()}::uuid, ${stranger.id}::uuid, 'system', NULL, 'thing.made', 'thing', NULL, '{}')`,
    );
    const trail = (filters: object) => rowsOf('audit', { ...schoolScope(), filters }, asAdmin);
    expect(await trail({ action: 'thing' })).toMatchObject([
      { action: 'thing.made', details: { by: '=1+1' } },
    ]);
    expect(await trail({ userId: ada, action: 'thingy.made' })).toMatchObject([{ about_user_id: ada }]);
    const whole = await trail({});
    expect(whole.length).toBeGreaterThan(2);
    const order = whole.map((row) => Number(row.seq));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(JSON.stringify(whole)).not.toContain(stranger.id);
    const nameOf = async (id: string) => (await db().prisma.user.findUniqueOrThrow({ where: { id } })).name;
    expect(await trail({ action: 'thing.made' })).toMatchObject([
      { actor_id: scene.teacher.id, actor_name: await nameOf(scene.teacher.id), subject_name: null },
    ]);
    expect(await trail({ userId: ada, action: 'thingy.made' })).toMatchObject([
      { actor_name: null, about_user_name: await nameOf(ada) },
    ]);
    expect(whole.filter(({ subject_type }) => subject_type === 'group')).toContainEqual(
      expect.objectContaining({ subject_id: scene.school.id, subject_name: expect.any(String) }),
    );
    expect(await trail({ to: '2001-01-01T00:00:00Z' })).toEqual([]);
  });
});
