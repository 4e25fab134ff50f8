import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const MISSING = '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d';
type Place = Awaited<ReturnType<World['group']>>;
type Klass = Awaited<ReturnType<World['class']>>;
type Person = { id: string; name: string; email: string };

describe('the people of a class', () => {
  let app: TestApp;
  let world: World;
  let school: Place;
  let foreign: Place;
  let klass: Klass;
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
    klass = await world.class(school, { joinCode: code });
    const person = async (name: string, role: 'teacher' | 'assistant' | 'student' | 'observer') => {
      const user = await world.user({ name, tenantId: school.id });
      await world.classMember(klass, role, user);
      return user;
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
    (await client.get(`/classes/${klass.id}/roster${query}`).expect(200)).body.data as Record<
      string,
      unknown
    >[];
  const names = async (client: Client, query = '') =>
    (await roster(client, query)).map((entry) => entry.name);
  const add = (client: Client, body: object) => client.post(`/classes/${klass.id}/members`).send(body);
  const links = () =>
    app.container.platform.db.prisma.studentObserver.count({ where: { observerId: people.guardian.id } });

  describe('GET /classes/:id/roster', () => {
    it('shows everybody with addresses to those who teach, assist, or see the group from within', async () => {
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
        can: { changeRole: true, remove: true },
      });
      expect((await roster(staff))[0]).toMatchObject({
        email: people.ada.email,
        observedStudentIds: [],
        can: { changeRole: false, remove: false },
      });
    });

    it('shows students the teachers and themselves, and each other only where the settings say so', async () => {
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
      const { body } = await teacher.get(`/classes/${klass.id}/roster?limit=3&cursor=`).expect(200);
      expect(await names(teacher, `?limit=3&cursor=${body.meta.pagination.nextCursor}`)).toEqual([
        'Gus Guardian',
        'Tess Teacher',
      ]);
      expect(
        (await teacher.get(`/classes/${klass.id}/roster?page=2&limit=4`).expect(200)).body.meta.pagination,
      ).toEqual({ page: 2, limit: 4, total: 5, totalPages: 2 });
    });

    it('answers 400, 401 and 404 as everywhere', async () => {
      await teacher.get(`/classes/${klass.id}/roster?role=king`).expect(400);
      await app.anonymous.get(`/classes/${klass.id}/roster`).expect(401);
      await teacher.get(`/classes/${MISSING}/roster`).expect(404);
      const outsider = await app.as((await world.member(school, 'student')).id);
      const stranger = await app.as((await world.member(foreign, 'admin')).id);
      for (const client of [outsider, stranger]) await client.get(`/classes/${klass.id}/roster`).expect(404);
      await teacher.delete(`/classes/${klass.id}`).expect(204);
      for (const client of [teacher, admin]) await client.get(`/classes/${klass.id}/roster`).expect(404);
    });
  });

  describe('POST /classes/:id/members', () => {
    it('takes people in by id or e-mail, those without a tenant into this one', async () => {
      const [one, two] = [await world.user({ name: 'One' }), await world.user({ tenantId: school.id })];
      const client = await app.as(one.id);
      await client.get(`/classes/${klass.id}`).expect(404);
      const { body } = await add(teacher, { email: one.email.toUpperCase(), role: 'student' }).expect(201);
      expect(body.data).toMatchObject({ userId: one.id, name: 'One', role: 'student', email: one.email });
      await client.get(`/classes/${klass.id}`).expect(200);
      expect(
        (await app.container.platform.db.prisma.user.findFirst({ where: { id: one.id } }))?.tenantId,
      ).toBe(school.id);
      await add(admin, { userId: two.id, role: 'assistant' }).expect(201);
      const { body: again } = await add(admin, { userId: two.id, role: 'student' }).expect(409);
      expect(again.error.details).toEqual({ reason: 'member.exists', classId: klass.id });
    });

    it('does not know people of other tenants', async () => {
      const stranger = await world.user({ tenantId: foreign.id });
      for (const person of [{ userId: stranger.id }, { email: stranger.email }, { userId: MISSING }]) {
        expect(
          (await add(teacher, { ...person, role: 'student' }).expect(404)).body.error.details.reason,
        ).toBe('user.not_found');
      }
    });

    it('links an observer to students of the class, of whom there may be several', async () => {
      const parent = await world.user({ tenantId: school.id });
      for (const bad of [
        {},
        { studentId: MISSING },
        { studentId: people.teacher.id },
        { studentId: people.guardian.id },
      ]) {
        const { body } = await add(teacher, { userId: parent.id, role: 'observer', ...bad }).expect(400);
        expect(body.error.details.reason).toBe('class.observer_without_student');
      }
      await add(teacher, { userId: parent.id, role: 'student', studentId: people.ada.id }).expect(400);
      await add(teacher, { userId: parent.id, role: 'observer', studentId: people.ada.id }).expect(201);
      const second = await add(teacher, {
        userId: parent.id,
        role: 'observer',
        studentId: people.ben.id,
      }).expect(201);
      expect(second.body.data.observedStudentIds.sort()).toEqual([people.ada.id, people.ben.id].sort());
      await add(teacher, { userId: parent.id, role: 'observer', studentId: people.ben.id }).expect(409);
      await add(teacher, { userId: people.ben.id, role: 'observer', studentId: people.ada.id }).expect(409);
      await add(teacher, { userId: people.ada.id, role: 'observer', studentId: people.ada.id }).expect(409);
      const principal = await app.container.access.findPrincipal(parent.id, {
        sessionId: null,
        kind: 'system',
        scopes: null,
      });
      expect(principal?.access.observedStudentIds).toEqual(new Set([people.ada.id, people.ben.id]));
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
    const path = (person: { id: string }) => `/classes/${klass.id}/members/${person.id}`;

    it('change and take roles at once', async () => {
      const assistant = await app.as(people.assistant.id);
      await assistant.patch(`/classes/${klass.id}`).send({ name: 'X' }).expect(403);
      expect(
        (await teacher.patch(path(people.assistant)).send({ role: 'teacher' }).expect(200)).body.data.role,
      ).toBe('teacher');
      await assistant.patch(`/classes/${klass.id}`).send({ name: 'X' }).expect(200);
      await assistant.delete(path(people.teacher)).expect(204);
      await teacher.get(`/classes/${klass.id}`).expect(404);
      await assistant.delete(path(people.teacher)).expect(404);
      const event = await app.container.platform.db.prisma.auditEvent.findFirst({
        where: { action: 'class.member_removed', aboutUserId: people.teacher.id },
      });
      expect(event).toMatchObject({
        actorId: people.assistant.id,
        subjectId: klass.id,
        details: { role: 'teacher' },
      });
    });

    it('end what an observer could read, unless another class explains it', async () => {
      const guardian = await app.as(people.guardian.id);
      const other = await world.class(school);
      await world.classMember(other, 'student', people.ada);
      await world.classMember(other, 'observer', people.guardian);
      await teacher.delete(path(people.guardian)).expect(204);
      expect(await links()).toBe(1);
      await guardian.get(`/classes/${klass.id}`).expect(404);
      await admin.delete(`/classes/${other.id}/members/${people.guardian.id}`).expect(204);
      expect(await links()).toBe(0);
    });

    it('keep the work of a student who is taken out', async () => {
      const tool = await world.tool(school, people.teacher);
      const assignment = await world.assignment(klass, tool, people.teacher);
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
      await ada.get(`/classes/${klass.id}`).expect(404);
    });

    it('answer 400, 401, 403 and 404 as everywhere', async () => {
      await teacher.patch(path(people.ada)).send({ role: 'observer' }).expect(400);
      await teacher.patch(path(people.ada)).send({}).expect(400);
      await teacher.delete(`/classes/${klass.id}/members/x`).expect(400);
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

    it('makes a person of no or this tenant a student, however the code is typed', async () => {
      const one = await world.user();
      const client = await app.as(one.id);
      const { body } = await join(client, ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `).expect(200);
      expect(body.data).toMatchObject({ id: klass.id, myRole: 'student', joinCode: null });
      await client.get(`/classes/${klass.id}/roster`).expect(200);
      const { body: again } = await join(client, code).expect(409);
      expect(again.error.details).toEqual({ reason: 'member.exists', classId: klass.id });
      await join(await app.as((await world.user({ tenantId: school.id })).id), code).expect(200);
      expect((await join(teacher, code).expect(409)).body.error.details.reason).toBe('member.exists');
    });

    it('does not know codes of other tenants, archived classes and classes of archived groups', async () => {
      const stranger = await app.as((await world.user({ tenantId: foreign.id })).id);
      const reasonOf = async (client: Client, typed = code) =>
        (await join(client, typed).expect(404)).body.error.details.reason;
      expect(await reasonOf(stranger)).toBe('class.code_unknown');
      const pupil = await app.as((await world.user()).id);
      expect(await reasonOf(pupil, 'ABC')).toBe('class.code_unknown');
      expect(await reasonOf(pupil, 'ääääääää')).toBe('class.code_unknown');
      await teacher.delete(`/classes/${klass.id}`).expect(204);
      expect(await reasonOf(pupil)).toBe('class.code_unknown');
      await admin.post(`/classes/${klass.id}/restore`).expect(200);
      await (await app.as((await world.user({ isPlatformAdmin: true })).id))
        .delete(`/groups/${school.id}`)
        .expect(204);
      expect(await reasonOf(pupil)).toBe('class.code_unknown');
    });

    it('stops those who guess, and nobody else', async () => {
      const guesser = await app.as((await world.user()).id);
      const statuses = await Promise.all(
        Array.from({ length: 15 }, () => join(guesser, 'ABCDEFGH').then((answer) => answer.status)),
      );
      expect(statuses.filter((status) => status === 404)).toHaveLength(10);
      const refused = await join(guesser, code).expect(429);
      expect(refused.body.error.details.reason).toBe('class.too_many_codes');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      // A class of 35 behind one address.
      const pupils = await Promise.all(
        Array.from({ length: 35 }, async () => app.as((await world.user()).id)),
      );
      const joined = await Promise.all(
        pupils.map((pupil) => join(pupil, code).then((answer) => answer.status)),
      );
      expect(joined).toEqual(Array(35).fill(200));
    });

    it('gives a person to one of two tenants whose classes they join at the same moment', async () => {
      const [otherCode, otherClass] = ['WWWWWWWW', await world.class(foreign, { joinCode: 'WWWWWWWW' })];
      for (let i = 0; i < 5; i += 1) {
        const pupil = await app.as((await world.user()).id);
        const answers = await Promise.all([join(pupil, code), join(pupil, otherCode)]);
        expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 404]);
      }
      expect(otherClass.tenantId).toBe(foreign.id);
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
