import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type Place = Awaited<ReturnType<World['group']>>;
type Person = { id: string };

describe('guardians, and what others see of a person', () => {
  let app: TestApp;
  let world: World;
  let district: Place;
  let school: Place;
  let admin: Client;
  let teacher: Client;
  let student: Person;
  let parent: Person & { email: string };
  let schoolClass: Awaited<ReturnType<World['class']>>;
  let returned: Person;
  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    district = await world.group();
    school = await world.group({ under: district });
    schoolClass = await world.class(school);
    admin = await app.as((await world.member(school, 'admin')).id);
    const teaches = await world.member(school, 'teacher');
    await world.classMember(schoolClass, 'teacher', teaches);
    teacher = await app.as(teaches.id);
    student = await world.classMember(schoolClass, 'student', await world.member(school, 'student'));
    parent = await world.user({ tenantId: district.id });
    await world.member(district, 'guardian', parent);
    const tool = await world.tool(school, teaches);
    const assignment = await world.assignment(schoolClass, tool, teaches);
    returned = await world.submission(assignment, student, { state: 'returned', answer: 'Frogs' });
  });
  const link = (client: Client, body: object, id = student.id) =>
    client.post(`/users/${id}/guardians`).send(body);
  const reads = async (person: Person) =>
    (await (await app.as(person.id)).get(`/submissions/${returned.id}`)).status;

  it('are made, listed and ended by the admins who manage the student', async () => {
    const { body, headers } = await link(admin, { email: parent.email.toUpperCase() }).expect(201);
    expect(headers.location).toBe(`/api/v1/users/${student.id}/guardians/${parent.id}`);
    expect(body.data).toMatchObject({ userId: parent.id, email: parent.email, isActive: true });
    const { body: listed } = await admin.get(`/users/${student.id}/guardians?sort=-since`).expect(200);
    expect(listed.data).toEqual([body.data]);
    expect(await reads(parent)).toBe(200);
    const client = await app.as(parent.id);
    expect((await client.get(`/classes/${schoolClass.id}`).expect(200)).body.data.myRole).toBe('observer');
    await admin.delete(`/users/${student.id}/guardians/${parent.id}`).expect(204);
    expect(await reads(parent)).toBe(404);
    await client.get(`/classes/${schoolClass.id}`).expect(404);
    const events = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { subjectId: student.id, action: { startsWith: 'guardian.' } },
      orderBy: { seq: 'asc' },
    });
    expect(events.map(({ action, details }) => [action, details])).toEqual([
      ['guardian.added', { guardianId: parent.id }],
      ['guardian.removed', { guardianId: parent.id }],
    ]);
  });

  it('are never made by a teacher of a class', async () => {
    await link(teacher, { userId: parent.id }).expect(403);
    await teacher.get(`/users/${student.id}/guardians`).expect(403);
    await teacher
      .post(`/classes/${schoolClass.id}/members`)
      .send({ userId: parent.id, role: 'observer', studentId: student.id })
      .expect(400);
    expect(await reads(parent)).toBe(404);
  });

  it('read nothing as soon as either is no active member of the tenant', async () => {
    await link(admin, { userId: parent.id }).expect(201);
    const districtAdmin = await app.as((await world.member(district, 'admin')).id);
    const ends: [string, () => PromiseLike<unknown>, () => PromiseLike<unknown>][] = [
      [
        'the guardian leaves the tenant',
        () => districtAdmin.delete(`/groups/${district.id}/members/${parent.id}`).expect(200),
        () =>
          districtAdmin
            .post(`/groups/${district.id}/members`)
            .send({ userId: parent.id, role: 'guardian' })
            .expect(201),
      ],
      [
        'the student is deactivated',
        () => admin.delete(`/users/${student.id}`).expect(204),
        () => admin.post(`/users/${student.id}/reactivate`).expect(200),
      ],
      [
        'the student leaves the school',
        () => admin.delete(`/groups/${school.id}/members/${student.id}`).expect(200),
        () =>
          admin
            .post(`/groups/${school.id}/members`)
            .send({ userId: student.id, role: 'student' })
            .expect(201),
      ],
    ];
    for (const [event, end, undo] of ends) {
      expect([event, await reads(parent)]).toEqual([event, 200]);
      await end();
      expect([event, await reads(parent)]).toEqual([event, 404]);
      await undo();
    }
    expect(await reads(parent)).toBe(200);
  });

  it('read on what was returned in a class that the student has left', async () => {
    await link(admin, { userId: parent.id }).expect(201);
    await teacher.delete(`/classes/${schoolClass.id}/members/${student.id}`).expect(204);
    await (await app.as(parent.id)).get(`/classes/${schoolClass.id}`).expect(404);
    expect([await reads(student), await reads(parent)]).toEqual([200, 200]);
  });

  it('answer 400, 401, 404 and 409 as everywhere', async () => {
    for (const bad of [{}, { userId: 'x' }, { userId: parent.id, email: parent.email }, { email: 'no' }])
      await link(admin, bad).expect(400);
    const { body } = await link(admin, { userId: student.id }).expect(400);
    expect(body.error.details.reason).toBe('guardian.self');
    const stranger = await world.user({ tenantId: (await world.group()).id });
    for (const person of [{ userId: stranger.id }, { userId: MISSING }, { email: stranger.email }])
      await link(admin, person).expect(404);
    await link(admin, { userId: parent.id }).expect(201);
    const again = await link(admin, { userId: parent.id }).expect(409);
    expect(again.body.error.details.reason).toBe('guardian.exists');
    await link(app.anonymous, { userId: parent.id }).expect(401);
    await app.anonymous.get(`/users/${student.id}/guardians`).expect(401);
    await app.anonymous.delete(`/users/${student.id}/guardians/${parent.id}`).expect(401);
    await admin.delete(`/users/${student.id}/guardians/${MISSING}`).expect(404);
    await admin.delete(`/users/${student.id}/guardians/x`).expect(400);
    await admin.get(`/users/${student.id}/guardians?sort=email`).expect(400);
    const other = await app.as((await world.member(await world.group(), 'admin')).id);
    await link(other, { userId: parent.id }).expect(404);
    await other.get(`/users/${student.id}/guardians`).expect(404);
    await other.delete(`/users/${student.id}/guardians/${parent.id}`).expect(404);
  });

  it('shows a teacher name, address and status of a student, and nothing of the account', async () => {
    await app.container.platform.db.execute(
      sql`UPDATE users SET last_login_at = now() WHERE id = ${student.id}::uuid`,
    );
    const { body } = await teacher.get(`/users/${student.id}`).expect(200);
    expect(Object.keys(body.data).toSorted()).toEqual(
      ['can', 'email', 'id', 'links', 'name', 'status', 'tenantId', 'username'].toSorted(),
    );
    expect(body.data.can).toEqual({
      update: false,
      changeEmail: false,
      manageSignIns: false,
      resetPassword: false,
      deactivate: false,
      reactivate: false,
      manageGuardians: false,
    });
    expect((await admin.get(`/users/${student.id}`).expect(200)).body.data.lastLoginAt).not.toBeNull();
    // An admin of only one of a person's places does not manage them, just like a teacher.
    await world.member(await world.group({ under: district }), 'student', student);
    expect((await admin.get(`/users/${student.id}`).expect(200)).body.data).not.toHaveProperty('lastLoginAt');
  });
});
