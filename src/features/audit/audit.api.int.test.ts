import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { recordEvents, sealAll } from './audit.builder';

let app: TestApp;
let world: World;
let district: { id: string; tenantId: string; path: string };
let admin: Client;
let platformAdmin: Client;

beforeAll(async () => {
  app = await createTestApp();
  world = new World(app.container);
  district = await world.group({ kind: 'district' });
  admin = await app.as((await world.member(district, 'admin')).id);
  platformAdmin = await app.as((await world.user({ isPlatformAdmin: true })).id);
  await recordEvents(app, district.tenantId, 5);
  await recordEvents(app, null, 1);
});
afterAll(() => app.close());

describe('GET /admin/audit', () => {
  it('lists the events of the tenant, the newest first, with their seals as soon as they have one', async () => {
    await sealAll(app);
    await app.container.audit.record(
      { type: 'group', id: district.id, tenantId: district.tenantId },
      'group.moved',
    );
    const { body } = await admin.get('/admin/audit?limit=2').expect(200);
    expect(body.data).toMatchObject([
      { action: 'group.moved', subjectId: district.id, seal: null, actorKind: 'system' },
      { action: 'test.happened', seal: { position: 5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    expect(body.data[0].links.self).toBe(`/api/v1/admin/audit/${body.data[0].id}`);
    expect(body.meta.pagination).toEqual({ limit: 2, nextCursor: expect.any(String) });
    const next = await admin.get(`/admin/audit?limit=100&cursor=${body.meta.pagination.nextCursor}`);
    expect(next.body.data).toHaveLength(4);
    expect(next.body.meta.pagination.nextCursor).toBeNull();
  });

  it('narrows to action, actor, subject, person and time', async () => {
    const person = await world.user({ tenantId: district.tenantId });
    const actor = await app.as(person.id);
    await actor.patch('/auth/me').send({ name: 'Another' }).expect(200);
    const count = async (query: string, client = admin) =>
      (await client.get(`/admin/audit?${query}`).expect(200)).body.data.length;
    expect(await count('action=group.moved')).toBe(1);
    expect(await count(`subjectId=${district.id}&subjectType=group`)).toBe(1);
    expect(await count(`actorId=${person.id}`)).toBeGreaterThan(0);
    expect(await count(`aboutUserId=${district.id}`)).toBe(0);
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(await count(`from=${encodeURIComponent(soon)}`)).toBe(0);
    expect(await count(`to=${encodeURIComponent(soon)}`)).toBeGreaterThan(5);
    expect(await count(`tenantId=${district.tenantId}&action=group.moved`, platformAdmin)).toBe(1);
    const other = await world.group();
    expect(await count(`tenantId=${other.id}`)).toBe(0);
  });

  it('shows platform admins the events of all tenants, and those without a tenant', async () => {
    const { body } = await platformAdmin.get('/admin/audit?limit=100').expect(200);
    const tenants = new Set(body.data.map((event: { tenantId: string | null }) => event.tenantId));
    expect(tenants).toContain(null);
    expect(tenants).toContain(district.tenantId);
  });

  it('gives one event', async () => {
    const { body } = await admin.get('/admin/audit?limit=1');
    expect((await admin.get(`/admin/audit/${body.data[0].id}`).expect(200)).body.data).toEqual(body.data[0]);
    await admin.get(`/admin/audit/${district.id}`).expect(404);
    await admin.get('/admin/audit/nonsense').expect(400);
  });

  it.each([
    'page=1',
    'sort=seq',
    'actorId=nobody',
    'from=yesterday',
    'limit=101',
    'cursor=nonsense',
    'unknown=1',
  ])('refuses %s', async (query) => {
    await admin.get(`/admin/audit?${query}`).expect(400);
  });

  it('is closed to all other callers', async () => {
    await app.anonymous.get('/admin/audit').expect(401);
    const teacher = await app.as((await world.member(district, 'teacher')).id);
    await teacher.get('/admin/audit').expect(403);
    const school = await world.group({ under: district });
    const schoolAdmin = await app.as((await world.member(school, 'admin')).id);
    await schoolAdmin.get('/admin/audit').expect(403);
    await schoolAdmin.get(`/admin/audit/${district.id}`).expect(403);
  });

  it('opens no event of another tenant', async () => {
    const { body } = await admin.get('/admin/audit?limit=1');
    const other = await world.group();
    const stranger = await app.as((await world.member(other, 'admin')).id);
    await stranger.get(`/admin/audit/${body.data[0].id}`).expect(404);
    expect((await stranger.get(`/admin/audit?tenantId=${district.tenantId}`)).body.data).toEqual([]);
  });
});
