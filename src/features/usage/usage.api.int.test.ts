import { createTestApp, type TestApp } from '../../testing/app';
import { UsageScene } from './usage.builder';

const NOW = new Date('2026-05-20T12:00:00Z');
const ALL = 'from=2026-01-01&to=2026-06-30';

let app: TestApp;
let scene: UsageScene;
let other: UsageScene;
let otherSchool: { id: string; tenantId: string; path: string };
const people: Record<string, { id: string }> = {};

const get = async (who: string, query: string) =>
  (await app.as((people[who] as { id: string }).id)).get(`/admin/ai-usage?${query}`);
const rowsOf = (response: { body: { data: Record<string, unknown>[] } }) => response.body.data;

beforeAll(async () => {
  app = await createTestApp({ clock: { now: () => NOW }, env: { BILLING_CURRENCY: 'EUR' } });
  scene = await UsageScene.create(app.container, 'Europe/Berlin');
  other = await UsageScene.create(app.container);
  const { world, district, school } = scene;
  otherSchool = await world.group({ name: '=HYPERLINK("x")', under: district });
  people.districtAdmin = await world.member(district, 'admin');
  people.schoolAdmin = await world.member(school, 'admin');
  people.teacher = scene.teacher;
  people.student = await world.classMember(scene.schoolClass as never, 'student');
  people.platformAdmin = await world.user({ isPlatformAdmin: true });
  people.stranger = await other.world.member(other.district, 'admin');

  // Two days that will be aggregated, one of them with a late settlement, and today.
  await scene.call({
    at: '2026-05-17T22:30:00Z',
    costMicros: 100,
    model: 'large',
    role: 'student',
    estimated: true,
  });
  await scene.call({ at: '2026-05-18T12:00:00Z', costMicros: 10, classId: null, groupId: otherSchool.id });
  const late = await scene.call({ at: '2026-05-19T10:00:00Z', state: 'pending' });
  await app.container.usage.aggregation.aggregateDays({ tenantId: scene.tenantId, until: NOW, limit: 100 });
  await scene.settle(late, 50);
  await scene.call({ at: '2026-05-20T08:00:00Z', costMicros: 1, state: 'failed', estimated: true });
  await scene.call({
    at: '2026-05-20T08:00:00Z',
    costMicros: 1,
    classId: null,
    groupId: other.district.id,
    toolId: null,
  });
  await other.call({ at: '2026-05-20T08:00:00Z', costMicros: 5 });
});
afterAll(() => app.close());

