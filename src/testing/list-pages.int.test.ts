import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { type Client, createTestApp, type TestApp } from './app';
import { BulkLists } from './bulk-lists';
import { declaredRoutes, nameOf } from './declared-routes';
import { PageCosts } from './page-costs';
import { World } from './world';

/** The initial rows of each list, and the factor by which they grow. */
const [ROWS, TIMES] = [400, 6];
/** Items of a page. */
const LIMIT = 20;
/** The sizes of the class and the school that do not grow. */
const [STUDENTS, ASSIGNMENTS] = [30, 25];

/** Lists whose length is bounded, and by what. */
const SHORT: Record<string, string> = {
  'GET /auth/sessions': 'the devices of a person',
  'GET /users/:id/sign-ins': 'the devices of a person',
  'GET /auth/tokens': 'the tokens of a person',
  'GET /users/:id/tokens': 'the tokens of a person',
  'GET /users/:id/guardians': 'the guardians of a student',
  'GET /groups/:id/ancestors': 'the levels of a tree',
  'GET /groups/:id/class-roles-without-membership':
    'a check of all class roles, whole in one page but for a hundred faults',
  'GET /admin/ai-models': 'the models that were registered',
  'GET /admin/ai-usage': 'sums, each of which reads what it sums up',
  'GET /admin/jobs/workflows': 'kept by Temporal, which pages by itself',
  'GET /admin/jobs/schedules': 'kept by Temporal, which pages by itself',
  // With counts for all of the caller's classes; the tests of these lists measure their pages.
  'GET /assignments': 'the classes of a person',
  'GET /submissions': 'the classes of a person',
};

/**
 * Orders by a value that is computed for each row, and the work of one class: they read the whole class,
 * whose size is bounded.
 */
const OF_A_CLASS =
  /^GET .(?:classes.:id.assignments -?updatedAt|classes.:id.submissions|assignments.:id.submissions) ?/;

type Caller =
  | 'admin'
  | 'schoolAdmin'
  | 'quietAdmin'
  | 'teacher'
  | 'student'
  | 'busyTeacher'
  | 'platformAdmin';
/**
 * Who reads a list, if not only the district's administrator. The first one also reads it in descending
 * order.
 */
const CALLERS: Record<string, readonly Caller[]> = {
  // People who see a part of a tenant read that part: here the administrator of a school that does not
  // grow.
  'GET /users': ['admin', 'quietAdmin'],
  'GET /admin/users': ['platformAdmin'],
  'GET /groups': ['admin', 'schoolAdmin', 'teacher', 'student', 'platformAdmin'],
  'GET /groups/:id/children': ['admin', 'schoolAdmin', 'student'],
  'GET /groups/:id/descendants': ['admin', 'schoolAdmin', 'student'],
  'GET /classes': ['admin', 'schoolAdmin', 'teacher', 'student', 'platformAdmin'],
  'GET /groups/:id/classes': ['admin', 'schoolAdmin', 'teacher'],
  'GET /classes/:id/roster': ['teacher', 'student', 'admin'],
  'GET /classes/:id/assignments': ['busyTeacher', 'admin', 'student'],
  'GET /tools': ['admin', 'schoolAdmin', 'teacher', 'student', 'platformAdmin'],
};

/** Lists by a filter that another index serves, beside those without one. */
const FILTERED: readonly { name: string; caller: Caller; path: () => string }[] = [
  { name: 'GET /sessions ?classId', caller: 'busyTeacher', path: () => `/sessions?classId=${ids.busyClass}` },
  { name: 'GET /runs ?classId', caller: 'busyTeacher', path: () => `/runs?classId=${ids.busyClass}` },
  { name: 'GET /users ?neverSignedIn', caller: 'admin', path: () => '/users?neverSignedIn=true' },
  {
    name: 'GET /admin/users ?neverSignedIn',
    caller: 'platformAdmin',
    path: () => '/admin/users?neverSignedIn=true&sort=-createdAt',
  },
  { name: 'GET /runs ?classId', caller: 'admin', path: () => `/runs?classId=${ids.busyClass}` },
];

let app: TestApp;
let costs: PageCosts;
let bulk: BulkLists;
const clients = {} as Record<Caller, Client>;
const ids: Record<string, string> = {};

