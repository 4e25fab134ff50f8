import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const hours = (n: number) => new Date(Date.UTC(2027, 2, 1, 12) + n * 3_600_000);
const iso = (n: number) => hours(n).toISOString();

describe('/assignments', () => {
  let now = hours(0);
  let app: TestApp;
  let world: World;
  let school: { id: string; tenantId: string; path: string };
  let schoolClass: { id: string; groupId: string; tenantId: string };
  let teacherId: string;
  let studentId: string;
  let toolId: string;
  const clients = {} as Record<
    | 'teacher'
    | 'assistant'
    | 'student'
    | 'observer'
    | 'admin'
    | 'colleague'
    | 'staff'
    | 'stranger'
    | 'platformAdmin',
    Client
  >;

  beforeAll(async () => {
    app = await createTestApp({ clock: { now: () => now } });
    world = new World(app.container);
    const district = await world.group();
    await app.container.platform.db.execute(
      sql`UPDATE groups SET settings = '{"timezone":"America/Chicago"}' WHERE id = ${district.id}::uuid`,
    );
    school = await world.group({ under: district });
    schoolClass = await world.class(school);
    teacherId = (await world.member(school, 'teacher')).id;
    await world.classMember(schoolClass, 'teacher', { id: teacherId });
    studentId = (await world.classMember(schoolClass, 'student')).id;
    clients.teacher = await app.as(teacherId);
    clients.student = await app.as(studentId);
    clients.assistant = await app.as((await world.classMember(schoolClass, 'assistant')).id);
    clients.observer = await app.as((await world.guardian({ id: studentId }, district.id)).id);
    clients.admin = await app.as((await world.member(district, 'admin')).id);
    clients.colleague = await app.as((await world.member(school, 'teacher')).id);
    clients.staff = await app.as((await world.member(school, 'staff')).id);
    clients.stranger = await app.as((await world.member(await world.group(), 'teacher')).id);
    clients.platformAdmin = await app.as((await world.user({ isPlatformAdmin: true })).id);
    toolId = (await world.tool(school, { id: teacherId })).id;
  });
  afterAll(() => app.close());
  beforeEach(() => {
    now = hours(0);
  });

  const create = async (body: object = {}) => {
    const response = await clients.teacher
      .post('/assignments')
      .send({ classId: schoolClass.id, toolId, title: 'Bridges', ...body });
    expect([response.status, response.body.error]).toEqual([201, undefined]);
    return response.body.data;
  };
  const published = async (body: object = {}) => {
    const { id } = await create(body);
    const response = await clients.teacher.post(`/assignments/${id}/publish`).send({});
    expect(response.status).toBe(200);
    return response.body.data;
  };
  const nextVersion = async (id: string, name: string) => {
    const { data } = (await clients.teacher.get(`/tools/${id}`)).body;
    expect(
      (await clients.teacher.patch(`/tools/${id}`).send({ definition: { ...data.definition, name } })).status,
    ).toBe(200);
  };
  const status = async (name: keyof typeof clients, path: string) => (await clients[name].get(path)).status;

  describe('POST /assignments', () => {
    it('makes a draft with sensible defaults', async () => {
      const response = await clients.teacher
        .post('/assignments')
        .send({ classId: schoolClass.id, toolId, title: '  Bridges ', dueAt: '2027-03-02T10:00:00+02:00' });
      expect(response.status).toBe(201);
      const { data } = response.body;
      expect(data).toMatchObject({
        classId: schoolClass.id,
        toolId,
        toolVersion: 1,
        title: 'Bridges',
        state: 'draft',
        pin: 'exact',
        points: 100,
        latePolicy: 'accept',
        maxAttempts: null,
        opensAt: null,
        dueAt: '2027-03-02T08:00:00.000Z',
        closesAt: null,
        timeZone: 'America/Chicago',
        mine: null,
      });
      expect(response.headers.location).toBe(`/api/v1/assignments/${data.id}`);
      expect(response.headers.etag).toMatch(/^"1-/);
      expect(await trail(data.id)).toEqual(['assignment.created']);
    });

    it('happens once for an Idempotency-Key', async () => {
      const send = () =>
        clients.teacher
          .post('/assignments')
          .set('Idempotency-Key', 'assign-once')
          .send({ classId: schoolClass.id, toolId, title: 'Once' });
      const [first, second] = [await send(), await send()];
      expect(second.body.data.id).toBe(first.body.data.id);
    });

    it.each([
      ['no title', { title: '' }],
      ['an unknown field', { state: 'published' }],
      ['points below zero', { points: -1 }],
      ['fractions of cents', { points: 0.001 }],
      ['no attempts', { maxAttempts: 0 }],
      ['a moment that is none', { dueAt: 'tomorrow' }],
      ['dates out of order', { opensAt: iso(2), dueAt: iso(1) }],
      ['a version that is none', { toolVersion: 0 }],
    ])('refuses %s', async (_name, body) => {
      const response = await clients.teacher
        .post('/assignments')
        .send({ classId: schoolClass.id, toolId, title: 'x', ...body });
      expect(response.status).toBe(400);
      expect(response.body.error.details.issues).toHaveLength(1);
    });

    it('knows classes, tools and versions only as far as the caller does', async () => {
      const body = { classId: schoolClass.id, toolId, title: 'x' };
      const colleagueId = (await world.member(school, 'teacher')).id;
      const hidden = await world.tool(school, { id: colleagueId }, { visibility: 'private' });
      const send = async (change: object) => {
        const { status: code, body: answer } = await clients.teacher
          .post('/assignments')
          .send({ ...body, ...change });
        return [code, answer.error.details.reason];
      };
      expect(await send({ classId: newId() })).toEqual([404, 'class.not_found']);
      expect(await send({ toolId: hidden.id })).toEqual([404, 'tool.not_found']);
      expect(await send({ toolVersion: 2 })).toEqual([404, 'tool.version_not_found']);
    });

    it('is for people who plan the work of the class', async () => {
      const send = (client: Client) =>
        client.post('/assignments').send({ classId: schoolClass.id, toolId, title: 'x' });
      expect((await send(app.anonymous)).status).toBe(401);
      for (const name of ['teacher', 'assistant', 'admin', 'platformAdmin'] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 201]);
      for (const name of ['student', 'observer', 'colleague', 'staff'] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 403]);
      expect((await send(clients.stranger)).status).toBe(404);
    });
  });

  describe('GET /assignments/:id', () => {
    it('shows drafts only to people who plan, and published ones to the class and its group', async () => {
      const { id } = await create();
      const path = `/assignments/${id}`;
      for (const name of ['teacher', 'assistant', 'admin', 'platformAdmin'] as const)
        expect([name, await status(name, path)]).toEqual([name, 200]);
      for (const name of ['student', 'observer', 'colleague', 'staff', 'stranger'] as const)
        expect([name, await status(name, path)]).toEqual([name, 404]);
      await clients.teacher.post(`${path}/publish`).send({});
      for (const name of ['student', 'observer', 'colleague', 'staff'] as const)
        expect([name, await status(name, path)]).toEqual([name, 200]);
      expect(await status('stranger', path)).toBe(404);
      expect((await app.anonymous.get(path)).status).toBe(401);
      expect(await status('teacher', `/assignments/${newId()}`)).toBe(404);
      expect(await status('teacher', '/assignments/x')).toBe(400);
    });

    it('shows students the dates and attempts that hold for them', async () => {
      const { id } = await published({ dueAt: iso(2), closesAt: iso(4), maxAttempts: 1 });
      await clients.teacher
        .put(`/assignments/${id}/overrides/${studentId}`)
        .send({ dueAt: iso(3), maxAttempts: 2 });
      const own = (await clients.student.get(`/assignments/${id}`)).body.data;
      expect(own).toMatchObject({
        dueAt: iso(3),
        closesAt: iso(4),
        maxAttempts: 2,
        mine: { attempts: 0, excused: false },
        can: { start: true, update: false, grade: false },
      });
      expect((await clients.teacher.get(`/assignments/${id}`)).body.data).toMatchObject({
        dueAt: iso(2),
        maxAttempts: 1,
        mine: null,
        can: { start: false, update: true },
      });
      now = hours(4);
      expect((await clients.student.get(`/assignments/${id}`)).body.data.can.start).toBe(false);
    });
  });

  describe('GET /classes/:id/assignments', () => {
    it('lists, filters, sorts and pages', async () => {
      const other = await world.class(school);
      await world.classMember(other, 'teacher', { id: teacherId });
      const pupil = await app.as((await world.classMember(other, 'student')).id);
      for (const [index, title] of ['Alpha', 'Beta', 'Gamma', 'Delta 100%'].entries()) {
        const { id } = await create({
          classId: other.id,
          title,
          ...(index === 3 ? {} : { dueAt: iso(10 - index) }),
        });
        if (index > 0) await clients.teacher.post(`/assignments/${id}/publish`).send({});
      }
      const list = async (client: Client, query: string) =>
        (await client.get(`/classes/${other.id}/assignments?${query}`)).body;
      const titles = async (client: Client, query: string) =>
        (await list(client, query)).data.map((each: { title: string }) => each.title);
      expect(await titles(clients.teacher, 'sort=dueAt')).toEqual(['Gamma', 'Beta', 'Alpha', 'Delta 100%']);
      expect(await titles(pupil, 'sort=title')).toEqual(['Beta', 'Delta 100%', 'Gamma']);
      expect(await titles(clients.colleague, 'sort=title')).toEqual(['Beta', 'Delta 100%', 'Gamma']);
      expect(await titles(clients.admin, 'state=draft')).toEqual(['Alpha']);
      expect(await titles(pupil, 'state=draft')).toEqual([]);
      expect(await titles(pupil, 'q=0%25')).toEqual(['Delta 100%']);
      expect(await titles(pupil, `dueBefore=${iso(9)}`)).toEqual(['Gamma']);
      const first = await list(pupil, 'sort=dueAt&cursor=&limit=2');
      expect(await titles(pupil, `sort=dueAt&limit=2&cursor=${first.meta.pagination.nextCursor}`)).toEqual([
        'Delta 100%',
      ]);
      expect((await list(pupil, 'limit=2')).meta.pagination).toEqual({
        page: 1,
        limit: 2,
        total: 3,
        totalPages: 2,
      });
      expect((await list(pupil, '')).data[0].timeZone).toBe('America/Chicago');
    });

    it('is for the class and its group', async () => {
      const path = `/classes/${schoolClass.id}/assignments`;
      expect((await app.anonymous.get(path)).status).toBe(401);
      expect(await status('stranger', path)).toBe(404);
      expect(await status('teacher', `/classes/${newId()}/assignments`)).toBe(404);
      expect(await status('teacher', `${path}?due=now`)).toBe(400);
      for (const name of [
        'teacher',
        'assistant',
        'student',
        'observer',
        'admin',
        'colleague',
        'staff',
        'platformAdmin',
      ] as const)
        expect([name, await status(name, path)]).toEqual([name, 200]);
    });
  });

  describe('PATCH /assignments/:id', () => {
    it('changes only the given fields', async () => {
      const { id } = await create({ dueAt: iso(5), instructions: 'Think.' });
      const response = await clients.teacher
        .patch(`/assignments/${id}`)
        .set('If-Match', '"1"')
        .send({ title: 'Arches', dueAt: null, points: 12.5 });
      expect(response.body.data).toMatchObject({
        title: 'Arches',
        dueAt: null,
        points: 12.5,
        instructions: 'Think.',
      });
      expect(response.headers.etag).toMatch(/^"2-/);
      expect(
        (await clients.teacher.patch(`/assignments/${id}`).set('If-Match', '"1"').send({ title: 'Late' }))
          .status,
      ).toBe(412);
      expect(
        (await clients.teacher.patch(`/assignments/${id}`).send({ opensAt: iso(3), closesAt: iso(2) }))
          .status,
      ).toBe(400);
      expect((await clients.teacher.patch(`/assignments/${id}`).send({ state: 'closed' })).status).toBe(400);
    });

    it('keeps the tool after a student has begun', async () => {
      const other = await world.tool(school, { id: teacherId });
      const fresh = await published();
      expect(
        (await clients.teacher.patch(`/assignments/${fresh.id}`).send({ toolId: other.id })).body.data,
      ).toMatchObject({ toolId: other.id, toolVersion: 1 });
      const begun = await published();
      await world.submission(begun, { id: studentId });
      const refused = await clients.teacher.patch(`/assignments/${begun.id}`).send({ toolId: other.id });
      expect([refused.status, refused.body.error.details.reason]).toEqual([
        409,
        'assignment.has_submissions',
      ]);
      expect(
        (await clients.teacher.patch(`/assignments/${begun.id}`).send({ toolId, title: 'Same tool' })).status,
      ).toBe(200);
    });

    it('is for people who plan', async () => {
      const { id } = await published();
      const send = (client: Client) => client.patch(`/assignments/${id}`).send({ points: 5 });
      for (const name of ['teacher', 'assistant', 'admin', 'platformAdmin'] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 200]);
      for (const name of ['student', 'observer', 'colleague', 'staff'] as const)
        expect([name, (await send(clients[name])).status]).toEqual([name, 403]);
      expect((await send(clients.stranger)).status).toBe(404);
      expect((await send(app.anonymous)).status).toBe(401);
    });
  });

  describe('POST /assignments/:id/publish and /close', () => {
    it('open an assignment, close it, and open it again', async () => {
      const { id } = await create();
      const draft = await clients.teacher.post(`/assignments/${id}/close`).send({});
      expect([draft.status, draft.body.error.details.reason]).toEqual([409, 'assignment.not_published']);
      const open = (await clients.teacher.post(`/assignments/${id}/publish`).send({})).body.data;
      expect(open).toMatchObject({ state: 'published', publishedAt: iso(0), closedAt: null });
      now = hours(1);
      expect((await clients.teacher.post(`/assignments/${id}/publish`).send({})).body.data).toMatchObject({
        state: 'published',
        publishedAt: iso(0),
      });
      expect(
        (await clients.teacher.post(`/assignments/${id}/close`).set('If-Match', '"1"').send({})).status,
      ).toBe(412);
      expect((await clients.teacher.post(`/assignments/${id}/close`).send({})).body.data).toMatchObject({
        state: 'closed',
        closedAt: iso(1),
      });
      expect((await clients.teacher.post(`/assignments/${id}/close`).send({})).status).toBe(200);
      expect((await clients.student.get(`/assignments/${id}`)).body.data.can.start).toBe(false);
      expect((await clients.teacher.post(`/assignments/${id}/publish`).send({})).body.data).toMatchObject({
        state: 'published',
        closedAt: null,
        publishedAt: iso(0),
      });
      expect(await trail(id)).toEqual([
        'assignment.created',
        'assignment.published',
        'assignment.closed',
        'assignment.published',
      ]);
    });

    it('want a published tool for the first time only', async () => {
      const draft = await world.tool(school, { id: teacherId }, { state: 'draft' });
      const { id } = await create({ toolId: draft.id });
      const refused = await clients.teacher.post(`/assignments/${id}/publish`).send({});
      expect([refused.status, refused.body.error.details.reason]).toEqual([409, 'tool.not_published']);
      await clients.teacher.post(`/tools/${draft.id}/publish`).send({});
      expect((await clients.teacher.post(`/assignments/${id}/publish`).send({})).status).toBe(200);
      await clients.teacher.post(`/assignments/${id}/close`).send({});
      expect((await clients.teacher.delete(`/tools/${draft.id}`)).status).toBe(204);
      expect((await clients.teacher.post(`/assignments/${id}/publish`).send({})).status).toBe(200);
    });

    it('are for people who plan', async () => {
      const { id } = await published();
      for (const verb of ['publish', 'close']) {
        expect((await clients.student.post(`/assignments/${id}/${verb}`).send({})).status).toBe(403);
        expect((await clients.stranger.post(`/assignments/${id}/${verb}`).send({})).status).toBe(404);
        expect((await app.anonymous.post(`/assignments/${id}/${verb}`).send({})).status).toBe(401);
        expect((await clients.teacher.post(`/assignments/${id}/${verb}`).send({ now: true })).status).toBe(
          400,
        );
      }
    });
  });

  describe('the version of the tool', () => {
    it('stays if it is pinned, and moves if it follows the tool', async () => {
      const tool = await world.tool(school, { id: teacherId });
      const exact = await published({ toolId: tool.id });
      const following = await published({ toolId: tool.id, pin: 'follow_latest' });
      await nextVersion(tool.id, 'Two');
      expect((await clients.student.get(`/assignments/${exact.id}`)).body.data.toolVersion).toBe(1);
      expect((await clients.student.get(`/assignments/${following.id}`)).body.data.toolVersion).toBe(2);
      expect((await create({ toolId: tool.id })).toolVersion).toBe(2);
      expect((await create({ toolId: tool.id, toolVersion: 1 })).toolVersion).toBe(1);
    });
  });

  describe('DELETE /assignments/:id', () => {
    it('removes it for people who plan, and refuses others', async () => {
      const { id } = await published();
      expect((await clients.student.delete(`/assignments/${id}`)).status).toBe(403);
      expect((await clients.stranger.delete(`/assignments/${id}`)).status).toBe(404);
      expect((await app.anonymous.delete(`/assignments/${id}`)).status).toBe(401);
      expect((await clients.teacher.delete(`/assignments/${id}`).set('If-Match', '"9"')).status).toBe(412);
      expect((await clients.teacher.delete(`/assignments/${id}`)).status).toBe(204);
      for (const name of ['teacher', 'student'] as const)
        expect(await status(name, `/assignments/${id}`)).toBe(404);
      expect((await clients.teacher.delete(`/assignments/${id}`)).status).toBe(404);
    });
  });

  describe('/assignments/:id/overrides', () => {
    it('are put, replaced, listed and removed', async () => {
      const { id } = await published({ dueAt: iso(2) });
      const path = `/assignments/${id}/overrides/${studentId}`;
      const put = await clients.teacher.put(path).send({ dueAt: iso(5), maxAttempts: 3 });
      expect(put.status).toBe(200);
      expect(put.body.data).toMatchObject({
        userId: studentId,
        dueAt: iso(5),
        maxAttempts: 3,
        excused: false,
      });
      await clients.assistant.put(path).send({ excused: true });
      expect((await clients.teacher.get(`/assignments/${id}/overrides`)).body.data).toEqual([
        expect.objectContaining({ userId: studentId, dueAt: null, maxAttempts: null, excused: true }),
      ]);
      expect((await clients.student.get(`/assignments/${id}`)).body.data).toMatchObject({
        dueAt: iso(2),
        mine: { excused: true },
        can: { start: false },
      });
      expect((await clients.teacher.delete(path)).status).toBe(204);
      expect((await clients.teacher.delete(path)).status).toBe(404);
      expect(await trail(id)).toEqual([
        'assignment.created',
        'assignment.published',
        'assignment.override_set',
        'assignment.override_set',
        'assignment.override_removed',
      ]);
    });

    it('are set by people who plan, for students of the class, with dates in order', async () => {
      const { id } = await published({ opensAt: iso(1), dueAt: iso(2), closesAt: iso(3) });
      const path = `/assignments/${id}/overrides/${studentId}`;
      expect((await clients.teacher.put(path).send({ dueAt: iso(4) })).status).toBe(400);
      expect((await clients.teacher.put(path).send({ late: true })).status).toBe(400);
      for (const userId of [teacherId, newId()])
        expect((await clients.teacher.put(`/assignments/${id}/overrides/${userId}`).send({})).status).toBe(
          404,
        );
      for (const name of ['student', 'observer', 'colleague', 'staff'] as const) {
        expect([name, (await clients[name].put(path).send({})).status]).toEqual([name, 403]);
        expect([name, (await clients[name].get(`/assignments/${id}/overrides`)).status]).toEqual([name, 403]);
        expect([name, (await clients[name].delete(path)).status]).toEqual([name, 403]);
      }
      expect((await clients.stranger.put(path).send({})).status).toBe(404);
      expect((await app.anonymous.put(path).send({})).status).toBe(401);
    });
  });

  async function trail(id: string): Promise<string[]> {
    const rows = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { subjectId: id },
      orderBy: { seq: 'asc' },
    });
    return rows.map((row) => row.action);
  }
});
