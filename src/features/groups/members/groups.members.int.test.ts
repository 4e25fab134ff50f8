import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type Place = Awaited<ReturnType<World['group']>>;

describe('members of groups', () => {
  let app: TestApp;
  let world: World;
  let district: Place;
  let school: Place;
  let foreign: Place;
  let adminId: string;
  let admin: Client;
  let schoolAdmin: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    foreign = await world.group({ name: 'Elsewhere' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    district = await world.group({ name: 'District' });
    school = await world.group({ name: 'School', under: district });
    adminId = (await world.member(district, 'admin')).id;
    admin = await app.as(adminId);
    schoolAdmin = await app.as(
      (await world.member(school, 'admin', await world.user({ tenantId: district.id, name: 'Zoe Head' }))).id,
    );
  });
  const tenantOf = async (id: string) =>
    (await app.container.platform.db.prisma.user.findFirst({ where: { id } }))?.tenantId;

  describe('GET /groups/:id/members', () => {
    it('lists people with their roles, filtered, searched, sorted and paged', async () => {
      await world.member(
        school,
        'teacher',
        await world.user({
          tenantId: district.id,
          name: 'Ada Lovelace',
          email: `ada-${school.id}@example.org`,
        }),
      );
      await world.member(school, 'student', await world.user({ tenantId: district.id, name: 'Ben 50% Off' }));
      const names = async (query: string, client = schoolAdmin) =>
        (await client.get(`/groups/${school.id}/members${query}`).expect(200)).body.data.map(
          (member: { name: string }) => member.name,
        );
      expect(await names('')).toEqual(['Ada Lovelace', 'Ben 50% Off', 'Zoe Head']);
      expect(await names('?role=teacher')).toEqual(['Ada Lovelace']);
      expect(await names(`?q=ADA-${school.id}`)).toEqual(['Ada Lovelace']);
      expect(await names('?q=0%25 o')).toEqual(['Ben 50% Off']);
      expect(await names('?q=_')).toEqual([]);
      expect(await names('?sort=-createdAt')).toEqual(['Ben 50% Off', 'Ada Lovelace', 'Zoe Head']);
      const { body } = await schoolAdmin.get(`/groups/${school.id}/members?limit=2&cursor=`).expect(200);
      expect(body.data[0]).toMatchObject({
        role: 'teacher',
        email: `ada-${school.id}@example.org`,
        status: 'active',
        can: { changeRole: true, remove: true },
      });
      expect(await names(`?limit=2&cursor=${body.meta.pagination.nextCursor}`)).toEqual(['Zoe Head']);
      const staff = await app.as((await world.member(district, 'staff')).id);
      expect((await staff.get(`/groups/${school.id}/members`).expect(200)).body.data[0].can).toEqual({
        changeRole: false,
        remove: false,
      });
    });

    it('is for people who see the inside of the group', async () => {
      const student = await app.as((await world.member(school, 'student')).id);
      const guardian = await app.as((await world.member(school, 'guardian')).id);
      for (const client of [student, guardian]) {
        await client.get(`/groups/${school.id}/members`).expect(403);
        await client.get(`/groups/${school.id}/members?q=zoe&cursor=`).expect(403);
      }
      await schoolAdmin.get(`/groups/${district.id}/members`).expect(403);
      await admin.get(`/groups/${foreign.id}/members`).expect(404);
      await admin.get(`/groups/${MISSING}/members`).expect(404);
      await app.anonymous.get(`/groups/${school.id}/members`).expect(401);
      await admin.get(`/groups/${school.id}/members?role=king`).expect(400);
      expect(
        (await admin.get(`/groups/${(await world.group({ under: school })).id}/members`).expect(200)).body
          .data,
      ).toEqual([]);
    });
  });

  describe('POST /groups/:id/members', () => {
    it('adds a person by id or e-mail, whose rights begin immediately', async () => {
      const [one, two] = [await world.user(), await world.user({ tenantId: district.id })];
      const client = await app.as(one.id);
      await client.get(`/groups/${school.id}`).expect(404);
      const { body, headers } = await schoolAdmin
        .post(`/groups/${school.id}/members`)
        .send({ email: one.email.toUpperCase(), role: 'teacher' })
        .expect(201);
      expect(body.data).toMatchObject({ userId: one.id, role: 'teacher', email: one.email });
      expect(headers.location).toBe(`/api/v1/groups/${school.id}/members/${one.id}`);
      expect((await client.get(`/groups/${school.id}`).expect(200)).body.data.can.listMembers).toBe(true);
      expect(await tenantOf(one.id)).toBe(district.id);
      await schoolAdmin
        .post(`/groups/${school.id}/members`)
        .send({ userId: two.id, role: 'staff' })
        .expect(201);
      const event = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'group.member_added', aboutUserId: two.id },
      });
      expect(event).toMatchObject({ subjectId: school.id, details: { role: 'staff' } });
    });

    it('does not know people of other tenants, and adds nobody twice', async () => {
      const stranger = await world.user({ tenantId: foreign.id });
      for (const person of [
        { userId: stranger.id },
        { email: stranger.email },
        { userId: MISSING },
        { email: 'nobody@example.org' },
      ]) {
        const { body } = await admin
          .post(`/groups/${school.id}/members`)
          .send({ ...person, role: 'student' })
          .expect(404);
        expect(body.error.details.reason).toBe('user.not_found');
      }
      const { body } = await admin
        .post(`/groups/${district.id}/members`)
        .send({ userId: adminId, role: 'student' })
        .expect(409);
      expect(body.error.details.reason).toBe('member.exists');
    });

    it('does not let a tenant add a platform admin', async () => {
      const operator = await world.user({ isPlatformAdmin: true });
      await admin
        .post(`/groups/${school.id}/members`)
        .send({ email: operator.email, role: 'student' })
        .expect(404);
      expect(await tenantOf(operator.id)).toBeNull();
      const platform = await app.as((await world.user({ isPlatformAdmin: true })).id);
      await platform
        .post(`/groups/${school.id}/members`)
        .send({ email: operator.email, role: 'admin' })
        .expect(201);
    });

    it('gives a person to one of two tenants that take them in at the same moment', async () => {
      const foreignAdmin = await app.as((await world.member(foreign, 'admin')).id);
      for (let i = 0; i < 10; i += 1) {
        const person = await world.user();
        const [one, two] = await Promise.all([
          admin.post(`/groups/${district.id}/members`).send({ userId: person.id, role: 'teacher' }),
          foreignAdmin.post(`/groups/${foreign.id}/members`).send({ userId: person.id, role: 'teacher' }),
        ]);
        expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([201, 404]);
        expect(await tenantOf(person.id)).toBe(one.status === 201 ? district.id : foreign.id);
      }
    });

    it('answers 400, 401, 403 and 404 as everywhere', async () => {
      const { id: userId } = await world.user();
      const post = (client: Client, place: { id: string }, body: object) =>
        client.post(`/groups/${place.id}/members`).send(body);
      for (const bad of [
        {},
        { userId },
        { role: 'student' },
        { userId, email: 'a@b.org', role: 'student' },
        { userId, role: 'king' },
        { email: 'no', role: 'student' },
        { userId, role: 'student', groupId: school.id },
      ]) {
        await post(admin, school, bad).expect(400);
      }
      const teacher = await app.as((await world.member(school, 'teacher')).id);
      await post(teacher, school, { userId, role: 'student' }).expect(403);
      await post(schoolAdmin, district, { userId, role: 'student' }).expect(403);
      await post(admin, foreign, { userId, role: 'student' }).expect(404);
      await post(app.anonymous, school, { userId, role: 'student' }).expect(401);
    });
  });

  describe('PATCH and DELETE /groups/:id/members/:userId', () => {
    it('change and remove rights with immediate effect', async () => {
      const member = await world.member(school, 'student');
      const client = await app.as(member.id);
      await client.get(`/groups/${school.id}/members`).expect(403);
      const { body } = await admin
        .patch(`/groups/${school.id}/members/${member.id}`)
        .send({ role: 'staff' })
        .expect(200);
      expect(body.data).toMatchObject({ userId: member.id, role: 'staff' });
      await client.get(`/groups/${school.id}/members`).expect(200);
      const ended = await admin.delete(`/groups/${school.id}/members/${member.id}`).expect(200);
      expect(ended.body.data).toEqual({ endedClassRoles: [] });
      await client.get(`/groups/${school.id}`).expect(404);
      const { body: gone } = await admin.delete(`/groups/${school.id}/members/${member.id}`).expect(404);
      expect(gone.error.details.reason).toBe('member.not_found');
      expect(await tenantOf(member.id)).toBe(district.id);
    });

    it('leave a tenant its last active admin', async () => {
      const reason = async (send: () => ReturnType<Client['delete']>) =>
        (await send().expect(409)).body.error.details.reason;
      expect(await reason(() => admin.delete(`/groups/${district.id}/members/${adminId}`))).toBe(
        'member.last_admin',
      );
      expect(
        await reason(() =>
          admin.patch(`/groups/${district.id}/members/${adminId}`).send({ role: 'teacher' }),
        ),
      ).toBe('member.last_admin');
      await admin.patch(`/groups/${district.id}/members/${adminId}`).send({ role: 'admin' }).expect(200);
      const second = await world.member(district, 'admin');
      await app.container.platform.db.prisma.user.updateMany({
        where: { id: second.id },
        data: { status: 'deactivated', deactivatedAt: new Date() },
      });
      expect(await reason(() => admin.delete(`/groups/${district.id}/members/${adminId}`))).toBe(
        'member.last_admin',
      );
      await admin.delete(`/groups/${district.id}/members/${second.id}`).expect(200);
      await world.member(district, 'admin');
      await admin.patch(`/groups/${district.id}/members/${adminId}`).send({ role: 'teacher' }).expect(200);
    });

    it('leave one of two admins who remove each other at the same moment', async () => {
      for (let i = 0; i < 10; i += 1) {
        const root = await world.group();
        const [one, two] = [await world.member(root, 'admin'), await world.member(root, 'admin')];
        const [oneClient, twoClient] = [await app.as(one.id), await app.as(two.id)];
        const answers = await Promise.all([
          oneClient.delete(`/groups/${root.id}/members/${two.id}`),
          twoClient.delete(`/groups/${root.id}/members/${one.id}`),
        ]);
        // The loser is the last admin, or no admin any more.
        expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
        expect(answers.every((answer) => [200, 404, 409].includes(answer.status))).toBe(true);
      }
    });

    it('answer 400, 401, 403 and 404 as everywhere', async () => {
      const member = await world.member(school, 'student');
      const path = `/groups/${school.id}/members/${member.id}`;
      const teacher = await app.as((await world.member(school, 'teacher')).id);
      await admin.patch(path).send({ role: 'king' }).expect(400);
      await admin.patch(path).send({}).expect(400);
      await admin.patch(`/groups/${school.id}/members/x`).send({ role: 'staff' }).expect(400);
      await teacher.patch(path).send({ role: 'admin' }).expect(403);
      await teacher.delete(path).expect(403);
      await admin.patch(`/groups/${school.id}/members/${MISSING}`).send({ role: 'staff' }).expect(404);
      await admin.delete(`/groups/${foreign.id}/members/${member.id}`).expect(404);
      await app.anonymous.delete(path).expect(401);
      await app.anonymous.patch(path).send({ role: 'staff' }).expect(401);
    });
  });
});
