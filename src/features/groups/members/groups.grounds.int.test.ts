import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';
import { EndedRow } from './groups.grounds.sql';

type Place = Awaited<ReturnType<World['group']>>;
type SchoolClass = Awaited<ReturnType<World['class']>>;
interface Ended {
  classId: string;
  userId: string;
  role: string;
}

describe('class roles and the memberships that carry them', () => {
  let app: TestApp;
  let world: World;
  let district: Place;
  let north: Place;
  let south: Place;
  let inNorth: SchoolClass;
  let inDepartment: SchoolClass;
  let department: Place;
  let admin: Client;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    district = await world.group();
    north = await world.group({ under: district });
    south = await world.group({ under: district });
    department = await world.group({ under: north });
    inNorth = await world.class(north);
    inDepartment = await world.class(department);
    admin = await app.as((await world.member(district, 'admin')).id);
  });

  const endedOf = (body: { data: { endedClassRoles: Ended[] } }) =>
    body.data.endedClassRoles.map(({ classId, role }) => `${classId} ${role}`).toSorted();
  const rolesOf = async (userId: string) =>
    (await app.container.platform.db.prisma.classMember.findMany({ where: { userId } }))
      .map(({ classId, role }) => `${classId} ${role}`)
      .toSorted();

  it('end with the membership, in the same transaction, and the answer names them', async () => {
    const { id } = await world.member(north, 'teacher');
    for (const schoolClass of [inNorth, inDepartment])
      await world.classMember(schoolClass, 'teacher', { id });
    const teacher = await app.as(id);
    await teacher.get(`/classes/${inNorth.id}/roster`).expect(200);
    const { body } = await admin.delete(`/groups/${north.id}/members/${id}`).expect(200);
    expect(endedOf(body)).toEqual([`${inNorth.id} teacher`, `${inDepartment.id} teacher`].toSorted());
    expect(await rolesOf(id)).toEqual([]);
    for (const path of [`/classes/${inNorth.id}`, `/classes/${inDepartment.id}/roster`])
      await teacher.get(path).expect(404);
    const student = await world.member(north, 'student');
    await teacher
      .post(`/classes/${inNorth.id}/members`)
      .send({ userId: student.id, role: 'student' })
      .expect(404);
    const events = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { aboutUserId: id, action: 'class.member_removed' },
    });
    expect(events.map(({ details }) => details)).toEqual([
      { because: 'no_membership' },
      { because: 'no_membership' },
    ]);
  });

  it('stay while another membership carries them', async () => {
    const { id } = await world.member(north, 'teacher');
    await world.member(department, 'staff', { id });
    for (const schoolClass of [inNorth, inDepartment])
      await world.classMember(schoolClass, 'teacher', { id });
    const elsewhere = await world.class(south);
    await world.member(south, 'teacher', { id });
    await world.classMember(elsewhere, 'teacher', { id });
    const { body } = await admin.delete(`/groups/${north.id}/members/${id}`).expect(200);
    // A membership below the school is also a ground for a role in a class of the school.
    expect(endedOf(body)).toEqual([]);
    const { body: last } = await admin.delete(`/groups/${department.id}/members/${id}`).expect(200);
    expect(endedOf(last)).toEqual([`${inNorth.id} teacher`, `${inDepartment.id} teacher`].toSorted());
    expect(await rolesOf(id)).toEqual([`${elsewhere.id} teacher`]);
  });

  it('end when the role of the membership no longer fits', async () => {
    const { id } = await world.member(north, 'teacher');
    await world.classMember(inNorth, 'teacher', { id });
    const change = (role: string) =>
      admin.patch(`/groups/${north.id}/members/${id}`).send({ role }).expect(200);
    expect(endedOf((await change('staff')).body)).toEqual([]);
    const { body } = await change('student');
    expect(body.data).toMatchObject({ userId: id, role: 'student' });
    expect(endedOf(body)).toEqual([`${inNorth.id} teacher`]);
  });

  it('end when a group moves away from the membership, on either side', async () => {
    const teacher = await world.member(north, 'teacher');
    await world.classMember(inDepartment, 'teacher', teacher);
    const student = await world.member(department, 'student');
    for (const schoolClass of [inNorth, inDepartment])
      await world.classMember(schoolClass, 'student', student);
    const path = `/groups/${department.id}`;
    const { body } = await admin.patch(path).send({ parentId: south.id, name: 'Moved' }).expect(200);
    expect(endedOf(body)).toEqual([`${inDepartment.id} teacher`, `${inNorth.id} student`].toSorted());
    expect(body.data.endedClassRoles.map(({ userId }: { userId: string }) => userId).toSorted()).toEqual(
      [teacher.id, student.id].toSorted(),
    );
    expect(endedOf((await admin.patch(path).send({ name: 'Stayed' }).expect(200)).body)).toEqual([]);
    expect(await rolesOf(teacher.id)).toEqual([]);
    expect(await rolesOf(student.id)).toEqual([`${inDepartment.id} student`]);
    await (await app.as(student.id)).get(`/classes/${inNorth.id}`).expect(404);
  });

  it('are listed for admins, if no membership carries them', async () => {
    const old = await world.classMember(inDepartment, 'student');
    await world.classMember(inDepartment, 'student', await world.member(north, 'student'));
    await world.classMember(await world.class(south), 'teacher');
    const path = `/groups/${north.id}/class-roles-without-membership`;
    const { body } = await admin.get(`${path}?sort=-joinedAt`).expect(200);
    expect(body.data).toMatchObject([{ userId: old.id, classId: inDepartment.id, role: 'student' }]);
    await admin.post(`/groups/${north.id}/members`).send({ userId: old.id, role: 'student' }).expect(201);
    expect((await admin.get(path).expect(200)).body.data).toEqual([]);
    await admin.get(`${path}?sort=email`).expect(400);
    await app.anonymous.get(path).expect(401);
    await (await app.as((await world.member(north, 'teacher')).id)).get(path).expect(403);
    await (await app.as((await world.member(await world.group(), 'admin')).id)).get(path).expect(404);
  });

  it('are the same in the list as in the view by which they end', async () => {
    const places = [district, north, south, department];
    const classes = [inNorth, inDepartment, await world.class(south), await world.class(district)];
    for (const place of places)
      for (const role of ['admin', 'teacher', 'staff', 'student', 'guardian'] as const) {
        const person = await world.member(place, role);
        for (const [n, schoolClass] of classes.entries())
          await world.classMember(schoolClass, n % 2 === 0 ? 'student' : 'teacher', person);
      }
    const { body } = await admin
      .get(`/groups/${district.id}/class-roles-without-membership?limit=100`)
      .expect(200);
    const inView = await app.container.platform.db.rows(
      sql`SELECT class_id AS "classId", user_id AS "userId", role
          FROM class_roles_without_ground
          WHERE tenant_id = ${district.tenantId}::uuid`,
      EndedRow,
    );
    const named = (roles: Ended[]) =>
      roles.map((role) => `${role.classId} ${role.userId} ${role.role}`).toSorted();
    expect(named(body.data)).toEqual(named(inView));
    expect(inView.length).toBeGreaterThan(places.length);
  });

  describe('two simultaneous changes', () => {
    const ROUNDS = 15;
    const ungrounded = async () =>
      (await admin.get(`/groups/${district.id}/class-roles-without-membership`).expect(200)).body.data;

    it('leave no role that a teacher gave while an admin removed the membership', async () => {
      const owner = await world.member(north, 'teacher');
      await world.classMember(inNorth, 'teacher', owner);
      const teacher = await app.as(owner.id);
      const seen = new Set<number>();
      for (let i = 0; i < ROUNDS; i += 1) {
        const { id: userId } = await world.member(north, 'student');
        const [added, removed] = await Promise.all([
          teacher.post(`/classes/${inNorth.id}/members`).send({ userId, role: 'student' }),
          admin.delete(`/groups/${north.id}/members/${userId}`),
        ]);
        seen.add(added.status);
        expect(removed.status).toBe(200);
        expect([201, 404]).toContain(added.status);
        expect(await rolesOf(userId)).toEqual([]);
      }
      expect(seen.size).toBeGreaterThan(0);
      expect(await ungrounded()).toEqual([]);
    });

    it('leave no role that a code gave while a group or the class moved', async () => {
      const code = 'GRNDSCXE';
      await app.container.platform.db.execute(
        sql`UPDATE classes SET join_code = ${code} WHERE id = ${inDepartment.id}::uuid`,
      );
      for (let i = 0; i < ROUNDS; i += 1) {
        const student = await app.as((await world.member(north, 'student')).id);
        const target = i % 2 === 0 ? south.id : north.id;
        const [joined, moved] = await Promise.all([
          student.post('/classes/join').send({ code }),
          i % 3 === 0
            ? admin.patch(`/classes/${inDepartment.id}`).send({ groupId: south.id })
            : admin.patch(`/groups/${department.id}`).send({ parentId: target }),
        ]);
        expect(moved.status).toBe(200);
        expect([200, 404]).toContain(joined.status);
        expect(await ungrounded()).toEqual([]);
        await admin.patch(`/groups/${department.id}`).send({ parentId: north.id }).expect(200);
        await admin.patch(`/classes/${inDepartment.id}`).send({ groupId: department.id }).expect(200);
      }
    });

    it('end for both admins who remove memberships of one person at the same time', async () => {
      const second = await app.as((await world.member(district, 'admin')).id);
      for (let i = 0; i < ROUNDS; i += 1) {
        const { id } = await world.member(north, 'teacher');
        await world.member(district, 'staff', { id });
        await world.classMember(inDepartment, 'teacher', { id });
        const [one, two] = await Promise.all([
          admin.delete(`/groups/${north.id}/members/${id}`),
          second.delete(`/groups/${district.id}/members/${id}`),
        ]);
        expect([one.status, two.status]).toEqual([200, 200]);
        expect([...endedOf(one.body), ...endedOf(two.body)]).toEqual([`${inDepartment.id} teacher`]);
        expect(await rolesOf(id)).toEqual([]);
      }
    });
  });
});
