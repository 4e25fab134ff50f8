import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type Place = Awaited<ReturnType<World['group']>>;
type SchoolClass = Awaited<ReturnType<World['class']>>;
type Person = { id: string; name: string; email: string };

describe('the people of a class', () => {
  let app: TestApp;
  let world: World;
  let school: Place;
  let foreign: Place;
  let schoolClass: SchoolClass;
  let code: string;
  let people: Record<'teacher' | 'assistant' | 'ada' | 'ben' | 'guardian', Person>;
  let teacher: Client;
  let admin: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    foreign = await world.group();
  });
  afterAll(() => app.close());
  let made = 0;
  beforeEach(async () => {
    made += 1;
    school = await world.group({ name: 'School' });
    code = `QQ${String(made).padStart(6, 'Z').replaceAll('0', 'A').replaceAll('1', 'B')}`;
    schoolClass = await world.class(school, { joinCode: code });
    const person = async (name: string, role: 'teacher' | 'assistant' | 'student' | 'observer') => {
      const user = await world.user({ name, tenantId: school.id });
      if (role === 'observer') return user;
      await world.member(school, role === 'student' ? 'student' : 'staff', user);
      return world.classMember(schoolClass, role, user) as Promise<Person>;
    };
    people = {
      teacher: await person('Tess Teacher', 'teacher'),
      assistant: await person('Asa Assistant', 'assistant'),
      ada: await person('Ada', 'student'),
      ben: await person('Ben', 'student'),
      guardian: await person('Gus Guardian', 'observer'),
    };
    await world.observes(people.guardian, people.ada);
    teacher = await app.as(people.teacher.id);
    admin = await app.as((await world.member(school, 'admin')).id);
  });
  const roster = async (client: Client, query = '') =>
    (await client.get(`/classes/${schoolClass.id}/roster${query}`).expect(200)).body.data as Record<
      string,
      unknown
    >[];
  const names = async (client: Client, query = '') =>
    (await roster(client, query)).map((entry) => entry.name);
  const add = (client: Client, body: object) => client.post(`/classes/${schoolClass.id}/members`).send(body);
  const memberships = async (userId: string) =>
    (await app.container.platform.db.prisma.groupMember.findMany({ where: { userId } })).map(
      ({ role }) => role,
    );

  describe('GET /classes/:id/roster', () => {
    it('shows everybody with addresses to people who teach, assist, or see the group from within', async () => {
      const staff = await app.as((await world.member(school, 'staff')).id);
      const colleague = await app.as((await world.member(school, 'teacher')).id);
      const assistant = await app.as(people.assistant.id);
      const platform = await app.as((await world.user({ isPlatformAdmin: true })).id);
      for (const client of [teacher, assistant, admin, staff, colleague, platform]) {
        expect(await names(client)).toEqual(['Ada', 'Asa Assistant', 'Ben', 'Gus Guardian', 'Tess Teacher']);
      }
      expect((await roster(teacher))[3]).toMatchObject({
        userId: people.guardian.id,
        role: 'observer',
        email: people.guardian.email,
        status: 'active',
        observedStudentIds: [people.ada.id],
        can: { changeRole: false, remove: false },
      });
      expect((await roster(staff))[0]).toMatchObject({
        email: people.ada.email,
        observedStudentIds: [],
        can: { changeRole: false, remove: false },
      });
    });

    it('shows students the teachers and themselves, and each other only if the settings say so', async () => {
      const ada = await app.as(people.ada.id);
      const seen = await roster(ada);
      expect(seen.map((entry) => [entry.name, entry.email])).toEqual([
        ['Ada', null],
        ['Asa Assistant', null],
        ['Tess Teacher', null],
      ]);
      expect(await names(ada, `?q=${people.teacher.email}`)).toEqual([]);
      expect(await names(ada, '?q=tess')).toEqual(['Tess Teacher']);
      await admin
        .patch(`/groups/${school.id}`)
        .send({ settings: { privacy: { showPeersInRoster: true } } })
        .expect(200);
      expect((await roster(ada)).map((entry) => [entry.name, entry.email])).toEqual([
        ['Ada', null],
        ['Asa Assistant', null],
        ['Ben', null],
        ['Tess Teacher', null],
      ]);
    });

    it('shows observers the teachers, themselves and their child', async () => {
      await admin
        .patch(`/groups/${school.id}`)
        .send({ settings: { privacy: { showPeersInRoster: true } } })
        .expect(200);
      const guardian = await app.as(people.guardian.id);
      expect(await names(guardian)).toEqual(['Ada', 'Asa Assistant', 'Gus Guardian', 'Tess Teacher']);
      expect((await roster(guardian)).every((entry) => entry.email === null)).toBe(true);
    });

    it('filters, searches, sorts and pages', async () => {
      expect(await names(teacher, '?role=student')).toEqual(['Ada', 'Ben']);
      expect(await names(teacher, `?q=${people.ben.email}`)).toEqual(['Ben']);
      expect(await names(teacher, '?sort=-joinedAt&limit=2')).toEqual(['Gus Guardian', 'Ben']);
      expect(await names(teacher, '?q=nobody')).toEqual([]);
      const { body } = await teacher.get(`/classes/${schoolClass.id}/roster?limit=3&cursor=`).expect(200);
      expect(await names(teacher, `?limit=3&cursor=${body.meta.pagination.nextCursor}`)).toEqual([
        'Gus Guardian',
        'Tess Teacher',
      ]);
      expect(
        (await teacher.get(`/classes/${schoolClass.id}/roster?page=2&limit=4`).expect(200)).body.meta
          .pagination,
      ).toEqual({ page: 2, limit: 4, total: 5, totalPages: 2 });
    });

    it('answers 400, 401 and 404 as everywhere', async () => {
      await teacher.get(`/classes/${schoolClass.id}/roster?role=king`).expect(400);
      await app.anonymous.get(`/classes/${schoolClass.id}/roster`).expect(401);
      await teacher.get(`/classes/${MISSING}/roster`).expect(404);
      const outsider = await app.as((await world.member(school, 'student')).id);
      const stranger = await app.as((await world.member(foreign, 'admin')).id);
      for (const client of [outsider, stranger])
        await client.get(`/classes/${schoolClass.id}/roster`).expect(404);
    });
  });

  describe('POST /classes/:id/members', () => {
    it('adds people of the school by id or e-mail', async () => {
      const [one, two] = [await world.user({ name: 'One' }), await world.user({ tenantId: school.id })];
      await world.member(school, 'student', one);
      await app.container.platform.db.prisma.user.update({
        where: { id: one.id },
        data: { tenantId: school.id },
      });
      const client = await app.as(one.id);
      await client.get(`/classes/${schoolClass.id}`).expect(404);
      const { body } = await add(teacher, { email: one.email.toUpperCase(), role: 'student' }).expect(201);
      expect(body.data).toMatchObject({ userId: one.id, name: 'One', role: 'student', email: one.email });
      await client.get(`/classes/${schoolClass.id}`).expect(200);
      await add(admin, { userId: two.id, role: 'assistant' }).expect(201);
      const { body: again } = await add(admin, { userId: two.id, role: 'student' }).expect(409);
      expect(again.error.details).toEqual({ reason: 'member.exists', classId: schoolClass.id });
    });

    it('adds people without a tenant if an admin adds them', async () => {
      const newcomer = await world.user();
      await add(teacher, { email: newcomer.email, role: 'student' }).expect(404);
      await add(admin, { email: newcomer.email, role: 'student' }).expect(201);
      expect(
        (await app.container.platform.db.prisma.user.findFirst({ where: { id: newcomer.id } }))?.tenantId,
      ).toBe(school.id);
      expect(await memberships(newcomer.id)).toEqual(['student']);
    });

    it('does not know people of other tenants', async () => {
      const stranger = await world.user({ tenantId: foreign.id });
      for (const person of [{ userId: stranger.id }, { email: stranger.email }, { userId: MISSING }]) {
        expect(
          (await add(teacher, { ...person, role: 'student' }).expect(404)).body.error.details.reason,
        ).toBe('user.not_found');
      }
    });

    it('gives no observer: guardians follow from the students', async () => {
      const parent = await world.member(school, 'guardian');
      await add(teacher, { userId: parent.id, role: 'observer' }).expect(400);
      await add(admin, { userId: parent.id, role: 'observer', studentId: people.ada.id }).expect(400);
    });

    it('accepts only people of the class’s school, and gives the same answer for all others', async () => {
      const district = await world.group();
      const [north, south] = [await world.group({ under: district }), await world.group({ under: district })];
      const department = await world.group({ under: north });
      const own = await world.class(north);
      const owner = await world.classMember(own, 'teacher', await world.member(north, 'teacher'));
      const client = await app.as(owner.id);
      const send = (person: object, role = 'student') =>
        client.post(`/classes/${own.id}/members`).send({ ...person, role });
      const outside = [
        { userId: (await world.member(south, 'student')).id },
        { userId: (await world.member(south, 'admin')).id },
        { userId: (await world.user({ tenantId: district.id })).id },
        { email: (await world.user()).email },
        { email: 'nobody@example.org' },
        { userId: (await world.member(north, 'teacher')).id },
        { userId: (await world.member(north, 'guardian')).id },
      ];
      const answers = [];
      for (const person of outside) {
        const { body } = await send(person).expect(404);
        answers.push({ ...body.error, requestId: '' });
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      await send({ userId: (await world.member(north, 'student')).id }, 'teacher').expect(404);
      for (const place of [north, department, district])
        await send({ userId: (await world.member(place, 'student')).id }).expect(201);
      await send({ userId: (await world.member(department, 'staff')).id }, 'assistant').expect(201);
    });

    it('makes a person a member of the group, if an admin adds them who manages it', async () => {
      const { id: userId } = await world.user({ tenantId: school.id });
      await add(admin, { userId, role: 'assistant' }).expect(201);
      expect(await memberships(userId)).toEqual(['staff']);
      const guardian = await world.member(school, 'guardian');
      const { body } = await add(admin, { userId: guardian.id, role: 'teacher' }).expect(409);
      expect(body.error.details.reason).toBe('class.no_membership');
      expect(await names(admin)).not.toContain('guardian');
    });

    it('answers 400, 401, 403 and 404 as everywhere', async () => {
      const { id: userId } = await world.user();
      for (const bad of [
        {},
        { userId },
        { role: 'student' },
        { userId, email: 'a@b.org', role: 'student' },
        { userId, role: 'admin' },
        { userId, role: 'student', x: 1 },
      ])
        await add(teacher, bad).expect(400);
      await add(app.anonymous, { userId, role: 'student' }).expect(401);
      const colleague = await app.as((await world.member(school, 'teacher')).id);
      for (const client of [
        await app.as(people.assistant.id),
        await app.as(people.ada.id),
        await app.as(people.guardian.id),
        colleague,
      ])
        await add(client, { userId, role: 'student' }).expect(403);
      await add(await app.as((await world.member(foreign, 'admin')).id), { userId, role: 'student' }).expect(
        404,
      );
    });
  });

  describe('PATCH and DELETE /classes/:id/members/:userId', () => {
    const path = (person: { id: string }) => `/classes/${schoolClass.id}/members/${person.id}`;

    it('change and remove roles with immediate effect', async () => {
      const assistant = await app.as(people.assistant.id);
      await assistant.patch(`/classes/${schoolClass.id}`).send({ name: 'X' }).expect(403);
      expect(
        (await teacher.patch(path(people.assistant)).send({ role: 'teacher' }).expect(200)).body.data.role,
      ).toBe('teacher');
      await assistant.patch(`/classes/${schoolClass.id}`).send({ name: 'X' }).expect(200);
      await admin.delete(path(people.assistant)).expect(204);
      await assistant.patch(`/classes/${schoolClass.id}`).send({ name: 'Y' }).expect(403);
      await admin.delete(path(people.assistant)).expect(404);
      const event = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'class.member_removed', aboutUserId: people.assistant.id },
      });
      expect(event).toMatchObject({ subjectId: schoolClass.id, details: { role: 'teacher' } });
    });

    it('leave other teachers to the admins of the group, and the class with a teacher', async () => {
      await teacher.patch(path(people.assistant)).send({ role: 'teacher' }).expect(200);
      const second = await app.as(people.assistant.id);
      const reasonOf = async (sent: ReturnType<typeof second.delete>, status: number) =>
        (await sent.expect(status)).body.error.details.reason;
      expect(await reasonOf(second.delete(path(people.teacher)), 403)).toBe('class.other_teacher');
      expect(await reasonOf(second.patch(path(people.teacher)).send({ role: 'student' }), 403)).toBe(
        'class.other_teacher',
      );
      const shown = (await roster(second)).find((entry) => entry.userId === people.teacher.id);
      expect(shown?.can).toEqual({ changeRole: false, remove: false });
      await second.delete(path(people.assistant)).expect(204);
      expect(await reasonOf(teacher.delete(path(people.teacher)), 409)).toBe('class.last_teacher');
      expect(await reasonOf(teacher.patch(path(people.teacher)).send({ role: 'assistant' }), 409)).toBe(
        'class.last_teacher',
      );
      await admin.delete(path(people.teacher)).expect(204);
    });

    it('leave one of two teachers who leave at the same moment', async () => {
      for (let i = 0; i < 10; i += 1) {
        const own = await world.class(school);
        const clients = [];
        for (let n = 0; n < 2; n += 1) {
          const { id } = await world.classMember(own, 'teacher', await world.member(school, 'teacher'));
          clients.push({ id, client: await app.as(id) });
        }
        const answers = await Promise.all(
          clients.map(({ id, client }) => client.delete(`/classes/${own.id}/members/${id}`)),
        );
        expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
      }
    });

    it('make nobody a teacher or a student whose membership of the school is another', async () => {
      for (const [person, role] of [
        [people.ada, 'teacher'],
        [people.ada, 'assistant'],
        [people.assistant, 'student'],
      ] as const) {
        const { body } = await teacher.patch(path(person)).send({ role }).expect(409);
        expect(body.error.details.reason).toBe('class.no_membership');
      }
    });

    it('end what a guardian observes with what the student loses', async () => {
      const guardian = await app.as(people.guardian.id);
      await guardian.get(`/classes/${schoolClass.id}`).expect(200);
      await teacher.delete(path(people.guardian)).expect(404);
      await teacher.delete(path(people.ada)).expect(204);
      await guardian.get(`/classes/${schoolClass.id}`).expect(404);
    });

    it('keep the work of a student who is taken out', async () => {
      const tool = await world.tool(school, people.teacher);
      const assignment = await world.assignment(schoolClass, tool, people.teacher);
      const submission = await world.submission(assignment, people.ada, {
        state: 'submitted',
        answer: 'Frogs',
      });
      await teacher.delete(path(people.ada)).expect(204);
      expect(await app.container.platform.db.prisma.submission.count({ where: { id: submission.id } })).toBe(
        1,
      );
    });

    it('let everybody leave, and nobody take out others who does not manage the class', async () => {
      const ada = await app.as(people.ada.id);
      await ada.delete(path(people.ben)).expect(403);
      await ada.patch(path(people.ada)).send({ role: 'teacher' }).expect(403);
      await ada.delete(path(people.ada)).expect(204);
      await ada.get(`/classes/${schoolClass.id}`).expect(404);
    });

    it('answer 400, 401, 403 and 404 as everywhere', async () => {
      await teacher.patch(path(people.ada)).send({ role: 'observer' }).expect(400);
      await teacher.patch(path(people.ada)).send({}).expect(400);
      await teacher.delete(`/classes/${schoolClass.id}/members/x`).expect(400);
      await app.anonymous.patch(path(people.ada)).send({ role: 'student' }).expect(401);
      await app.anonymous.delete(path(people.ada)).expect(401);
      const colleague = await app.as((await world.member(school, 'teacher')).id);
      await colleague.patch(path(people.ada)).send({ role: 'student' }).expect(403);
      await colleague.delete(path(people.ada)).expect(403);
      await teacher
        .patch(path({ id: MISSING }))
        .send({ role: 'student' })
        .expect(404);
      await teacher.delete(path({ id: MISSING })).expect(404);
      await (await app.as((await world.member(foreign, 'admin')).id)).delete(path(people.ada)).expect(404);
    });
  });

  describe('POST /classes/join', () => {
    const join = (client: Client, typed: string) => client.post('/classes/join').send({ code: typed });

    const pupil = async () => app.as((await world.member(school, 'student')).id);

    it('makes a student member of the school a student, however the code is typed', async () => {
      const client = await pupil();
      const { body } = await join(client, ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `).expect(200);
      expect(body.data).toMatchObject({ id: schoolClass.id, myRole: 'student', joinCode: null });
      await client.get(`/classes/${schoolClass.id}/roster`).expect(200);
      const { body: again } = await join(client, code).expect(409);
      expect(again.error.details).toEqual({ reason: 'member.exists', classId: schoolClass.id });
      expect((await join(teacher, code).expect(409)).body.error.details.reason).toBe('member.exists');
    });

    it('does not bring back who was removed, until a teacher adds them again', async () => {
      const { id } = await world.member(school, 'student');
      const client = await app.as(id);
      await join(client, code).expect(200);
      await client.delete(`/classes/${schoolClass.id}/members/${id}`).expect(204);
      await join(client, code).expect(200);
      await teacher.delete(`/classes/${schoolClass.id}/members/${id}`).expect(204);
      expect((await join(client, code).expect(403)).body.error.details.reason).toBe('class.removed');
      await client.get(`/classes/${schoolClass.id}`).expect(404);
      await add(teacher, { userId: id, role: 'student' }).expect(201);
      await client.delete(`/classes/${schoolClass.id}/members/${id}`).expect(204);
      await join(client, code).expect(200);
    });

    it('is only for members of the school', async () => {
      for (const person of [
        await world.user(),
        await world.user({ tenantId: school.id }),
        await world.member(school, 'teacher'),
        await world.member(school, 'guardian'),
      ]) {
        const { body } = await join(await app.as(person.id), code).expect(404);
        expect(body.error.details.reason).toBe('class.code_unknown');
      }
    });

    it('does not know codes of other tenants, archived classes and classes of archived groups', async () => {
      const stranger = await app.as((await world.user({ tenantId: foreign.id })).id);
      const reasonOf = async (client: Client, typed = code) =>
        (await join(client, typed).expect(404)).body.error.details.reason;
      expect(await reasonOf(stranger)).toBe('class.code_unknown');
      const client = await pupil();
      expect(await reasonOf(client, 'ABC')).toBe('class.code_unknown');
      expect(await reasonOf(client, 'ääääääää')).toBe('class.code_unknown');
      await teacher.delete(`/classes/${schoolClass.id}`).expect(204);
      expect(await reasonOf(client)).toBe('class.code_unknown');
      await admin.post(`/classes/${schoolClass.id}/restore`).expect(200);
      await (await app.as((await world.user({ isPlatformAdmin: true })).id))
        .delete(`/groups/${school.id}?confirmName=School`)
        .expect(204);
      expect(await reasonOf(client)).toBe('class.code_unknown');
    });

    it('stops callers who guess, and nobody else', async () => {
      const guesser = await pupil();
      const statuses = await Promise.all(
        Array.from({ length: 15 }, () => join(guesser, 'ABCDEFGH').then((answer) => answer.status)),
      );
      expect(statuses.filter((status) => status === 404)).toHaveLength(10);
      const refused = await join(guesser, code).expect(429);
      expect(refused.body.error.details.reason).toBe('class.too_many_codes');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      // A class of 35 behind one address.
      const pupils = await Promise.all(Array.from({ length: 35 }, pupil));
      const joined = await Promise.all(
        pupils.map((each) => join(each, code).then((answer) => answer.status)),
      );
      expect(joined).toEqual(Array(35).fill(200));
    });

    it('answers 400 and 401 as everywhere', async () => {
      await join(app.anonymous, code).expect(401);
      await teacher.post('/classes/join').send({}).expect(400);
      await teacher.post('/classes/join').send({ code: '' }).expect(400);
      await teacher
        .post('/classes/join')
        .send({ code: 'x'.repeat(41) })
        .expect(400);
      await teacher.post('/classes/join').send({ code, role: 'teacher' }).expect(400);
    });
  });
});
