import type { Scope } from '../../authz/actions';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { UsageScene } from './usage.builder';

const NOW = new Date('2026-05-20T12:00:00Z');
const SPAN = 'from=2026-05-01&to=2026-05-31';

interface Row {
  user: { id: string; name: string | null } | null;
  day: string | null;
  costMicros: number;
  calls: number;
}

let app: TestApp;
let scene: UsageScene;
let foreign: UsageScene;
let otherClass: { id: string };
const people: Record<string, { id: string; name: string }> = {};

const idOf = (who: string): string => (people[who] as { id: string }).id;
const as = (who: string): Promise<Client> => app.as(idOf(who));
const get = async (who: string, query: string) => (await as(who)).get(`/admin/ai-usage?${query}`);
const ask = (who: string, at: string, costMicros: number, more: object = {}) =>
  scene.call({ userId: idOf(who), at, costMicros, ...more });

beforeAll(async () => {
  app = await createTestApp({ clock: { now: () => NOW } });
  scene = await UsageScene.create(app.container, 'Europe/Berlin');
  foreign = await UsageScene.create(app.container);
  const { world, district, school, schoolClass } = scene;
  const classOf = schoolClass as { id: string; tenantId: string };
  const named = async (name: string) => world.user({ name, tenantId: district.tenantId });
  for (const who of ['ada', 'ben', 'teacher', 'colleague', 'schoolAdmin', 'districtAdmin', 'leaver'])
    people[who] = await named(who);
  people.operator = await world.user({ name: 'operator', isPlatformAdmin: true });
  people.stranger = { ...foreign.teacher, name: 'stranger' };
  otherClass = await world.class(school, { name: 'Chemistry' });
  for (const who of ['ada', 'ben', 'leaver']) await world.member(school, 'student', people[who]);
  for (const who of ['ada', 'ben']) await world.classMember(classOf, 'student', people[who]);
  await world.classMember(otherClass as never, 'student', people.ben);
  for (const who of ['teacher', 'colleague']) await world.member(school, 'teacher', people[who]);
  await world.classMember(classOf, 'teacher', people.teacher);
  await world.classMember(otherClass as never, 'teacher', people.colleague);
  await world.member(school, 'admin', people.schoolAdmin);
  await world.member(district, 'admin', people.districtAdmin);

  // Aggregated days, one of them with a late settlement, and today.
  await ask('ada', '2026-05-10T22:30:00Z', 10);
  await ask('ben', '2026-05-11T12:00:00Z', 400);
  await ask('leaver', '2026-05-11T12:00:00Z', 30);
  const late = await ask('ada', '2026-05-12T12:00:00Z', 0, { state: 'pending' });
  await app.container.usage.aggregation.aggregateDays({ tenantId: scene.tenantId, until: NOW, limit: 100 });
  await scene.settle(late, 20);
  await ask('ada', '2026-05-20T08:00:00Z', 100);
  await ask('districtAdmin', '2026-05-20T08:00:00Z', 5);
  await ask('ben', '2026-05-20T09:00:00Z', 7, { classId: otherClass.id });
  await ask('ben', '2026-04-20T09:00:00Z', 1_000);
  await foreign.call({ at: '2026-05-20T08:00:00Z', costMicros: 1_000 });
});
afterAll(() => app.close());

const seen = (response: { body: { data: Row[] } }) =>
  response.body.data.map(({ user, costMicros }) => [user?.name ?? null, costMicros]);