beforeAll(async () => {
  app = await createTestApp();
  const { db } = app.container.platform;
  costs = await PageCosts.open(app.databaseUrl, db);
  const world = new World(app.container);
  const district = await world.group();
  const other = await world.group();
  const school = await world.group({ under: district, kind: 'school' });
  const quietSchool = await world.group({ under: district, kind: 'school', name: 'Quiet' });
  const people = {
    admin: await world.member(district, 'admin'),
    schoolAdmin: await world.member(school, 'admin'),
    quietAdmin: await world.member(quietSchool, 'admin'),
    teacher: await world.member(school, 'teacher'),
    busyTeacher: await world.user({ tenantId: district.id }),
    student: await world.user({ tenantId: district.id }),
    platformAdmin: await world.user({ isPlatformAdmin: true }),
  };
  const [schoolClass, busyClass] = [await world.class(school), await world.class(school)];
  await world.classMember(schoolClass, 'teacher', people.teacher);
  for (const each of [schoolClass, busyClass]) await world.classMember(each, 'teacher', people.busyTeacher);
  const students = [await world.classMember(schoolClass, 'student', people.student)];
  while (students.length < STUDENTS) students.push(await world.classMember(schoolClass, 'student'));
  const quietClass = await world.class(quietSchool, { name: 'Quiet' });
  for (let n = 0; n < STUDENTS; n += 1) await world.classMember(quietClass, 'student');
  const tool = await world.tool(district, people.admin);
  const assignment = await world.assignment(schoolClass, tool, people.admin);
  for (const student of students) await world.submission(assignment, student);
  for (let n = 0; n < ASSIGNMENTS; n += 1) await world.tool(school, people.admin);
  for (let n = 1; n < ASSIGNMENTS; n += 1) await world.assignment(schoolClass, tool, people.admin);
  const sessionId = newId();
  await db.execute(
    sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version)
        VALUES (${sessionId}::uuid, ${district.id}::uuid, ${people.admin.id}::uuid, ${tool.id}::uuid, 1)`,
  );
  Object.assign(ids, {
    groups: district.id,
    school: school.id,
    classes: schoolClass.id,
    tools: tool.id,
    assignments: assignment.id,
    busyClass: busyClass.id,
    sessions: sessionId,
  });
  for (const [caller, { id }] of Object.entries(people)) clients[caller as Caller] = await app.as(id);
  bulk = new BulkLists(db, {
    tenantId: district.id,
    otherTenantId: other.id,
    path: district.path,
    schoolId: school.id,
    classId: busyClass.id,
    studentIds: students.map(({ id }) => id),
    toolId: tool.id,
    userId: people.admin.id,
    sessionId,
  });
});
afterAll(async () => {
  await costs.close();
  await app.close();
});

const shapeOf = (query: unknown) =>
  (query as { shape?: Record<string, { def: { innerType: { options: string[] } } }> } | undefined)?.shape ??
  {};

/** The group, class… of a route for this caller and this order of the list. */
function placeOf(what: string, list: string, caller: Caller): string | undefined {
  if (what === 'groups' && (caller === 'schoolAdmin' || list.startsWith('GET /groups/:id/classes')))
    return ids.school;
  const isBusy = /^GET .classes.:id.(?:assignments|invitations)/.test(list) && caller !== 'student';
  return what === 'classes' && isBusy ? ids.busyClass : ids[what];
}

/** Every list with a cursor, as one caller reads it in one order. */
function listedPages(): { name: string; caller: Caller; url: string }[] {
  return declaredRoutes().flatMap((route) => {
    const { sort, cursor } = shapeOf(route.query);
    const name = nameOf(route);
    if (route.method !== 'get' || cursor === undefined || name in SHORT) return [];
    return (CALLERS[name] ?? ['admin']).flatMap((caller, index) =>
      (sort?.def.innerType.options ?? [])
        .filter((order) => index === 0 || !order.startsWith('-'))
        .filter((order) => !OF_A_CLASS.test(`${name} ${order}`))
        .map((order) => {
          const place = (_: string, what: string) => `/${what}/${placeOf(what, `${name} ${order}`, caller)}`;
          const path = route.path.replace(/^\/(\w+)\/:id/, place);
          return { name: `${name} ${order} ${caller}`, caller, url: `${path}?limit=${LIMIT}&sort=${order}` };
        }),
    );
  });
}

/** The pages that the first and the second page of each list touch. */
async function measure(): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const filtered = FILTERED.map(({ name, caller, path }) => ({
    ...{ name: `${name} ${caller}`, caller, url: `${path()}&limit=${LIMIT}` },
  }));
  for (const { name, caller, url } of [...listedPages(), ...filtered]) {
    const touched: number[] = [];
    for (let cursor: string | null = ''; cursor !== null && touched.length < 2; ) {
      const at = `${url}&cursor=${cursor}`;
      const pages = await costs.of(async () => {
        const { body } = await clients[caller].get(at).expect(200);
        cursor = body.meta.pagination.nextCursor;
      });
      touched.push(pages);
    }
    found.set(name, touched);
  }
  return found;
}

/**
 * The levels of indexes grow with a table, and each row is read from several; a small table may be read as
 * a whole. Costs that depend on the length of a list would grow six times.
 */
const isAsMuch = (before: number, after: number): boolean => after <= before * 2 + 5 * LIMIT;

describe('a page of a list', () => {
  it('touches as much of the database when the district is six times as large, the first page as the next', async () => {
    await bulk.add(ROWS);
    const before = await measure();
    await bulk.add(ROWS * (TIMES - 1));
    const after = await measure();
    const dearer = [...after].flatMap(([name, touched]) =>
      touched
        .map((pages, index) => ({
          name,
          page: index + 1,
          before: before.get(name)?.[index] ?? 0,
          after: pages,
        }))
        .filter((each) => !isAsMuch(each.before, each.after)),
    );
    expect(dearer).toEqual([]);
    // A list with a single page was not measured for people who see all of it.
    expect([...after].filter(([name, pages]) => pages.length < 2 && / admin$/.test(name))).toEqual([]);
  }, 180_000);
});
