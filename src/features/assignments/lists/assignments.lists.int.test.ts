import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { hours, iso, type Values } from '../../../testing/submissions-scene';
import { World } from '../../../testing/world';

type Place = { id: string; groupId: string; tenantId: string };
type Item = { id: string; title: string; dueAt: string | null; toGrade: number | null };

const NAMES = ['teacher', 'assistant', 'student', 'guardian', 'admin', 'colleague', 'stranger'] as const;
type Name = (typeof NAMES)[number] | 'platformAdmin';

describe('GET /assignments', () => {
  let now = hours(0);
  let app: TestApp;
  let world: World;
  let school: { id: string; tenantId: string; path: string };
  let department: typeof school;
  let elsewhere: typeof school;
  let maths: Place;
  let music: Place;
  let other: Place;
  let tool: { id: string; version: number };
  const ids = {} as Record<Name, string>;
  const clients = {} as Record<Name, Client>;
  const db = () => app.container.platform.db;

  beforeAll(async () => {
    app = await createTestApp({ clock: { now: () => now } });
    world = new World(app.container);
    const district = await world.group();
    school = await world.group({ under: district });
    department = await world.group({ under: school });
    elsewhere = await world.group();
    [maths, music, other] = [
      await world.class(school, { name: 'Maths' }),
      await world.class(department, { name: 'Music' }),
      await world.class(school, { name: 'Other' }),
    ];
    const student = await world.classMember(maths, 'student');
    await world.classMember(music, 'student', student);
    const teacher = await world.member(school, 'teacher');
    const colleague = await world.member(school, 'teacher');
    for (const schoolClass of [maths, music]) await world.classMember(schoolClass, 'teacher', teacher);
    await world.classMember(other, 'teacher', colleague);
    const people = {
      ...{ teacher, student, colleague },
      assistant: await world.classMember(maths, 'assistant'),
      guardian: await world.guardian(student, district.id),
      admin: await world.member(school, 'admin'),
      stranger: await world.member(elsewhere, 'teacher'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
    };
    for (const [name, { id }] of Object.entries(people) as [Name, { id: string }][]) {
      ids[name] = id;
      clients[name] = await app.as(id);
    }
    tool = await world.tool(school, teacher);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    now = hours(0);
    await db().execute(sql`UPDATE assignments SET deleted_at = now() WHERE deleted_at IS NULL`);
  });

  const assign = (schoolClass: Place, title: string, values: Values = {}) =>
    world.assignment(schoolClass, tool, { id: ids.teacher }, { title, ...values });
  const override = (assignment: { id: string }, columns: { dueAt?: Date; excused?: boolean }) =>
    db().execute(
      sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, due_at, excused)
          VALUES (${newId()}::uuid, ${assignment.id}::uuid, ${ids.student}::uuid, ${columns.dueAt ?? null}::timestamptz, ${columns.excused ?? false})`,
    );
  const work = (
    assignment: { id: string },
    state: 'in_progress' | 'submitted' | 'returned',
    student: { id: string } = { id: ids.student },
  ) => world.submission(assignment, student, { state, answer: 'Mine' });
  const list = async (name: Name, query = '') => {
    const { body, status } = await clients[name].get(`/assignments?${query}`);
    expect([status, body.error]).toEqual([200, undefined]);
    return { items: body.data as Item[], meta: body.meta };
  };
  const titles = async (name: Name, query = '') => (await list(name, query)).items.map(({ title }) => title);

  it('lists the assignments of all classes of a student by the due date in force for them', async () => {
    await assign(maths, 'never due');
    await assign(maths, 'second', { dueAt: hours(20) });
    await assign(music, 'third', { dueAt: hours(30) });
    const extended = await assign(maths, 'fourth', { dueAt: hours(10) });
    await override(extended, { dueAt: hours(40) });
    const earlier = await assign(music, 'first', { dueAt: hours(50) });
    await override(earlier, { dueAt: hours(5) });
    await assign(other, 'of another class', { dueAt: hours(1) });
    const { items, meta } = await list('student');
    expect(items.map(({ title }) => title)).toEqual(['first', 'second', 'third', 'fourth', 'never due']);
    expect(items[0]).toMatchObject({
      ...{ classId: music.id, className: 'Music', dueAt: iso(5), toGrade: null },
      mine: { attempts: 0, latestState: null },
      can: { start: true },
    });
    expect(meta.pagination).toEqual({ page: 1, limit: 20, total: 5, totalPages: 1 });
    expect(await titles('student', 'sort=-dueAt')).toEqual([
      ...['never due', 'fourth', 'third', 'second', 'first'],
    ]);
    expect(await titles('student', `dueAfter=${iso(20)}&dueBefore=${iso(40)}`)).toEqual(['second', 'third']);
    expect(await titles('student', `classId=${maths.id}`)).toEqual(['second', 'fourth', 'never due']);
    expect(await titles('student', 'q=fourth')).toEqual(['fourth']);
  });

  it('gives every item once, page by page, in both directions and by both kinds of paging', async () => {
    const made: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      const dates = i % 4 === 0 ? {} : { dueAt: hours(Math.floor(i / 3)) };
      const assignment = await assign(i % 2 === 0 ? maths : music, `${i}`, dates);
      if (i % 5 === 0) await override(assignment, { dueAt: hours(i) });
      made.push(assignment.id);
    }
    const all = (await list('student')).items.map(({ id }) => id);
    expect([...all].sort()).toEqual([...made].sort());
    const byCursor = async (sort: string) => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { items, meta } = await list('student', `limit=5&sort=${sort}&cursor=${cursor}`);
        seen.push(...items.map(({ id }) => id));
        cursor = meta.pagination.nextCursor;
      }
      return seen;
    };
    expect(await byCursor('dueAt')).toEqual(all);
    expect(await byCursor('-dueAt')).toEqual([...all].reverse());
    const pages = [await list('student', 'limit=5&page=2'), await list('student', 'limit=5&page=3')];
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(all.slice(5));
    expect(pages[1]?.meta.pagination).toEqual({ page: 3, limit: 5, total: 12, totalPages: 3 });
  });

  it('finds what a student has to do, what is overdue, and work by its state', async () => {
    const past = { dueAt: hours(-1) };
    await assign(maths, 'open', { dueAt: hours(9) });
    await work(await assign(music, 'begun', { dueAt: hours(8) }), 'in_progress');
    await assign(maths, 'late', past);
    await assign(maths, 'missed', { ...past, latePolicy: 'refuse' });
    await override(await assign(maths, 'excused', past), { excused: true });
    await override(await assign(maths, 'extended', past), { dueAt: hours(7) });
    await work(await assign(maths, 'handed in', past), 'submitted');
    await work(await assign(music, 'returned', past), 'returned');
    await assign(maths, 'closed', { ...past, state: 'closed' });
    await assign(maths, 'to come', { opensAt: hours(2), dueAt: hours(6) });
    expect(await titles('student', 'toDo=true')).toEqual(['late', 'extended', 'begun', 'open']);
    expect((await titles('student', 'overdue=true')).sort()).toEqual(['late', 'missed']);
    expect(await titles('student', 'overdue=true&toDo=true')).toEqual(['late']);
    expect(await titles('student', 'overdue=false')).toHaveLength(8);
    expect(await titles('student', 'toDo=false')).toHaveLength(6);
    expect(await titles('student', 'myState=in_progress')).toEqual(['begun']);
    expect(await titles('student', 'myState=submitted')).toEqual(['handed in']);
    expect(await titles('student', 'myState=returned')).toEqual(['returned']);
    expect(await titles('student', 'myState=not_started')).toHaveLength(7);
    expect(await titles('student', 'state=closed')).toEqual(['closed']);
    const { totals } = (await list('student', 'myState=returned&limit=1')).meta;
    expect(totals).toEqual({
      ...{ toDo: 4, overdue: 2, notStarted: 7, inProgress: 1, submitted: 1, returned: 1 },
      ...{ draft: 0, published: 0, closed: 0 },
    });
    expect(await titles('teacher', 'toDo=true')).toEqual([]);
  });

  it('shows only title and dates before an assignment opens', async () => {
    await assign(maths, 'to come', { opensAt: hours(2), instructions: 'SECRET' });
    for (const name of ['student', 'guardian'] as const)
      expect((await list(name)).items).toMatchObject([
        { title: 'to come', opensAt: iso(2), instructions: null, toolId: null, toolName: null },
      ]);
    expect((await list('teacher')).items).toMatchObject([{ instructions: 'SECRET' }]);
    now = hours(2);
    expect((await list('student')).items).toMatchObject([{ instructions: 'SECRET', toolId: tool.id }]);
  });

  it('shows teachers and assistants their drafts, and to teachers how much is to grade', async () => {
    await assign(maths, 'draft', { state: 'draft' });
    const [first, second] = [
      await assign(maths, 'maths', { dueAt: hours(1) }),
      await assign(music, 'music', { dueAt: hours(2) }),
    ];
    await assign(other, 'of a colleague');
    const classmate = await world.classMember(maths, 'student');
    const graded = await work(first, 'submitted', classmate);
    await work(first, 'submitted');
    await work(second, 'in_progress');
    // A teacher who was a student here before does not grade their own work.
    await work(first, 'submitted', { id: ids.teacher });
    const grading = async () => (await list('teacher')).items.map(({ title, toGrade }) => [title, toGrade]);
    const count = [
      ['maths', 2],
      ['music', 0],
      ['draft', 0],
    ];
    expect(await grading()).toEqual(count);
    await clients.teacher.post(`/submissions/${graded.id}/grade`).send({ score: 5 }).expect(200);
    expect((await grading())[0]).toEqual(['maths', 1]);
    expect((await list('teacher')).meta.totals).toMatchObject({ toDo: 0, draft: 1, published: 2, closed: 0 });
    expect((await list('assistant')).items).toMatchObject([
      { title: 'maths', toGrade: null },
      { title: 'draft', toGrade: null },
    ]);
    expect(await titles('student')).toEqual(['maths', 'music']);
    expect(await titles('guardian')).toEqual(['maths', 'music']);
    expect(await titles('teacher', 'state=draft')).toEqual(['draft']);
  });

  it('covers the caller’s own classes, or a named group with everything below it that they see', async () => {
    await assign(maths, 'maths', { dueAt: hours(1) });
    await assign(music, 'music', { dueAt: hours(2) });
    await assign(other, 'draft', { dueAt: hours(3), state: 'draft' });
    for (const name of ['admin', 'platformAdmin', 'stranger'] as const)
      expect(await titles(name)).toEqual([]);
    for (const name of ['admin', 'platformAdmin'] as const)
      expect(await titles(name, `groupId=${school.id}`)).toEqual(['maths', 'music', 'draft']);
    expect((await list('admin', `groupId=${department.id}`)).items).toMatchObject([
      { title: 'music', toGrade: 0 },
    ]);
    expect((await list('platformAdmin', `groupId=${department.id}`)).items).toMatchObject([
      { toGrade: null },
    ]);
    expect(await titles('teacher', `groupId=${school.id}`)).toEqual(['maths', 'music']);
    expect(await titles('colleague', `groupId=${school.id}`)).toEqual(['maths', 'music', 'draft']);
    expect(await titles('colleague', `classId=${maths.id}`)).toEqual(['maths']);
    expect(await titles('student', `groupId=${school.id}&classId=${music.id}`)).toEqual(['music']);
    expect((await list('admin', `groupId=${school.id}`)).meta.totals.published).toBe(0);
  });

  it('omits archived work unless it is requested', async () => {
    const closedClass = await world.class(school, { name: 'Last year' });
    await world.classMember(closedClass, 'student', { id: ids.student });
    await assign(closedClass, 'of last year');
    const retired = await assign(maths, 'retired');
    await clients.teacher.post(`/assignments/${retired.id}/archive`).send({}).expect(200);
    const since = new Date().toISOString();
    await clients.admin.delete(`/classes/${closedClass.id}`).expect(204);
    expect(await titles('student')).toEqual([]);
    expect((await list('student')).meta.totals.toDo).toBe(0);
    expect(await titles('student', 'state=archived')).toEqual(['retired']);
    expect(await titles('student', `updatedSince=${since}`)).toEqual(['of last year']);
    expect((await list('student', `classId=${closedClass.id}`)).items).toMatchObject([
      { title: 'of last year', can: { start: false } },
    ]);
    expect(await titles('student', `classId=${closedClass.id}&toDo=true`)).toEqual([]);
  });

  it.each([
    ['page and cursor together', 'page=1&cursor='],
    ['a cursor that nobody gave out', 'cursor=abc'],
    [
      'a cursor of another order',
      `cursor=${Buffer.from(`["-dueAt","2027-01-01","${newId()}"]`).toString('base64url')}`,
    ],
    ['a state that is none', 'myState=done'],
    ['a flag that is none', 'toDo=yes'],
    ['a filter that is none', 'teacherId=1'],
    ['a moment that is none', 'dueBefore=tomorrow'],
    ['another order', 'sort=title'],
  ])('refuses %s', async (_what, query) => {
    expect((await clients.student.get(`/assignments?${query}`)).status).toBe(400);
  });

  it('is for signed-in people, and answers 404 for classes and groups that they may not see', async () => {
    expect((await app.anonymous.get('/assignments')).status).toBe(401);
    const reason = async (name: Name, query: string) => {
      const { status, body } = await clients[name].get(`/assignments?${query}`);
      return [status, body.error?.details.reason];
    };
    for (const [name, classId] of [
      ['student', newId()],
      ['student', other.id],
      ['stranger', maths.id],
    ] as const)
      expect(await reason(name, `classId=${classId}`)).toEqual([404, 'class.not_found']);
    for (const groupId of [newId(), elsewhere.id])
      expect(await reason('admin', `groupId=${groupId}`)).toEqual([404, 'group.not_found']);
  });
});