describe('GET /admin/ai-usage by person', () => {
  it('lists people by cost, with their names, from aggregated and other days', async () => {
    const response = await get('districtAdmin', `${SPAN}&groupBy=user`);
    expect(response.status).toBe(200);
    expect(seen(response)).toEqual([
      ['ben', 407],
      ['ada', 150],
      ['leaver', 30],
      ['districtAdmin', 5],
    ]);
    expect(response.body.data[0]).toMatchObject({
      user: { id: idOf('ben') },
      calls: 2,
      currency: 'USD',
      day: null,
    });
    expect(response.body.meta.totals).toMatchObject({ calls: 7, costMicros: 592 });
  });

  it('can be paged through in that order, and be sorted otherwise', async () => {
    const first = await get('districtAdmin', `${SPAN}&groupBy=user&limit=2&cursor=`);
    const rest = await get(
      'districtAdmin',
      `${SPAN}&groupBy=user&limit=2&cursor=${first.body.meta.pagination.nextCursor}`,
    );
    expect([...seen(first), ...seen(rest)].map(([, cost]) => cost)).toEqual([407, 150, 30, 5]);
    expect(rest.body.meta).toMatchObject({ pagination: { nextCursor: null }, totals: { costMicros: 592 } });
    expect(seen(await get('districtAdmin', `${SPAN}&groupBy=user&sort=costMicros`))[0]).toEqual([
      'districtAdmin',
      5,
    ]);
    const byKey = (await get('districtAdmin', `${SPAN}&groupBy=user&sort=key`)).body.data as Row[];
    const ids = byKey.map(({ user }) => String(user?.id));
    expect(ids).toEqual(ids.toSorted());
  });

  it('can be joined with days, whose bounds are those of the tenant', async () => {
    const { body } = await get(
      'districtAdmin',
      `${SPAN}&groupBy=user,day&userId=${idOf('ada')}&sort=costMicros`,
    );
    expect(body.data.map(({ day, costMicros }: Row) => [day, costMicros])).toEqual([
      ['2026-05-11', 10],
      ['2026-05-12', 40],
      ['2026-05-20', 100],
    ]);
  });

  it('can be narrowed to one person, whatever it is summed by', async () => {
    const { body } = await get('districtAdmin', `${SPAN}&userId=${idOf('ben')}&groupBy=class`);
    expect(body.data.map(({ costMicros, user }: Row) => [costMicros, user])).toEqual([
      [7, null],
      [400, null],
    ]);
    expect(body.meta.totals.costMicros).toBe(407);
    const { body: none } = await get('districtAdmin', `${SPAN}&userId=${idOf('schoolAdmin')}`);
    expect([none.data, none.meta.totals.costMicros]).toEqual([[], 0]);
  });

  it('comes as a table as well, with id and name', async () => {
    const { text } = await get('districtAdmin', `${SPAN}&groupBy=user&format=csv`);
    const lines = text.split('\r\n');
    expect(lines[0]).toMatch(/^userId,userName,calls,/);
    expect(lines.some((line) => line.startsWith(`"${idOf('ben')}","ben",2,`))).toBe(true);
  });

  it('names nobody whom the caller may not read, and counts them all the same', async () => {
    expect(seen(await get('schoolAdmin', `${SPAN}&groupBy=user`))).toEqual([
      ['ben', 407],
      ['ada', 150],
      ['leaver', 30],
      [null, 5],
    ]);
    expect((await get('schoolAdmin', `${SPAN}&userId=${idOf('districtAdmin')}`)).status).toBe(404);
    expect((await get('districtAdmin', `${SPAN}&userId=${idOf('operator')}`)).status).toBe(404);
    expect((await get('districtAdmin', `${SPAN}&userId=${idOf('stranger')}`)).status).toBe(404);
    expect((await get('districtAdmin', `${SPAN}&userId=${newId()}`)).body.error).toMatchObject({
      details: { reason: 'user.not_found' },
    });
  });

  it('is for teachers that of a class that they teach, and of nothing else', async () => {
    const ofClass = `${SPAN}&groupBy=user&classId=${scene.schoolClass.id}`;
    const response = await get('teacher', ofClass);
    // People who have left the class, or were never in it, have no name here.
    expect(seen(response)).toEqual([
      ['ben', 400],
      ['ada', 150],
      [null, 30],
      [null, 5],
    ]);
    expect(response.body.meta.totals.costMicros).toBe(585);
    expect((await get('teacher', `${ofClass}&userId=${idOf('ada')}`)).body.meta.totals.costMicros).toBe(150);
    expect((await get('teacher', `${ofClass}&userId=${idOf('leaver')}`)).status).toBe(404);
    expect((await get('teacher', `${SPAN}&groupBy=user`)).status).toBe(403);
    expect((await get('teacher', `${SPAN}&groupBy=user&classId=${otherClass.id}`)).status).toBe(403);
    expect(seen(await get('colleague', `${SPAN}&groupBy=user&classId=${otherClass.id}`))).toEqual([
      ['ben', 7],
    ]);
    expect((await get('colleague', ofClass)).status).toBe(403);
    expect((await get('ada', ofClass)).status).toBe(403);
    expect((await get('stranger', ofClass)).body.error.details.reason).toBe('class.not_found');
    await app.anonymous.get(`/admin/ai-usage?${ofClass}`).expect(401);
  });

  it('needs users:read of an API token: without it names are null and nobody can be asked for', async () => {
    const { access, auth } = app.container;
    const principal = await access.findPrincipal(idOf('districtAdmin'), {
      sessionId: null,
      kind: 'bearer',
      scopes: null,
    });
    const withScopes = async (scopes: Scope[]) =>
      app.withToken(
        (
          await auth.apiTokens.create(
            { ...(principal as NonNullable<typeof principal>), sessionId: newId() },
            { name: 'script', scopes, expiresAt: new Date(Date.now() + 3_600_000) },
          )
        ).secret,
      );
    const [narrow, wide] = [await withScopes(['ai:read']), await withScopes(['ai:read', 'users:read'])];
    expect(seen(await narrow.get(`/admin/ai-usage?${SPAN}&groupBy=user`).expect(200))[0]).toEqual([
      null,
      407,
    ]);
    expect(seen(await wide.get(`/admin/ai-usage?${SPAN}&groupBy=user`).expect(200))[0]).toEqual(['ben', 407]);
    const refused = await narrow.get(`/admin/ai-usage?${SPAN}&userId=${idOf('ben')}`).expect(403);
    expect(refused.body.error.details).toMatchObject({ reason: 'token.scope', scope: 'users:read' });
  });

  it('keeps what a deleted person cost, without their name', async () => {
    await app.container.platform.db.prisma.user.update({
      where: { id: idOf('leaver') },
      data: { deletedAt: NOW },
    });
    const { data } = (await get('districtAdmin', `${SPAN}&groupBy=user`)).body;
    expect(data[2]).toMatchObject({ user: { id: idOf('leaver'), name: null }, costMicros: 30 });
  });

  it.each(['groupBy=user', 'groupBy=month&userId=ada'])(
    'refuses %s for more than 184 days',
    async (query) => {
      const asked = query.replace('ada', idOf('ada'));
      expect((await get('districtAdmin', `from=2026-01-01&to=2026-07-04&${asked}`)).status).toBe(200);
      const response = await get('districtAdmin', `from=2026-01-01&to=2026-07-05&${asked}`);
      expect(response.body.error).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: { issues: [{ message: expect.stringContaining('184 days') }] },
      });
    },
  );

  it('refuses ids that are none', async () => {
    expect((await get('districtAdmin', 'userId=ada')).status).toBe(400);
  });
});
