import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

type Group = Awaited<ReturnType<World['group']>>;

describe('the list of people', () => {
  let app: TestApp;
  let world: World;
  let district: Group;
  let school: Group;
  let elsewhere: Group;
  let root: Client;
  let districtAdmin: Client;
  let schoolAdmin: Client;
  let teacher: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    const department = await world.group({ under: school });
    const other = await world.group({ under: district });
    elsewhere = await world.group();
    const named = async (name: string, group: Group) =>
      world.user({ name, tenantId: group.tenantId, email: `${name.toLowerCase()}@example.org` });
    root = await app.as((await world.user({ name: 'Root', isPlatformAdmin: true })).id);
    districtAdmin = await app.as((await world.member(district, 'admin', await named('Dora', district))).id);
    schoolAdmin = await app.as((await world.member(school, 'admin', await named('Sven', district))).id);
    teacher = await app.as((await world.member(department, 'teacher', await named('Tina', district))).id);
    await world.classMember(await world.class(department), 'student', await named('Paul', district));
    await world.member(other, 'student', await named('Olga', district));
    await named('Loner', district);
    await world.member(elsewhere, 'admin', await named('Eve', elsewhere));
    await named('50%_off', district);
    await app.container.platform.db.execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE name = 'Olga'`,
    );
  });
  afterAll(() => app.close());

  const names = async (client: Client, query = '', path = '/users') => {
    const { body } = await client.get(`${path}${query}`).expect(200);
    return body.data.map(({ name }: { name: string }) => name);
  };

  it('shows an admin the people of their groups and below, and everybody of the tenant to its admin', async () => {
    expect(await names(schoolAdmin)).toEqual(['Paul', 'Sven', 'Tina']);
    expect(await names(districtAdmin)).toEqual(['50%_off', 'Dora', 'Loner', 'Olga', 'Paul', 'Sven', 'Tina']);
    expect(await names(root)).toEqual([
      '50%_off',
      'Dora',
      'Eve',
      'Loner',
      'Olga',
      'Paul',
      'Root',
      'Sven',
      'Tina',
    ]);
  });

  it('covers only the caller’s tenant, whatever is requested', async () => {
    expect(await names(districtAdmin, `?tenantId=${elsewhere.tenantId}`)).toEqual([]);
    expect(await names(root, `?tenantId=${elsewhere.tenantId}`)).toEqual(['Eve']);
    expect(await names(root, `?tenantId=${elsewhere.tenantId}`, '/admin/users')).toEqual(['Eve']);
  });

  it('is for admins', async () => {
    await teacher.get('/users').expect(403);
    await teacher.get('/admin/users').expect(403);
    await districtAdmin.get('/admin/users').expect(403);
    await app.anonymous.get('/users').expect(401);
    await app.anonymous.get('/admin/users').expect(401);
  });

  it('finds by a part of the name or e-mail, and takes % and _ for what they are', async () => {
    expect(await names(districtAdmin, '?q=OLG')).toEqual(['Olga']);
    expect(await names(districtAdmin, '?q=tina%40exam')).toEqual(['Tina']);
    expect(await names(districtAdmin, '?q=0%25_')).toEqual(['50%_off']);
    expect(await names(districtAdmin, '?q=%25')).toEqual(['50%_off']);
    expect(await names(districtAdmin, '?q=_')).toEqual(['50%_off']);
    expect(await names(districtAdmin, '?q=%5C')).toEqual([]);
    expect(await names(schoolAdmin, '?q=olga')).toEqual([]);
  });

  it('filters by status, role and change', async () => {
    expect(await names(districtAdmin, '?status=deactivated')).toEqual(['Olga']);
    expect(await names(districtAdmin, '?role=student')).toEqual(['Olga', 'Paul']);
    expect(await names(schoolAdmin, '?role=student')).toEqual(['Paul']);
    expect(await names(districtAdmin, '?role=admin&status=active')).toEqual(['Dora', 'Sven']);
    const { body } = await districtAdmin.get('/users?q=tina').expect(200);
    const since = encodeURIComponent(body.data[0].updatedAt);
    expect(await names(districtAdmin, `?updatedSince=${since}&sort=updatedAt&q=tina`)).toEqual(['Tina']);
    expect(await names(districtAdmin, '?updatedSince=2999-01-01T00:00:00Z')).toEqual([]);
  });

  it('sorts and pages in both ways', async () => {
    expect(await names(districtAdmin, '?sort=-name&limit=2')).toEqual(['Tina', 'Sven']);
    const { body: first } = await districtAdmin.get('/users?limit=3&page=2').expect(200);
    expect(first.meta.pagination).toEqual({ page: 2, limit: 3, total: 7, totalPages: 3 });
    expect(first.data).toHaveLength(3);
    for (const sort of ['name', '-createdAt', 'updatedAt']) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const answer: {
          body: { data: { id: string }[]; meta: { pagination: { nextCursor: string | null } } };
        } = await districtAdmin.get(`/users?limit=3&sort=${sort}&cursor=${cursor}`).expect(200);
        seen.push(...answer.body.data.map(({ id }) => id));
        cursor = answer.body.meta.pagination.nextCursor;
      }
      expect(seen).toHaveLength(7);
      expect(new Set(seen).size).toBe(7);
    }
  });

  it('says of each what the caller may do', async () => {
    const { body } = await schoolAdmin.get('/users').expect(200);
    const can = Object.fromEntries(
      body.data.map((user: { name: string; can: object }) => [user.name, user.can]),
    );
    const all = { update: true, changeEmail: true, deactivate: true, reactivate: false };
    expect(can).toMatchObject({ Paul: all, Tina: all, Sven: { ...all, deactivate: false } });
    expect(JSON.stringify(body)).not.toMatch(/hash|password(?!":(?:true|false))/i);
  });

  it('says how each signs in, and finds those who never did', async () => {
    const { prisma } = app.container.platform.db;
    const made = await schoolAdmin
      .post('/users')
      .send({ name: 'Newcomer', groupId: school.id, role: 'student', access: 'start_password' })
      .expect(201);
    const { id, districtCode, username, startPassword } = made.body.data;
    const newcomers = async (client: Client, path = '/users') =>
      (await client.get(`${path}?neverSignedIn=true&q=newcomer`).expect(200)).body.data;
    for (const [client, path] of [
      [schoolAdmin, '/users'],
      [districtAdmin, '/users'],
      [root, '/admin/users'],
    ] as const)
      expect(await newcomers(client, path)).toEqual([
        expect.objectContaining({ id, signInMethods: ['password'], lastLoginAt: null }),
      ]);
    await app.anonymous
      .post('/auth/login')
      .send({ districtCode, username, password: startPassword })
      .expect(200);
    expect(await newcomers(schoolAdmin)).toEqual([]);
    await prisma.authIdentity.create({
      data: { id: newId(), userId: id, provider: 'google', issuer: 'https://google', subject: id },
    });
    const { body } = await schoolAdmin.get(`/users/${id}`).expect(200);
    expect(body.data).toMatchObject({
      signInMethods: ['google', 'password'],
      lastLoginAt: expect.any(String),
    });
    const teaches = await world.class(school);
    await world.classMember(teaches, 'student', { id });
    const classTeacher = await app.as((await world.classMember(teaches, 'teacher')).id);
    const seen = await classTeacher.get(`/users/${id}`).expect(200);
    expect(seen.body.data).not.toHaveProperty('signInMethods');
    await prisma.user.updateMany({ where: { id }, data: { deletedAt: new Date() } });
  });

  it.each([
    '?neverSignedIn=perhaps',
    '?sort=email',
    '?limit=101',
    '?page=0',
    '?status=gone',
    '?role=king',
    '?q=',
    '?tenantId=x',
    '?page=1&cursor=',
    '?unknown=1',
    '?updatedSince=now',
  ])('refuses %s', async (query) => {
    await districtAdmin.get(`/users${query}`).expect(400);
  });
});
