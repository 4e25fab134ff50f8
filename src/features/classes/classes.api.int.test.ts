import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type Place = Awaited<ReturnType<World['group']>>;
type SchoolClass = Awaited<ReturnType<World['class']>>;

describe('classes', () => {
  let app: TestApp;
  let world: World;
  let district: Place;
  let school: Place;
  let otherSchool: Place;
  let foreign: Place;
  let schoolClass: SchoolClass;
  let teacherId: string;
  let clients: Record<
    | 'platform'
    | 'admin'
    | 'schoolAdmin'
    | 'teacher'
    | 'assistant'
    | 'student'
    | 'observer'
    | 'colleague'
    | 'staff'
    | 'schoolStudent'
    | 'stranger',
    Client
  >;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    foreign = await world.group();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    district = await world.group({ name: 'District' });
    school = await world.group({ name: 'School', under: district });
    otherSchool = await world.group({ name: 'Other', under: district });
    schoolClass = await world.class(school, { name: 'Biology 7b', joinCode: codeOf() });
    teacherId = (await world.classMember(schoolClass, 'teacher')).id;
    const student = await world.classMember(schoolClass, 'student');
    const as = async (person: Promise<{ id: string }>) => app.as((await person).id);
    clients = {
      platform: await as(world.user({ isPlatformAdmin: true })),
      admin: await as(world.member(district, 'admin')),
      schoolAdmin: await as(world.member(school, 'admin')),
      teacher: await app.as(teacherId),
      assistant: await as(world.classMember(schoolClass, 'assistant')),
      student: await as(Promise.resolve(student)),
      observer: await as(world.guardian(student, district.id)),
      colleague: await as(world.member(school, 'teacher')),
      staff: await as(world.member(school, 'staff')),
      schoolStudent: await as(world.member(school, 'student')),
      stranger: await as(world.member(foreign, 'admin')),
    };
  });
  let codes = 0;
  /** Returns a new code each time, made of the letters of join codes. */
  const codeOf = () => {
    codes += 1;
    return `TEST${String(codes).padStart(4, 'Z').replaceAll('0', 'A').replaceAll('1', 'B')}`;
  };
  const names = async (client: Client, query: string, path = '/classes') =>
    ((await client.get(`${path}${query}`).expect(200)).body.data as { name: string }[]).map(
      (found) => found.name,
    );

  describe('GET /classes/:id', () => {
    it('shows the class to its people, and the code only to people who teach or manage it', async () => {
      const code = async (client: Client) =>
        (await client.get(`/classes/${schoolClass.id}`).expect(200)).body.data.joinCode;
      for (const role of ['platform', 'admin', 'schoolAdmin', 'teacher', 'assistant'] as const)
        expect([role, await code(clients[role])]).toEqual([role, expect.stringMatching(/^TEST/)]);
      for (const role of ['student', 'observer', 'colleague', 'staff'] as const)
        expect([role, await code(clients[role])]).toEqual([role, null]);
      const { body } = await clients.teacher.get(`/classes/${schoolClass.id}`).expect(200);
      expect(body.data).toMatchObject({
        name: 'Biology 7b',
        groupId: school.id,
        groupName: 'School',
        studentCount: 1,
        myRole: 'teacher',
        can: { update: true, archive: true, manageMembers: true },
      });
      expect(JSON.stringify(body)).not.toContain(school.path);
      for (const role of ['assistant', 'student', 'observer', 'colleague', 'staff'] as const) {
        const answer = await clients[role].get(`/classes/${schoolClass.id}`).expect(200);
        expect(answer.body.data.can).toMatchObject({ update: false, archive: false, manageMembers: false });
      }
    });

    it('answers 304, 400, 401 and 404 as everywhere', async () => {
      const { headers } = await clients.student.get(`/classes/${schoolClass.id}`).expect(200);
      await clients.student
        .get(`/classes/${schoolClass.id}`)
        .set('If-None-Match', headers.etag as string)
        .expect(304);
      await clients.teacher.get('/classes/x').expect(400);
      await app.anonymous.get(`/classes/${schoolClass.id}`).expect(401);
      for (const client of [clients.schoolStudent, clients.stranger])
        await client.get(`/classes/${schoolClass.id}`).expect(404);
      await clients.admin.get(`/classes/${MISSING}`).expect(404);
    });
  });

  describe('GET /classes and /groups/:id/classes', () => {
    it('list what the caller can see', async () => {
      await world.class(otherSchool, { name: 'Art 5a' });
      expect(await names(clients.admin, '')).toEqual(['Art 5a', 'Biology 7b']);
      for (const role of [
        'schoolAdmin',
        'teacher',
        'assistant',
        'student',
        'observer',
        'colleague',
        'staff',
      ] as const)
        expect([role, await names(clients[role], '')]).toEqual([role, ['Biology 7b']]);
      expect(await names(clients.schoolStudent, '')).toEqual([]);
      expect(await names(clients.stranger, '')).toEqual([]);
      expect(await names(clients.admin, '', `/groups/${otherSchool.id}/classes`)).toEqual(['Art 5a']);
      expect(await names(clients.student, '', `/groups/${school.id}/classes`)).toEqual(['Biology 7b']);
      expect(await names(clients.schoolStudent, '', `/groups/${school.id}/classes`)).toEqual([]);
      await clients.schoolStudent.get(`/groups/${otherSchool.id}/classes`).expect(404);
      await clients.admin.get(`/groups/${foreign.id}/classes?cursor=`).expect(404);
      await app.anonymous.get(`/groups/${school.id}/classes`).expect(401);
      await app.anonymous.get('/classes').expect(401);
    });

    it('filter, sort and page', async () => {
      const art = await world.class(otherSchool, { name: 'Art 5a' });
      await world.class(school, { name: '100% Chess' });
      await world.classMember(art, 'teacher', { id: teacherId });
      expect(await names(clients.admin, '?sort=-name')).toEqual(['Biology 7b', 'Art 5a', '100% Chess']);
      expect(await names(clients.admin, '?q=0%25')).toEqual(['100% Chess']);
      expect(await names(clients.admin, `?groupId=${otherSchool.id}`)).toEqual(['Art 5a']);
      expect(await names(clients.teacher, '?mine=true')).toEqual(['Art 5a', 'Biology 7b']);
      expect(await names(clients.admin, '?mine=true')).toEqual([]);
      expect(await names(clients.admin, '?updatedSince=2100-01-01T00:00:00Z')).toEqual([]);
      const first = await clients.admin.get('/classes?limit=2&cursor=').expect(200);
      expect(await names(clients.admin, `?limit=2&cursor=${first.body.meta.pagination.nextCursor}`)).toEqual([
        'Biology 7b',
      ]);
      expect((await clients.admin.get('/classes?limit=2&page=2').expect(200)).body.meta.pagination).toEqual({
        page: 2,
        limit: 2,
        total: 3,
        totalPages: 2,
      });
      for (const bad of ['sort=code', 'groupId=x', 'mine=yes', 'limit=0', 'x=1'])
        await clients.admin.get(`/classes?${bad}`).expect(400);
    });
  });

  describe('POST /classes', () => {
    it('makes a class with a code, taught by the teacher who makes it', async () => {
      const { body, headers } = await clients.colleague
        .post('/classes')
        .send({ groupId: school.id, name: ' Math 6 ', subject: 'Math' })
        .expect(201);
      expect(body.data).toMatchObject({
        name: 'Math 6',
        subject: 'Math',
        description: null,
        myRole: 'teacher',
        can: { update: true },
      });
      expect(body.data.joinCode).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
      expect(headers.location).toBe(`/api/v1/classes/${body.data.id}`);
      expect((await clients.colleague.get(`/classes/${body.data.id}`).expect(200)).body).toEqual(body);
    });

    it('gives the same answer to the same Idempotency-Key, with the new role in it', async () => {
      const send = () =>
        clients.colleague
          .post('/classes')
          .set('Idempotency-Key', `class-${school.id}`)
          .send({ groupId: school.id, name: 'Once' });
      const first = await send().expect(201);
      expect(first.body.data).toMatchObject({
        myRole: 'teacher',
        can: { update: true },
        joinCode: expect.any(String),
      });
      expect((await send().expect(201)).body).toEqual(first.body);
      expect(await names(clients.colleague, '?q=once')).toEqual(['Once']);
    });

    it('does not make an admin a teacher', async () => {
      const { body } = await clients.schoolAdmin
        .post('/classes')
        .send({ groupId: school.id, name: 'For others' })
        .expect(201);
      expect(body.data).toMatchObject({ myRole: null, can: { update: true } });
      expect(
        (await clients.schoolAdmin.get(`/classes/${body.data.id}/roster`).expect(200)).body.data,
      ).toEqual([]);
    });

    it('answers 400, 401, 403 and 404 as everywhere', async () => {
      const send = (client: Client, body: object) => client.post('/classes').send(body);
      for (const bad of [
        {},
        { groupId: school.id },
        { groupId: 'x', name: 'X' },
        { groupId: school.id, name: '' },
        { groupId: school.id, name: 'X', joinCode: 'AAAAAAAA' },
        { groupId: school.id, name: 'X', tenantId: school.id },
      ]) {
        await send(clients.colleague, bad).expect(400);
      }
      const valid = { groupId: school.id, name: 'X' };
      await send(app.anonymous, valid).expect(401);
      for (const role of ['staff', 'teacher', 'student', 'schoolStudent'] as const)
        await send(clients[role], valid).expect(403);
      await send(clients.stranger, valid).expect(404);
      await send(clients.colleague, { groupId: otherSchool.id, name: 'X' }).expect(404);
      await clients.admin.delete(`/groups/${school.id}`).expect(204);
      await send(clients.admin, valid).expect(404);
    });
  });

  describe('PATCH /classes/:id', () => {
    const patch = (client: Client, body: object, id = schoolClass.id) =>
      client.patch(`/classes/${id}`).send(body);

    it('changes the given fields, and null clears a field', async () => {
      await patch(clients.teacher, { name: 'Biology', subject: 'Bio', description: 'Frogs' }).expect(200);
      const { body } = await patch(clients.schoolAdmin, { subject: null }).expect(200);
      expect(body.data).toMatchObject({ name: 'Biology', subject: null, description: 'Frogs' });
    });

    it('switches the code off, on and over', async () => {
      const code = async (body: object) =>
        (await patch(clients.teacher, body).expect(200)).body.data.joinCode as string | null;
      const first = await code({ joinCodeEnabled: true });
      expect(first).toMatch(/^TEST/);
      const second = await code({ regenerateJoinCode: true });
      expect(second).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
      expect(second).not.toBe(first);
      expect(await code({ joinCodeEnabled: false })).toBeNull();
      expect(await code({ regenerateJoinCode: true })).toBeNull();
      expect(await code({ joinCodeEnabled: true })).not.toBeNull();
      const pupil = await app.as((await world.user()).id);
      await pupil.post('/classes/join').send({ code: first }).expect(404);
    });

    it('respects If-Match', async () => {
      const { headers } = await clients.teacher.get(`/classes/${schoolClass.id}`).expect(200);
      await patch(clients.teacher, { name: 'One' })
        .set('If-Match', headers.etag as string)
        .expect(200);
      await patch(clients.teacher, { name: 'Two' })
        .set('If-Match', headers.etag as string)
        .expect(412);
      await clients.teacher
        .delete(`/classes/${schoolClass.id}`)
        .set('If-Match', headers.etag as string)
        .expect(412);
    });

    it('moves the class within the tenant, with all that depends on the place', async () => {
      expect((await patch(clients.admin, { groupId: otherSchool.id }).expect(200)).body.data).toMatchObject({
        groupId: otherSchool.id,
        groupName: 'Other',
      });
      await clients.schoolAdmin.get(`/classes/${schoolClass.id}`).expect(404);
    });

    it('ends with a move the class roles that rested on the old place', async () => {
      const member = async (place: { id: string; tenantId: string }, role: 'student' | 'teacher') =>
        (await world.classMember(schoolClass, role, await world.member(place, role))).id;
      const [pupil, coTeacher] = [await member(school, 'student'), await member(school, 'teacher')];
      const stays = await member(district, 'student');
      const { body } = await patch(clients.admin, { groupId: otherSchool.id }).expect(200);
      const ended = body.data.endedClassRoles.map(({ userId }: { userId: string }) => userId);
      expect(ended).toEqual(expect.arrayContaining([pupil, coTeacher, teacherId]));
      expect(ended).not.toContain(stays);
      for (const [id, status] of [
        [pupil, 404],
        [coTeacher, 404],
        [stays, 200],
      ] as const)
        await (await app.as(id)).get(`/classes/${schoolClass.id}`).expect(status);
      const event = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'class.member_removed', aboutUserId: pupil },
      });
      expect(event?.details).toEqual({ because: 'no_membership' });
    });

    it('lets a teacher move a class only between groups that one role of theirs covers', async () => {
      const [above, inner] = [await world.group({ under: district }), await world.group({ under: school })];
      const { id } = await world.member(school, 'teacher');
      await world.classMember(schoolClass, 'teacher', { id });
      const both = await app.as(id);
      await patch(both, { groupId: inner.id }).expect(200);
      await patch(both, { groupId: school.id }).expect(200);
      await world.member(otherSchool, 'teacher', { id });
      const { body } = await patch(both, { groupId: otherSchool.id }).expect(403);
      expect(body.error.details.reason).toBe('class.move_forbidden');
      await world.member(above, 'admin', { id });
      await patch(both, { groupId: above.id }).expect(403);
    });

    it('does not move it to a group in which the caller could not create one', async () => {
      await patch(clients.teacher, { groupId: otherSchool.id }).expect(404);
      await patch(clients.teacher, { groupId: district.id }).expect(403);
      await patch(clients.admin, { groupId: foreign.id }).expect(404);
      const { body } = await patch(clients.platform, { groupId: foreign.id }).expect(409);
      expect(body.error.details.reason).toBe('class.other_tenant');
    });

    it('answers 400, 401, 403 and 404 as everywhere', async () => {
      for (const bad of [
        { name: '' },
        { name: null },
        { aiMode: 'open' },
        { joinCode: 'AAAAAAAA' },
        { groupId: null },
        { description: 'x'.repeat(2001) },
      ])
        await patch(clients.teacher, bad).expect(400);
      await patch(app.anonymous, { name: 'X' }).expect(401);
      for (const role of ['assistant', 'student', 'observer', 'colleague', 'staff'] as const)
        await patch(clients[role], { name: 'X' }).expect(403);
      for (const role of ['schoolStudent', 'stranger'] as const)
        await patch(clients[role], { name: 'X' }).expect(404);
      await patch(clients.admin, { name: 'X' }, MISSING).expect(404);
    });
  });

  describe('archiving', () => {
    it('keeps the class readable for people who could read it, and lets nobody change it', async () => {
      await clients.teacher.delete(`/classes/${schoolClass.id}`).expect(204);
      const none = { update: false, archive: false, manageMembers: false, createAssignment: false };
      for (const role of ['teacher', 'assistant', 'student', 'observer', 'colleague', 'admin'] as const) {
        const { body } = await clients[role].get(`/classes/${schoolClass.id}`).expect(200);
        const restore = role === 'teacher' || role === 'admin';
        expect(body.data).toMatchObject({ archivedAt: expect.any(String), joinCode: null });
        expect(body.data.can).toEqual({ ...none, restore });
        await clients[role].get(`/classes/${schoolClass.id}/roster`).expect(200);
        expect(await names(clients[role], '?archived=true')).toEqual(['Biology 7b']);
        expect(await names(clients[role], '')).toEqual([]);
      }
      await clients.stranger.get(`/classes/${schoolClass.id}`).expect(404);
      const student = await world.member(school, 'student');
      for (const send of [
        clients.teacher.patch(`/classes/${schoolClass.id}`).send({ name: 'X' }),
        clients.admin.patch(`/classes/${schoolClass.id}`).send({ groupId: district.id }),
        clients.teacher.delete(`/classes/${schoolClass.id}`),
        clients.teacher
          .post(`/classes/${schoolClass.id}/members`)
          .send({ userId: student.id, role: 'student' }),
        clients.admin.delete(`/classes/${schoolClass.id}/members/${teacherId}`),
        clients.teacher.delete(`/classes/${schoolClass.id}/members/${teacherId}`),
        clients.teacher.patch(`/classes/${schoolClass.id}/members/${teacherId}`).send({ role: 'student' }),
      ])
        expect((await send.expect(409)).body.error.details.reason).toBe('class.archived');
    });

    it('is undone by a teacher of the class or an admin of its group', async () => {
      await clients.teacher.delete(`/classes/${schoolClass.id}`).expect(204);
      await clients.assistant.post(`/classes/${schoolClass.id}/restore`).expect(403);
      await clients.teacher.post(`/classes/${schoolClass.id}/restore`).expect(200);
      await clients.schoolAdmin.delete(`/classes/${schoolClass.id}`).expect(204);
      await clients.staff.post(`/classes/${schoolClass.id}/restore`).expect(403);
      await app.anonymous.post(`/classes/${schoolClass.id}/restore`).expect(401);
      const { body } = await clients.schoolAdmin.post(`/classes/${schoolClass.id}/restore`).expect(200);
      expect((await clients.schoolAdmin.post(`/classes/${schoolClass.id}/restore`).expect(200)).body).toEqual(
        body,
      );
      await clients.student.get(`/classes/${schoolClass.id}`).expect(200);
      await clients.student.post(`/classes/${schoolClass.id}/restore`).expect(403);
    });

    it('is for people who manage the class', async () => {
      for (const role of ['assistant', 'student', 'observer', 'colleague', 'staff'] as const)
        await clients[role].delete(`/classes/${schoolClass.id}`).expect(403);
      await clients.stranger.delete(`/classes/${schoolClass.id}`).expect(404);
      await app.anonymous.delete(`/classes/${schoolClass.id}`).expect(401);
    });

    it('of its group hides the class, which cannot be restored before the group', async () => {
      await clients.teacher.delete(`/classes/${schoolClass.id}`).expect(204);
      const live = await world.class(school, { name: 'Living' });
      await clients.admin.delete(`/groups/${school.id}`).expect(204);
      await clients.admin.get(`/classes/${live.id}`).expect(404);
      await clients.student.get(`/classes/${schoolClass.id}`).expect(404);
      expect(await names(clients.admin, '')).toEqual([]);
      const { body } = await clients.admin.post(`/classes/${schoolClass.id}/restore`).expect(409);
      expect(body.error.details.reason).toBe('class.group_archived');
      await clients.admin.post(`/groups/${school.id}/restore`).expect(200);
      expect(await names(clients.admin, '')).toEqual(['Living']);
      await clients.admin.post(`/classes/${schoolClass.id}/restore`).expect(200);
    });
  });

  it('leaves its changes in the audit trail', async () => {
    await clients.teacher.patch(`/classes/${schoolClass.id}`).send({ name: 'Audited' }).expect(200);
    await clients.teacher.delete(`/classes/${schoolClass.id}`).expect(204);
    const events = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { subjectId: schoolClass.id },
      orderBy: { seq: 'asc' },
    });
    expect(events.map((event) => [event.action, event.actorId, event.tenantId])).toEqual([
      ['class.updated', teacherId, district.id],
      ['class.archived', teacherId, district.id],
    ]);
  });
});
