import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const CODE = /^[BDGJLMNRTVWZ][AEOU][BDGJLMNRTVWZ][AEOU][2-9]{2}$/;
const NO_ID = '01a2057d-bc03-729e-ba61-263fb1fda7a2';

describe('the code of a district', () => {
  let app: TestApp;
  let world: World;
  let district: Awaited<ReturnType<World['group']>>;
  let school: Awaited<ReturnType<World['group']>>;
  let admin: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    admin = await app.as((await world.member(district, 'admin')).id);
  });
  afterAll(() => app.close());

  const codeOf = async (client: Client, id: string): Promise<string | null | undefined> =>
    (await client.get(`/groups/${id}`).expect(200)).body.data.districtCode;

  it('is given to each new root group, and to no group below', async () => {
    const root = await app.as((await world.user({ isPlatformAdmin: true })).id);
    const codes = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const { body } = await root
        .post('/groups')
        .send({ name: `District ${i}` })
        .expect(201);
      expect(body.data.districtCode).toMatch(CODE);
      codes.add(body.data.districtCode);
    }
    expect(codes.size).toBe(20);
    expect(await codeOf(admin, school.id)).toBeNull();
  });

  it('is shown only to people who may read the settings of the root group', async () => {
    const staff = await app.as((await world.member(district, 'staff')).id);
    expect(await codeOf(staff, district.id)).toMatch(CODE);
    const student = await app.as((await world.member(school, 'student')).id);
    expect(await codeOf(student, district.id)).toBeUndefined();
  });

  it('can be renewed by admins of the district, and the old one is gone', async () => {
    const before = await codeOf(admin, district.id);
    const { body } = await admin.post(`/groups/${district.id}/district-code`).expect(200);
    expect(body.data.districtCode).toMatch(CODE);
    expect(body.data.districtCode).not.toBe(before);
    expect(await codeOf(admin, district.id)).toBe(body.data.districtCode);
    const events = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { subjectId: district.id, action: 'group.district_code_renewed' },
    });
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events[0]?.details)).not.toContain(body.data.districtCode);
  });

  it('is renewed only for admins, and only for root groups', async () => {
    const schoolAdmin = await app.as((await world.member(school, 'admin')).id);
    await schoolAdmin.post(`/groups/${district.id}/district-code`).expect(403);
    const { body } = await schoolAdmin.post(`/groups/${school.id}/district-code`).expect(409);
    expect(body.error.details.reason).toBe('group.not_a_district');
    const stranger = await app.as((await world.member(await world.group(), 'admin')).id);
    await stranger.post(`/groups/${district.id}/district-code`).expect(404);
    await admin.post(`/groups/${NO_ID}/district-code`).expect(404);
    await admin.post('/groups/nonsense/district-code').expect(400);
    await app.anonymous.post(`/groups/${district.id}/district-code`).expect(401);
  });
});
