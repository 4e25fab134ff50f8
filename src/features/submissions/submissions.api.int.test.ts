import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const hours = (n: number) => new Date(Date.UTC(2027, 2, 1, 12) + n * 3_600_000);
const iso = (n: number) => hours(n).toISOString();

type Values = NonNullable<Parameters<World['assignment']>[3]>;
const NAMES = ['teacher', 'assistant', 'student', 'classmate', 'guardian', 'otherGuardian', 'admin', 'colleague', 'staff', 'stranger', 'platformAdmin'] as const;
type Name = (typeof NAMES)[number];

describe('submissions', () => {
  let now = hours(0);
  let app: TestApp;
  let world: World;
  let klass: { id: string; groupId: string; tenantId: string };
  let tool: { id: string; version: number };
  const ids = {} as Record<Name, string>;
  const clients = {} as Record<Name, Client>;

  beforeAll(async () => {
    app = await createTestApp({ clock: { now: () => now } });
    world = new World(app.container);
    const district = await world.group();
    const school = await world.group({ under: district });
    klass = await world.class(school);
    const people: Record<Name, { id: string }> = {
      teacher: await world.member(school, 'teacher'),
      assistant: await world.classMember(klass, 'assistant'),
      student: await world.classMember(klass, 'student', await world.user({ name: 'Ada', tenantId: district.id })),
      classmate: await world.classMember(klass, 'student', await world.user({ name: 'Ben', tenantId: district.id })),
      guardian: await world.classMember(klass, 'observer'),
      otherGuardian: await world.classMember(klass, 'observer'),
      admin: await world.member(district, 'admin'),
      colleague: await world.member(school, 'teacher'),
      staff: await world.member(school, 'staff'),
      stranger: await world.member(await world.group(), 'teacher'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
    };
    await world.classMember(klass, 'teacher', people.teacher);
    await world.observes(people.guardian, people.student);
    for (const name of NAMES) {
      ids[name] = people[name].id;
      clients[name] = await app.as(ids[name]);
    }
    tool = await world.tool(school, people.teacher);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    now = hours(0);
  });

  const assign = (values: Values = {}) => world.assignment(klass, tool, { id: ids.teacher }, values);
  const begin = (assignment: { id: string }, name: Name = 'student') => clients[name].post(`/assignments/${assignment.id}/submissions`).send({});
  const begun = async (assignment?: { id: string }): Promise<string> => {
    const response = await begin(assignment ?? (await assign()));
    expect([response.status, response.body.error]).toEqual([201, undefined]);
    return response.body.data.id;
  };
  const handIn = (id: string, name: Name = 'student') => clients[name].post(`/submissions/${id}/submit`).send({});
  const grade = (id: string, body: object = { score: 80, feedback: 'DRAFT feedback' }, name: Name = 'teacher') => clients[name].post(`/submissions/${id}/grade`).send(body);
  const giveBack = (id: string, body: object = {}, name: Name = 'teacher') => clients[name].post(`/submissions/${id}/return`).send(body);
  const reasonOf = (response: { status: number; body: { error?: { details: { reason?: string } } } }) => [response.status, response.body.error?.details.reason];
  const trail = async (id: string) => {
    const rows = await app.container.platform.db.prisma.auditEvent.findMany({ where: { subjectId: id }, orderBy: { seq: 'asc' } });
    return rows.map((row) => row.action);
  };

  describe('POST /assignments/:id/submissions', () => {
    it('begins an attempt', async () => {
      const assignment = await assign({ dueAt: hours(2) });
      const response = await begin(assignment);
      expect(response.status).toBe(201);
      const { data } = response.body;
      expect(data).toMatchObject({
        assignmentId: assignment.id, classId: klass.id, user: { id: ids.student, name: 'Ada' }, attempt: 1, state: 'in_progress', toolId: tool.id, toolVersion: 1,
        toolType: 'chat', answer: null, dueAt: iso(2), startedAt: iso(0), submittedAt: null, late: false, score: null, feedback: null, draft: null, points: 100,
        can: { update: true, submit: true, grade: false, return: false },
      });
      expect(response.headers['location']).toBe(`/api/v1/submissions/${data.id}`);
      const read = await clients.student.get(`/submissions/${data.id}`);
      expect(read.body.data).toEqual(data);
      expect(read.headers['etag']).toBe(response.headers['etag']);
      expect(await trail(data.id)).toEqual(['submission.started']);
    });

    it('numbers 50 attempts that begin at once without a gap', async () => {
      const assignment = await assign();
      const answers = await Promise.all(Array.from({ length: 50 }, () => begin(assignment)));
      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
      const attempts = answers.map(({ body }) => body.data.attempt).sort((one, other) => one - other);
      expect(attempts).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      const events = await app.container.platform.db.prisma.auditEvent.count({ where: { subjectId: { in: answers.map(({ body }) => body.data.id) } } });
      expect(events).toBe(50);
    });

    it('never begins more than are allowed, however many ask at once', async () => {
      const assignment = await assign({ maxAttempts: 3 });
      const answers = await Promise.all(Array.from({ length: 20 }, () => begin(assignment)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      for (const refused of answers.filter(({ status }) => status !== 201)) expect(reasonOf(refused)).toEqual([409, 'submission.no_attempts_left']);
    });

    it('numbers them also in transactions with an Idempotency-Key, and each key counts once', async () => {
      const assignment = await assign();
      const send = (key: string) => begin(assignment).set('Idempotency-Key', `${assignment.id}-${key}`);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => send(String(i))));
      const attempts = answers.map(({ body }) => body.data.attempt).sort((one, other) => one - other);
      expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect((await send('3')).body.data.id).toBe(answers[3]?.body.data.id);
    });

    it('gives the version that is pinned, or the newest', async () => {
      const other = await world.tool({ id: klass.groupId, tenantId: klass.tenantId }, { id: ids.teacher });
      const exact = await world.assignment(klass, other, { id: ids.teacher });
      const following = await world.assignment(klass, other, { id: ids.teacher }, { pin: 'follow_latest' });
      const { definition } = (await clients.teacher.get(`/tools/${other.id}`)).body.data;
      await clients.teacher.patch(`/tools/${other.id}`).send({ definition: { ...definition, name: 'Two' } });
      expect((await begin(exact)).body.data.toolVersion).toBe(1);
      expect((await begin(following)).body.data.toolVersion).toBe(2);
    });

    it.each<[string, Values, string]>([
      ['before it opens', { opensAt: hours(1) }, 'assignment.not_open'],
      ['after it closes', { closesAt: hours(-1) }, 'assignment.closed'],
      ['at the moment it closes', { closesAt: hours(0) }, 'assignment.closed'],
      ['once it is closed', { state: 'closed' }, 'assignment.closed'],
      ['after the due date where late work is refused', { dueAt: hours(-1), latePolicy: 'refuse' }, 'submission.too_late'],
    ])('is refused %s', async (_name, values, reason) => {
      expect(reasonOf(await begin(await assign(values)))).toEqual([409, reason]);
    });

    it('goes by the student’s override', async () => {
      const assignment = await assign({ opensAt: hours(1), closesAt: hours(5), maxAttempts: 1 });
      const path = `/assignments/${assignment.id}/overrides/${ids.student}`;
      await clients.teacher.put(path).send({ opensAt: iso(-1), maxAttempts: 2 });
      expect((await begin(assignment)).status).toBe(201);
      expect((await begin(assignment)).status).toBe(201);
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect(reasonOf(await begin(assignment, 'classmate'))).toEqual([409, 'assignment.not_open']);
      await clients.teacher.put(path).send({ opensAt: iso(-1), excused: true });
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.excused']);
    });

    it('is for students of the class', async () => {
      const assignment = await assign();
      expect((await app.anonymous.post(`/assignments/${assignment.id}/submissions`).send({})).status).toBe(401);
      for (const name of ['teacher', 'assistant', 'guardian', 'admin', 'colleague', 'staff', 'platformAdmin'] as const) expect([name, (await begin(assignment, name)).status]).toEqual([name, 403]);
      expect((await begin(assignment, 'stranger')).status).toBe(404);
      expect((await begin(await assign({ state: 'draft' }))).status).toBe(404);
      expect((await begin({ id: newId() })).status).toBe(404);
      expect((await clients.student.post(`/assignments/${assignment.id}/submissions`).send({ attempt: 7 })).status).toBe(400);
    });
  });

  describe('PATCH /submissions/:id', () => {
    it('keeps the answer while the attempt is in progress', async () => {
      const id = await begun();
      const saved = await clients.student.patch(`/submissions/${id}`).set('If-Match', '"1"').send({ answer: ' My answer\n' });
      expect([saved.status, saved.body.data.answer]).toEqual([200, ' My answer\n']);
      expect((await clients.student.patch(`/submissions/${id}`).set('If-Match', '"1"').send({ answer: 'x' })).status).toBe(412);
      expect((await clients.student.patch(`/submissions/${id}`).send({ answer: 'x'.repeat(100_001) })).status).toBe(400);
      expect((await clients.student.patch(`/submissions/${id}`).send({ answer: 'a\0b' })).status).toBe(400);
      expect((await clients.student.patch(`/submissions/${id}`).send({ score: 100 })).status).toBe(400);
      await handIn(id);
      expect(reasonOf(await clients.student.patch(`/submissions/${id}`).send({ answer: 'later' }))).toEqual([409, 'submission.not_in_progress']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.answer).toBe(' My answer\n');
    });

    it('ends when the assignment closes', async () => {
      const assignment = await assign({ closesAt: hours(1) });
      const id = await begun(assignment);
      now = hours(1);
      expect(reasonOf(await clients.student.patch(`/submissions/${id}`).send({ answer: 'x' }))).toEqual([409, 'assignment.closed']);
      expect(reasonOf(await handIn(id))).toEqual([409, 'assignment.closed']);
    });

    it('is for its owner, as long as they are in the class', async () => {
      const id = await begun();
      const send = (client: Client) => client.patch(`/submissions/${id}`).send({ answer: 'x' });
      expect((await send(app.anonymous)).status).toBe(401);
      for (const name of ['teacher', 'assistant', 'admin'] as const) expect([name, (await send(clients[name])).status]).toEqual([name, 403]);
      for (const name of ['classmate', 'guardian', 'colleague', 'staff', 'stranger', 'platformAdmin'] as const) expect([name, (await send(clients[name])).status]).toEqual([name, 404]);

      const leaver = await world.classMember(klass, 'student');
      const client = await app.as(leaver.id);
      const left = (await client.post(`/assignments/${(await assign()).id}/submissions`).send({})).body.data.id;
      await app.container.platform.db.execute(sql`DELETE FROM class_members WHERE user_id = ${leaver.id}::uuid`);
      await app.container.access.usersChanged([leaver.id]);
      expect((await client.get(`/submissions/${left}`)).status).toBe(200);
      expect((await client.patch(`/submissions/${left}`).send({ answer: 'x' })).status).toBe(403);
      expect((await client.post(`/submissions/${left}/submit`).send({})).status).toBe(403);
      const principal = (await app.container.access.findPrincipal(leaver.id, { sessionId: null, kind: 'system', scopes: null }))!;
      await expect(app.container.submissions.reader.getForWork(principal, left)).rejects.toMatchObject({ kind: 'forbidden' });
    });
  });

  describe('POST /submissions/:id/submit', () => {
    it('fixes the lateness against the due date then in force', async () => {
      const assignment = await assign({ dueAt: hours(1) });
      const id = await begun(assignment);
      now = new Date(hours(2).getTime() + 1);
      const response = await handIn(id);
      expect(response.body.data).toMatchObject({ state: 'submitted', submittedAt: now.toISOString(), late: true, lateBySeconds: 3601, dueAt: iso(1) });
      await clients.teacher.patch(`/assignments/${assignment.id}`).send({ dueAt: iso(9) });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject({ late: true, lateBySeconds: 3601, dueAt: iso(1) });
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.not_in_progress']);
      expect(await trail(id)).toEqual(['submission.started', 'submission.submitted']);
    });

    it('is not late by the student’s own due date', async () => {
      const assignment = await assign({ dueAt: hours(1) });
      const id = await begun(assignment);
      await clients.teacher.put(`/assignments/${assignment.id}/overrides/${ids.student}`).send({ dueAt: iso(3) });
      now = hours(2);
      expect((await handIn(id)).body.data).toMatchObject({ late: false, lateBySeconds: 0, dueAt: iso(3) });
    });

    it('is refused after the due date where late work is', async () => {
      const id = await begun(await assign({ dueAt: hours(1), latePolicy: 'refuse' }));
      now = hours(2);
      expect(reasonOf(await handIn(id))).toEqual([409, 'submission.too_late']);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.state).toBe('in_progress');
    });

    it('happens once, however often it is sent', async () => {
      const id = await begun();
      const answers = await Promise.all(Array.from({ length: 10 }, () => handIn(id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    });

    it('is for its owner', async () => {
      const id = await begun();
      expect((await app.anonymous.post(`/submissions/${id}/submit`).send({})).status).toBe(401);
      expect((await handIn(id, 'teacher')).status).toBe(403);
      for (const name of ['classmate', 'guardian', 'stranger', 'platformAdmin'] as const) expect([name, (await handIn(id, name)).status]).toEqual([name, 404]);
      expect((await clients.student.post(`/submissions/${id}/submit`).send({ late: false })).status).toBe(400);
    });
  });

  describe('grading and returning', () => {
    it('keeps the draft from everybody but those who grade, in every answer, until it is returned', async () => {
      const assignment = await assign();
      const id = await begun(assignment);
      await clients.student.patch(`/submissions/${id}`).send({ answer: 'My answer' });
      await handIn(id);
      const paths = [`/submissions/${id}`, `/assignments/${assignment.id}/submissions`, `/classes/${klass.id}/submissions?limit=100`, `/assignments/${assignment.id}`, `/classes/${klass.id}/assignments`];
      const look = async (name: Name) => {
        const answers = [];
        for (const path of paths) {
          const { status, body, headers } = await clients[name].get(path);
          answers.push({ path, status, body: body.error === undefined ? body : body.error.code, etag: headers['etag'] });
        }
        return answers;
      };
      const blind = ['student', 'assistant', 'guardian', 'classmate'] as const;
      const before = await Promise.all(blind.map(look));
      now = hours(1);
      expect((await grade(id, { score: 77.5, feedback: 'DRAFT feedback' })).body.data).toMatchObject({ state: 'submitted', score: null, feedback: null, draft: { score: 77.5, feedback: 'DRAFT feedback', gradedAt: iso(1) } });
      now = hours(0);
      expect(await Promise.all(blind.map(look))).toEqual(before);
      now = hours(1);
      for (const name of ['teacher', 'admin'] as const) expect((await clients[name].get(paths[1] as string)).body.data[0].draft.score).toBe(77.5);

      expect((await giveBack(id)).body.data).toMatchObject({ state: 'returned', score: 77.5, feedback: 'DRAFT feedback', returnedAt: iso(1) });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject({ state: 'returned', score: 77.5, feedback: 'DRAFT feedback', draft: null, answer: 'My answer' });
      expect((await clients.student.get(paths[1] as string)).body.data[0]).toMatchObject({ score: 77.5, draft: null });
    });

    it('a second grade stays a draft until it is returned, too', async () => {
      const id = await begun();
      await handIn(id);
      await grade(id, { score: 50 });
      await giveBack(id);
      await grade(id, { score: 60 });
      expect((await clients.student.get(`/submissions/${id}`)).body.data).toMatchObject({ score: 50, draft: null });
      await giveBack(id);
      expect((await clients.student.get(`/submissions/${id}`)).body.data.score).toBe(60);
    });

    it('keep what is left out, and to the points', async () => {
      const id = await begun();
      expect(reasonOf(await grade(id))).toEqual([409, 'submission.not_submitted']);
      expect(reasonOf(await giveBack(id))).toEqual([409, 'submission.not_submitted']);
      await handIn(id);
      await grade(id, { score: 100 });
      expect((await grade(id, { feedback: 'Good' })).body.data.draft).toMatchObject({ score: 100, feedback: 'Good' });
      const tooHigh = await grade(id, { score: 100.5 });
      expect([tooHigh.status, tooHigh.body.error.details.issues[0].path]).toEqual([400, 'body.score']);
      for (const body of [{ score: -1 }, { score: '5' }, { score: 1.234 }, { grade: 5 }, { feedback: 'x'.repeat(20_001) }]) expect((await grade(id, body)).status).toBe(400);
      expect((await clients.teacher.post(`/submissions/${id}/grade`).set('If-Match', '"1"').send({ score: 1 })).status).toBe(412);
    });

    it('are for the teachers of the class and the admins of its group', async () => {
      const id = await begun();
      await handIn(id);
      for (const act of [grade, giveBack]) {
        for (const name of ['student', 'assistant'] as const) expect([name, (await act(id, {}, name)).status]).toEqual([name, 403]);
        for (const name of ['classmate', 'guardian', 'colleague', 'staff', 'stranger', 'platformAdmin'] as const) expect([name, (await act(id, {}, name)).status]).toEqual([name, 404]);
        for (const name of ['teacher', 'admin'] as const) expect([name, (await act(id, {}, name)).status]).toEqual([name, 200]);
      }
      expect((await app.anonymous.post(`/submissions/${id}/grade`).send({})).status).toBe(401);
      expect((await app.anonymous.post(`/submissions/${id}/return`).send({})).status).toBe(401);
      expect(await trail(id)).toEqual(['submission.started', 'submission.submitted', 'submission.graded', 'submission.graded', 'submission.returned', 'submission.returned']);
    });

    it('can be followed by another attempt, granted where none is left', async () => {
      const assignment = await assign({ maxAttempts: 1 });
      const id = await begun(assignment);
      await handIn(id);
      await giveBack(id);
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect((await giveBack(id, { allowAnotherAttempt: true })).status).toBe(200);
      expect((await begin(assignment)).body.data.attempt).toBe(2);
      expect(reasonOf(await begin(assignment))).toEqual([409, 'submission.no_attempts_left']);
      expect(reasonOf(await begin(assignment, 'classmate'))).toEqual([201, undefined]);
    });

    it('grants nothing where attempts are left, and also past an override', async () => {
      const assignment = await assign({ maxAttempts: 2 });
      const id = await begun(assignment);
      await handIn(id);
      await giveBack(id, { allowAnotherAttempt: true });
      expect((await clients.teacher.get(`/assignments/${assignment.id}/overrides`)).body.data).toEqual([]);
      const path = `/assignments/${assignment.id}/overrides/${ids.student}`;
      await clients.teacher.put(path).send({ maxAttempts: 1, dueAt: iso(5) });
      await giveBack(id, { allowAnotherAttempt: true });
      expect((await clients.teacher.get(`/assignments/${assignment.id}/overrides`)).body.data).toEqual([expect.objectContaining({ maxAttempts: 2, dueAt: iso(5) })]);
    });
  });

  describe('GET /submissions/:id', () => {
    it('is for its owner, those who teach, and a guardian once it is returned', async () => {
      const id = await begun();
      const see = async (names: readonly Name[], status: number) => {
        for (const name of names) expect([name, (await clients[name].get(`/submissions/${id}`)).status]).toEqual([name, status]);
      };
      const never = ['classmate', 'otherGuardian', 'colleague', 'staff', 'stranger', 'platformAdmin'] as const;
      await see(['student', 'teacher', 'assistant', 'admin'], 200);
      await see([...never, 'guardian'], 404);
      await clients.student.patch(`/submissions/${id}`).send({ answer: 'My answer' });
      await handIn(id);
      await see(['guardian'], 404);
      await grade(id);
      await giveBack(id);
      await see(never, 404);
      const seen = await clients.guardian.get(`/submissions/${id}`);
      expect(seen.body.data).toMatchObject({ state: 'returned', score: 80, feedback: 'DRAFT feedback', answer: null, draft: null, sessionId: null, runId: null });
      expect((await app.anonymous.get(`/submissions/${id}`)).status).toBe(401);
      expect((await clients.student.get('/submissions/x')).status).toBe(400);
    });

    it('records who read somebody else’s, and not one’s own or a list', async () => {
      const assignment = await assign();
      const id = await begun(assignment);
      await clients.student.get(`/submissions/${id}`);
      await clients.teacher.get(`/assignments/${assignment.id}/submissions`);
      await clients.teacher.get(`/submissions/${id}`);
      const reads = await app.container.platform.db.prisma.auditEvent.findMany({ where: { subjectId: id, action: 'submission.read' } });
      expect(reads).toEqual([expect.objectContaining({ actorId: ids.teacher, aboutUserId: ids.student })]);
    });

    it('names the chat and the run on it', async () => {
      const id = await begun();
      const sessionId = newId();
      await app.container.platform.db.execute(
        sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id)
            VALUES (${sessionId}::uuid, ${klass.tenantId}::uuid, ${ids.student}::uuid, ${tool.id}::uuid, 1, ${klass.id}::uuid, ${id}::uuid)`,
      );
      expect((await clients.teacher.get(`/submissions/${id}`)).body.data).toMatchObject({ sessionId, runId: null });
    });
  });

  describe('lists', () => {
    it('hold all for those who teach and one’s own for students', async () => {
      const other = await world.class({ id: klass.groupId, tenantId: klass.tenantId });
      for (const [name, role] of [['teacher', 'teacher'], ['student', 'student'], ['classmate', 'student'], ['guardian', 'observer'], ['otherGuardian', 'observer'], ['assistant', 'assistant']] as const) {
        await world.classMember(other, role, { id: ids[name] });
      }
      const assignment = await world.assignment(other, tool, { id: ids.teacher }, { dueAt: hours(1) });
      const ada = await begun(assignment);
      const ben = (await begin(assignment, 'classmate')).body.data.id;
      await clients.classmate.patch(`/submissions/${ben}`).send({ answer: 'SECRET answer' });
      now = hours(2);
      await handIn(ada);
      await grade(ada);
      await giveBack(ada);

      for (const base of [`/assignments/${assignment.id}/submissions`, `/classes/${other.id}/submissions`]) {
        const list = async (name: Name, query = '') => {
          const response = await clients[name].get(`${base}?sort=userName&${query}`);
          expect([name, response.status]).toEqual([name, 200]);
          expect(response.text).not.toContain('SECRET');
          return response.body.data.map((each: { user: { name: string } }) => each.user.name);
        };
        for (const name of ['teacher', 'assistant', 'admin'] as const) expect([name, await list(name)]).toEqual([name, ['Ada', 'Ben']]);
        expect(await list('student')).toEqual(['Ada']);
        expect(await list('classmate')).toEqual(['Ben']);
        expect(await list('guardian')).toEqual(['Ada']);
        expect(await list('otherGuardian')).toEqual([]);
        for (const name of ['colleague', 'staff', 'platformAdmin'] as const) expect([name, (await clients[name].get(base)).status]).toEqual([name, 403]);
        expect((await clients.stranger.get(base)).status).toBe(404);
        expect((await app.anonymous.get(base)).status).toBe(401);
        expect((await clients.teacher.get(`${base}?colour=red`)).status).toBe(400);

        expect(await list('teacher', 'q=be')).toEqual(['Ben']);
        expect(await list('teacher', 'state=returned')).toEqual(['Ada']);
        expect(await list('teacher', 'late=true')).toEqual(['Ada']);
        expect(await list('teacher', 'late=false')).toEqual(['Ben']);
        expect(await list('teacher', `userId=${ids.classmate}`)).toEqual(['Ben']);
        expect(await list('student', 'q=be')).toEqual([]);
        const first = (await clients.teacher.get(`${base}?sort=userName&cursor=&limit=1`)).body;
        expect(first.data).toHaveLength(1);
        expect(await list('teacher', `limit=1&cursor=${first.meta.pagination.nextCursor}`)).toEqual(['Ben']);
        expect((await clients.teacher.get(`${base}?page=2&limit=1&sort=-userName`)).body).toMatchObject({ data: [{ user: { name: 'Ada' } }], meta: { pagination: { page: 2, total: 2 } } });
        for (const sort of ['updatedAt', 'startedAt', 'submittedAt']) {
          for (const name of ['teacher', 'student'] as const) {
            const page = (await clients[name].get(`${base}?sort=${sort}&cursor=&limit=1`)).body;
            const { nextCursor } = page.meta.pagination;
            if (nextCursor !== null) expect((await clients[name].get(`${base}?sort=${sort}&cursor=${nextCursor}`)).status).toBe(200);
          }
        }
      }
    });
  });

  describe('the reader for chats and runs', () => {
    it('opens a submission for its owner while there is something to work on', async () => {
      const assignment = await assign({ closesAt: hours(1) });
      const id = await begun(assignment);
      const principalOf = async (name: Name) => (await app.container.access.findPrincipal(ids[name], { sessionId: null, kind: 'system', scopes: null }))!;
      const open = async (name: Name) => app.container.submissions.reader.getForWork(await principalOf(name), id);
      expect(await open('student')).toMatchObject({ submissionId: id, assignmentId: assignment.id, userId: ids.student, classId: klass.id, groupId: klass.groupId, tenantId: klass.tenantId, toolId: tool.id, toolVersion: 1, toolType: 'chat', attempt: 1 });
      await expect(open('teacher')).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(open('stranger')).rejects.toMatchObject({ kind: 'not_found' });
      now = hours(1);
      await expect(open('student')).rejects.toMatchObject({ kind: 'conflict', details: { reason: 'assignment.closed' } });
      now = hours(0);
      await handIn(id);
      await expect(open('student')).rejects.toMatchObject({ kind: 'conflict', details: { reason: 'submission.not_in_progress' } });
    });
  });
});