describe('GET /admin/ai-usage', () => {
  it('reads aggregated days, late days and today together', async () => {
    const response = await get('districtAdmin', ALL);
    expect(response.status).toBe(200);
    expect(
      rowsOf(response).map(({ day, calls, failedCalls, costMicros }) => [
        day,
        calls,
        failedCalls,
        costMicros,
      ]),
    ).toEqual([
      ['2026-05-18', 2, 0, 110],
      ['2026-05-19', 1, 0, 100],
      ['2026-05-20', 2, 1, 2],
    ]);
    expect(response.body.meta.totals).toEqual({
      calls: 5,
      failedCalls: 1,
      abortedCalls: 0,
      estimatedCalls: 2,
      inputTokens: 50,
      outputTokens: 130,
      costMicros: 212,
      currency: 'EUR',
    });
    expect(response.body.meta.pagination).toEqual({ page: 1, limit: 20, total: 3, totalPages: 1 });
  });

  it('says beside each cost in which currency it is', async () => {
    const { body } = await get('districtAdmin', `${ALL}&groupBy=model`);
    expect(
      body.data.map(({ costMicros, currency }: Record<string, unknown>) => [costMicros, currency]),
    ).toEqual([
      [100, 'EUR'],
      [112, 'EUR'],
    ]);
  });

  it('says how many calls have tokens that were estimated, aggregated or not', async () => {
    const days = rowsOf(await get('districtAdmin', ALL));
    expect(days.map(({ day, estimatedCalls }) => [day, estimatedCalls])).toEqual([
      ['2026-05-18', 1],
      ['2026-05-19', 0],
      ['2026-05-20', 1],
    ]);
    const people = rowsOf(await get('districtAdmin', `from=2026-05-01&to=2026-05-31&groupBy=user`));
    expect(people.map(({ estimatedCalls }) => estimatedCalls)).toEqual([2]);
  });

  it('sums by whatever is asked for, with names', async () => {
    const byGroup = rowsOf(await get('districtAdmin', `${ALL}&groupBy=group&sort=-costMicros`));
    // The tool's group belongs to another tenant, so the call counts for the root.
    expect(byGroup.map(({ group, costMicros }) => [(group as { name: string }).name, costMicros])).toEqual([
      ['School', 201],
      ['=HYPERLINK("x")', 10],
      ['District', 1],
    ]);
    const byModel = rowsOf(await get('districtAdmin', `${ALL}&groupBy=month,model,role`));
    expect(byModel.map(({ month, model, role, calls }) => [month, model, role, calls])).toEqual([
      ['2026-05', 'large', 'student', 1],
      ['2026-05', 'small', 'teacher', 4],
    ]);
    const byClass = rowsOf(await get('districtAdmin', `${ALL}&groupBy=class,tool`));
    expect(byClass).toHaveLength(3);
    expect(byClass).toContainEqual(
      expect.objectContaining({
        class: { id: scene.schoolClass.id, name: 'Physics' },
        tool: { id: scene.tool.id, name: expect.any(String) },
        day: null,
        group: null,
        calls: 3,
      }),
    );
  });

  it.each([
    ['groupId', () => `groupId=${scene.school.id}`, 201],
    ['classId', () => `classId=${scene.schoolClass.id}`, 201],
    ['toolId', () => `toolId=${scene.tool.id}`, 211],
    ['model', () => 'model=large', 100],
    ['role', () => 'role=student', 100],
    ['from', () => 'from=2026-05-19&to=2026-05-20', 102],
    ['to', () => 'from=2026-05-01&to=2026-05-18', 110],
  ])('filters by %s', async (_name, query, costMicros) => {
    const dates = query().includes('from=') ? '' : `&${ALL}`;
    const response = await get('districtAdmin', query() + dates);
    expect(response.body.meta.totals.costMicros).toBe(costMicros);
  });

  it('covers the last month up to today without dates', async () => {
    expect((await get('districtAdmin', '')).body.meta.totals.calls).toBe(5);
  });

  it('can be paged through by cursor and by number', async () => {
    const first = await get('districtAdmin', `${ALL}&limit=2&cursor=`);
    expect(rowsOf(first)).toHaveLength(2);
    const rest = await get('districtAdmin', `${ALL}&limit=2&cursor=${first.body.meta.pagination.nextCursor}`);
    expect(rowsOf(rest).map(({ day }) => day)).toEqual(['2026-05-20']);
    expect(rest.body.meta).toMatchObject({ pagination: { nextCursor: null }, totals: { calls: 5 } });
    const byCost = await get('districtAdmin', `${ALL}&limit=1&sort=costMicros&cursor=`);
    const next = await get(
      'districtAdmin',
      `${ALL}&limit=1&sort=costMicros&cursor=${byCost.body.meta.pagination.nextCursor}`,
    );
    expect([rowsOf(byCost)[0]?.costMicros, rowsOf(next)[0]?.costMicros]).toEqual([2, 100]);
    expect(rowsOf(await get('districtAdmin', `${ALL}&limit=2&page=2`))).toHaveLength(1);
  });

  it('answers with a table on request, in which no name is a formula', async () => {
    const token = await app.as((people.districtAdmin as { id: string }).id);
    const table = await token.get(`/admin/ai-usage?${ALL}&groupBy=group,model`).set('Accept', 'text/csv');
    expect(table.status).toBe(200);
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(table.headers['content-disposition']).toContain('ai-usage.csv');
    const lines = table.text.split('\r\n');
    expect(lines[0]).toBe(
      'groupId,groupName,model,calls,failedCalls,abortedCalls,estimatedCalls,inputTokens,outputTokens,costMicros,currency',
    );
    expect(lines).toContain(`"${otherSchool.id}","'=HYPERLINK(""x"")","small",1,0,0,0,10,20,10,"EUR"`);
    expect(lines).toHaveLength(6);
    expect((await token.get(`/admin/ai-usage?${ALL}&format=csv`)).text).toMatch(/^day,calls,/);
    const marked = await token.get(`/admin/ai-usage?${ALL}&format=csv&bom=true`);
    expect(marked.text.startsWith('\uFEFFday,calls,')).toBe(true);
    const json = await token.get(`/admin/ai-usage?${ALL}&format=json`).set('Accept', 'text/csv');
    expect(json.headers['content-type']).toMatch('application/json');
  });

  it('shows people who manage a group only its usage and that below it', async () => {
    expect((await get('schoolAdmin', ALL)).body.meta.totals.costMicros).toBe(201);
    expect((await get('schoolAdmin', `${ALL}&groupId=${scene.school.id}`)).body.meta.totals.costMicros).toBe(
      201,
    );
    expect((await get('schoolAdmin', `${ALL}&groupId=${scene.district.id}`)).status).toBe(403);
    expect((await get('schoolAdmin', `${ALL}&groupId=${otherSchool.id}`)).status).toBe(404);
    expect((await get('districtAdmin', `${ALL}&groupId=${otherSchool.id}`)).body.meta.totals.costMicros).toBe(
      10,
    );
    expect((await get('platformAdmin', ALL)).body.meta.totals.costMicros).toBe(217);
    expect(
      (await get('platformAdmin', `${ALL}&groupId=${other.district.id}`)).body.meta.totals.costMicros,
    ).toBe(5);
    expect((await get('stranger', ALL)).body.meta.totals.costMicros).toBe(5);
    expect((await get('stranger', `${ALL}&groupId=${scene.school.id}`)).status).toBe(404);
  });

  it.each(['teacher', 'student'])('is nothing for a %s', async (who) => {
    expect((await get(who, ALL)).status).toBe(403);
    expect((await get(who, `groupId=${scene.school.id}`)).status).toBe(403);
    expect((await get(who, 'format=csv')).status).toBe(403);
  });

  it('is nothing for nobody', async () => {
    await app.anonymous.get('/admin/ai-usage').expect(401);
    await app.anonymous.get('/admin/ai-usage').set('Accept', 'text/csv').expect(401);
  });

  it.each([
    'from=2026-02-30',
    'from=2026-05-02&to=2026-05-01',
    'from=2025-01-01&to=2026-01-01',
    'from=2020-01-01&to=2026-01-01&groupBy=month',
    'groupBy=person',
    'groupBy=day,group,class,tool',
    'groupBy=',
    'role=king',
    'groupId=x',
    'sort=name',
    'format=xml',
    'limit=101',
    'cursor=bm9uc2Vuc2U',
    'user=1',
  ])('refuses %s', async (query) => {
    const response = await get('districtAdmin', query);
    expect([response.status, response.body.error?.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(response.body.error.details.issues.length).toBeGreaterThan(0);
  });
});
