import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { hours, iso, type Name, submissionsScene } from '../../../testing/submissions-scene';

type Item = {
  id: string;
  classId: string;
  className: string;
  submittedAt: string | null;
  draft: object | null;
  user: { id: string };
};
type Place = { id: string; groupId: string; tenantId: string };
/** In hours; before the clock of the database. */
const LONG_AGO = -10_000;
type State = 'in_progress' | 'submitted' | 'returned';

describe('GET /submissions', () => {
  const scene = submissionsScene();
  const { ids, clients, assign, reasonOf, grade, returnWork: giveBack } = scene;
  const db = () => scene.app.container.platform.db;
  let second: Place;
  let foreign: Place;
  /** Two assignments of two classes each, and one of a colleague. */
  let assignments: { id: string }[] = [];

  beforeAll(async () => {
    const { world, schoolClass } = scene;
    const group = { id: schoolClass.groupId, tenantId: schoolClass.tenantId };
    second = await world.class(group, { name: 'Second' });
    await world.classMember(second, 'teacher', { id: ids.teacher });
    await world.classMember(second, 'student', { id: ids.student });
    foreign = await world.class(group, { name: 'Of a colleague' });
    await world.classMember(foreign, 'teacher', { id: ids.colleague });
    await world.classMember(foreign, 'student', { id: ids.classmate });
  });
  beforeEach(async () => {
    await db().execute(sql`UPDATE assignments SET deleted_at = now() WHERE deleted_at IS NULL`);
    const of = (schoolClass: Place) => scene.world.assignment(schoolClass, scene.tool, { id: ids.teacher });
    assignments = [await assign(), await of(second), await of(foreign)];
  });

  /** An attempt at one of the assignments, submitted at that hour. */
  const work = async (which: number, name: Name, state: State, hour = 0, attempt = 1): Promise<string> => {
    const values = { state, attempt, answer: 'Mine', submittedAt: hours(hour) };
    const { id } = await scene.world.submission(
      assignments[which] as { id: string },
      { id: ids[name] },
      values,
    );
    return id;
  };
  const list = async (name: Name, query = '') => {
    const { body, status } = await clients[name].get(`/submissions?${query}`);
    expect([status, body.error]).toEqual([200, undefined]);
    return { items: body.data as Item[], meta: body.meta };
  };
  const listed = async (name: Name, query = '') => (await list(name, query)).items.map(({ id }) => id);

  it('lists what each may read across their classes, the newest first', async () => {
    const early = await work(0, 'student', 'submitted', 1);
    const late = await work(1, 'student', 'returned', 4);
    const mate = await work(0, 'classmate', 'returned', 2);
    const open = await work(1, 'classmate', 'in_progress');
    const away = await work(2, 'classmate', 'submitted', 3);
    expect(await listed('teacher')).toEqual([open, late, mate, early]);
    expect(await listed('teacher', 'sort=submittedAt')).toEqual([early, mate, late, open]);
    expect(await listed('assistant')).toEqual([mate, early]);
    expect(await listed('student')).toEqual([late, early]);
    expect(await listed('classmate')).toEqual([open, away, mate]);
    expect(await listed('guardian')).toEqual([late]);
    expect(await listed('otherGuardian')).toEqual([mate]);
    expect(await listed('colleague')).toEqual([away]);
    for (const name of ['admin', 'staff', 'stranger', 'platformAdmin'] as const)
      expect(await listed(name)).toEqual([]);
    const { items, meta } = await list('teacher', `classId=${second.id}`);
    expect(items).toMatchObject([
      { id: open, classId: second.id, className: 'Second', submittedAt: null },
      { id: late, submittedAt: iso(4), user: { id: ids.student } },
    ]);
    expect(meta.pagination).toEqual({ page: 1, limit: 20, total: 2, totalPages: 1 });
  });

  it('shows exactly what the lists of the classes show', async () => {
    await work(0, 'student', 'submitted', 1);
    await work(0, 'classmate', 'in_progress');
    await work(1, 'student', 'returned', 4);
    for (const name of ['teacher', 'student', 'guardian', 'admin'] as const)
      for (const { id } of [scene.schoolClass, second]) {
        const path = `/classes/${id}/submissions?sort=-submittedAt`;
        const one = (await clients[name].get(path).expect(200)).body.data;
        expect((await list(name, `classId=${id}`)).items).toEqual(one);
      }
  });

  it('finds and counts work to grade and to return, by class, assignment, student and lateness', async () => {
    const first = await work(0, 'student', 'submitted', 2);
    const graded = await work(1, 'student', 'submitted', 1);
    const late = await work(1, 'classmate', 'submitted', 3);
    await work(0, 'classmate', 'returned', 1);
    await work(0, 'classmate', 'in_progress', 0, 2);
    await work(0, 'teacher', 'submitted', 1);
    await work(2, 'classmate', 'submitted', 1);
    await grade(graded).expect(200);
    await db().execute(sql`UPDATE submissions SET late = true, late_by_seconds = 5 WHERE id = ${late}::uuid`);
    const toGrade = (query = '') => listed('teacher', `toGrade=true&sort=submittedAt&${query}`);
    expect(await toGrade()).toEqual([first, late]);
    expect(await toGrade(`classId=${second.id}`)).toEqual([late]);
    expect(await toGrade(`assignmentId=${assignments[0]?.id}`)).toEqual([first]);
    expect(await toGrade(`userId=${ids.student}`)).toEqual([first]);
    expect(await toGrade('late=true')).toEqual([late]);
    expect(await toGrade('q=ada')).toEqual([first]);
    expect(await toGrade('state=returned')).toEqual([]);
    expect(await listed('teacher', 'toReturn=true')).toEqual([graded]);
    expect(await listed('teacher', `toGrade=false&state=submitted`)).toHaveLength(2);
    expect((await list('teacher', 'limit=1&state=returned')).meta.totals).toEqual({
      ...{ toGrade: 2, toReturn: 1, inProgress: 0, submitted: 1, returned: 0 },
    });
    await giveBack(graded).expect(200);
    expect((await list('teacher')).meta.totals).toMatchObject({ toGrade: 2, toReturn: 0 });
    expect((await list('student')).meta.totals).toEqual({
      ...{ toGrade: 0, toReturn: 0, inProgress: 0, submitted: 1, returned: 1 },
    });
    expect((await list('guardian')).meta.totals).toMatchObject({ submitted: 0, returned: 1 });
    const archived = `/assignments/${assignments[0]?.id}/archive`;
    await clients.teacher.post(archived).send({}).expect(200);
    expect(await toGrade()).toEqual([late]);
    expect((await list('teacher')).meta.totals).toMatchObject({ toGrade: 1 });
  });

  it('never reveals whether there is a draft grade to people who do not grade', async () => {
    const id = await work(0, 'student', 'submitted', LONG_AGO);
    await grade(id).expect(200);
    expect((await list('teacher')).items).toMatchObject([{ id, draft: { score: 80 } }]);
    for (const [name, score] of [
      ['student', 81],
      ['assistant', 82],
    ] as const) {
      expect((await list(name)).items).toMatchObject([{ id, draft: null, score: null }]);
      for (const query of ['toGrade=true', 'toGrade=false', 'toReturn=true', 'toReturn=false'])
        expect(await listed(name, query)).toEqual([]);
      const since = new Date().toISOString();
      await grade(id, { score }).expect(200);
      expect(await listed(name, `updatedSince=${since}`)).toEqual([]);
      expect(await listed('teacher', `updatedSince=${since}`)).toEqual([id]);
    }
  });

  it('covers a named group with everything below it, as far as the caller reads its work', async () => {
    const mine = await work(0, 'student', 'submitted', 1);
    const away = await work(2, 'classmate', 'submitted', 3);
    const group = `groupId=${scene.schoolClass.groupId}`;
    expect(await listed('admin', group)).toEqual([away, mine]);
    expect(await listed('admin', `${group}&toGrade=true&classId=${foreign.id}`)).toEqual([away]);
    expect(await listed('admin', `${group}&userId=${ids.student}`)).toEqual([mine]);
    expect(await listed('admin', `userId=${ids.student}`)).toEqual([]);
    expect(await listed('admin', `classId=${foreign.id}`)).toEqual([away]);
    expect(await listed('teacher', group)).toEqual([mine]);
    expect(await listed('classmate', group)).toEqual([away]);
    for (const name of ['staff', 'platformAdmin', 'guardian'] as const)
      expect(await listed(name, group)).toEqual([]);
    expect((await list('admin', group)).meta.totals.toGrade).toBe(0);
  });

  it('gives every attempt once, page by page, in both directions and by both kinds of paging', async () => {
    const made: string[] = [];
    for (let i = 0; i < 12; i += 1)
      made.push(
        await work(
          i % 2,
          i % 3 === 0 ? 'classmate' : 'student',
          i % 4 === 0 ? 'in_progress' : 'returned',
          Math.floor(i / 3),
          i + 1,
        ),
      );
    const all = await listed('teacher');
    expect([...all].sort()).toEqual([...made].sort());
    const byCursor = async (sort: string) => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { items, meta } = await list('teacher', `limit=5&sort=${sort}&cursor=${cursor}`);
        seen.push(...items.map(({ id }) => id));
        cursor = meta.pagination.nextCursor;
      }
      return seen;
    };
    expect(await byCursor('-submittedAt')).toEqual(all);
    expect(await byCursor('submittedAt')).toEqual([...all].reverse());
    const pages = [await list('teacher', 'limit=5&page=2'), await list('teacher', 'limit=5&page=3')];
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(all.slice(5));
    expect(pages[1]?.meta.pagination).toEqual({ page: 3, limit: 5, total: 12, totalPages: 3 });
  });

  it('leaves out archived classes, unless they are asked for', async () => {
    const { world, schoolClass } = scene;
    const old = await world.class(
      { id: schoolClass.groupId, tenantId: schoolClass.tenantId },
      { name: 'Last year' },
    );
    for (const [role, name] of [
      ['teacher', 'teacher'],
      ['student', 'student'],
    ] as const)
      await world.classMember(old, role, { id: ids[name] });
    assignments[0] = await world.assignment(old, scene.tool, { id: ids.teacher });
    const id = await work(0, 'student', 'submitted', LONG_AGO);
    const since = new Date().toISOString();
    await clients.admin.delete(`/classes/${old.id}`).expect(204);
    for (const name of ['teacher', 'student'] as const) {
      const { items, meta } = await list(name);
      expect([items, meta.totals.toGrade, meta.totals.submitted]).toEqual([[], 0, 0]);
      expect(await listed(name, `updatedSince=${since}`)).toEqual([id]);
      expect((await list(name, `classId=${old.id}`)).items).toMatchObject([{ id, can: { grade: false } }]);
    }
    expect(await listed('teacher', `classId=${old.id}&toGrade=true`)).toEqual([]);
  });

  it.each([
    ['page and cursor together', 'page=1&cursor='],
    ['a cursor that nobody gave out', 'cursor=abc'],
    ['a state that is none', 'state=graded'],
    ['a flag that is none', 'toGrade=yes'],
    ['a filter that is none', 'teacherId=1'],
    ['an id that is none', 'assignmentId=1'],
    ['another order', 'sort=userName'],
  ])('refuses %s', async (_what, query) => {
    expect((await clients.teacher.get(`/submissions?${query}`)).status).toBe(400);
  });

  it('is for signed-in people, and answers 404 for classes, groups and assignments that they may not see', async () => {
    expect((await scene.app.anonymous.get('/submissions')).status).toBe(401);
    const reason = async (name: Name, query: string) =>
      reasonOf(await clients[name].get(`/submissions?${query}`));
    for (const id of [newId(), foreign.id])
      expect(await reason('student', `classId=${id}`)).toEqual([404, 'class.not_found']);
    expect(await reason('stranger', `groupId=${scene.schoolClass.groupId}`)).toEqual([
      404,
      'group.not_found',
    ]);
    for (const id of [newId(), assignments[2]?.id])
      expect(await reason('student', `assignmentId=${id}`)).toEqual([404, 'assignment.not_found']);
    for (const name of ['colleague', 'staff', 'platformAdmin'] as const)
      for (const query of [`classId=${second.id}`, `assignmentId=${assignments[1]?.id}`])
        expect((await clients[name].get(`/submissions?${query}`)).status).toBe(403);
    expect(await listed('teacher', `userId=${newId()}`)).toEqual([]);
  });
});
