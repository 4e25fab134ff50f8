import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

type Group = { id: string; tenantId: string; path: string };

const chat = {
  name: 'Partner',
  version: '1.0',
  type: 'chat',
  behavior: 'SECRET: ask first.',
  meta: { subject: 'Physics', description: 'Asks before it answers' },
};
const product = {
  name: 'Quiz',
  version: '1.0',
  type: 'product',
  behavior: 'Write a quiz.',
  input_schema: { type: 'object' },
  output_schema: { type: 'object' },
};

describe('/tools', () => {
  let app: TestApp;
  let world: World;
  let district: Group;
  let school: Group;
  let teacherId: string;
  let teacher: Client;
  let colleague: Client;
  let admin: Client;
  let student: Client;
  let stranger: Client;

  beforeAll(async () => {
    app = await createTestApp();
    world = new World(app.container);
    district = await world.group();
    school = await world.group({ under: district });
    teacherId = (await world.member(school, 'teacher')).id;
    teacher = await app.as(teacherId);
    colleague = await app.as((await world.member(school, 'teacher')).id);
    admin = await app.as((await world.member(district, 'admin')).id);
    student = await app.as((await world.member(school, 'student')).id);
    const elsewhere = await world.group();
    stranger = await app.as((await world.member(elsewhere, 'teacher')).id);
  });
  afterAll(() => app.close());

  const create = async (body: object = {}, client = teacher) => {
    const response = await client.post('/tools').send({ groupId: school.id, definition: chat, ...body });
    expect(response.status).toBe(201);
    return response.body.data;
  };

  describe('POST /tools', () => {
    it('makes a draft of version 1', async () => {
      const response = await teacher.post('/tools').send({ groupId: school.id, definition: product });
      expect(response.status).toBe(201);
      const { data } = response.body;
      expect(data).toMatchObject({
        groupId: school.id,
        state: 'draft',
        version: 1,
        visibility: 'private',
        type: 'product',
        name: 'Quiz',
        forkable: false,
        forkedFrom: null,
      });
      expect(data.definition).toEqual(product);
      expect(data.can).toEqual({
        ...{ update: true, publish: true, archive: true, restore: false },
        ...{ fork: true, use: true, readVersions: true },
      });
      expect(response.headers.location).toBe(`/api/v1/tools/${data.id}`);
      expect(response.headers.etag).toMatch(/^"1-/);
      expect(await trail(data.id)).toEqual(['tool.created']);
    });

    it('happens once for an Idempotency-Key', async () => {
      const send = () =>
        teacher
          .post('/tools')
          .set('Idempotency-Key', 'create-once')
          .send({ groupId: school.id, definition: chat });
      const [first, second] = [await send(), await send()];
      expect(second.status).toBe(201);
      expect(second.body).toEqual(first.body);
    });

    it.each([
      ['no group', { definition: chat }],
      ['an unknown field', { groupId: newId(), definition: chat, state: 'published' }],
      ['an unknown visibility', { groupId: newId(), definition: chat, visibility: 'all' }],
    ])('refuses %s', async (_name, body) => {
      expect((await teacher.post('/tools').send(body)).status).toBe(400);
    });

    it('names the place in the definition that is wrong', async () => {
      const definition = {
        ...product,
        input_schema: { type: 'object', properties: { word: { type: 'string', pattern: '(?<=a)b' } } },
      };
      const response = await teacher.post('/tools').send({ groupId: school.id, definition });
      expect(response.status).toBe(400);
      expect(response.body.error.details.issues).toEqual([
        expect.objectContaining({
          path: 'body.definition.input_schema.properties.word.pattern',
          reason: 'pattern_unsupported',
        }),
      ]);
    });

    it('refuses people who teach nowhere before it reads the body', async () => {
      const json = { 'Content-Type': 'application/json' };
      for (const body of [JSON.stringify({ groupId: school.id, definition: chat }), '{"half']) {
        expect((await student.post('/tools').set(json).send(body)).status).toBe(403);
        expect((await teacher.post('/tools').set(json).send(body)).status).toBe(
          body === '{"half' ? 400 : 201,
        );
      }
    });

    it('is for people who teach there', async () => {
      const body = { groupId: school.id, definition: chat };
      expect((await app.anonymous.post('/tools').send(body)).status).toBe(401);
      expect((await stranger.post('/tools').send(body)).status).toBe(404);
      expect((await teacher.post('/tools').send({ ...body, groupId: newId() })).status).toBe(404);
      expect((await admin.post('/tools').send(body)).status).toBe(201);
    });
  });

  describe('GET /tools/:id', () => {
    it('shows the behavior only to editors', async () => {
      const { id } = await create({ visibility: 'group' });
      await teacher.post(`/tools/${id}/publish`).send({});
      expect((await admin.get(`/tools/${id}`)).body.data.definition.behavior).toBe(chat.behavior);
      const seen = await colleague.get(`/tools/${id}`);
      expect(seen.status).toBe(200);
      expect(seen.text).not.toContain('SECRET');
      expect(seen.body.data.can).toEqual({
        update: false,
        publish: false,
        archive: false,
        restore: false,
        fork: false,
        use: true,
        readVersions: true,
      });
    });

    it('answers 404 to people who may not see it, and 401 without a sign-in', async () => {
      const { id } = await create({ visibility: 'group' });
      for (const client of [colleague, student, stranger])
        expect((await client.get(`/tools/${id}`)).status).toBe(404);
      expect((await app.anonymous.get(`/tools/${id}`)).status).toBe(401);
      expect((await teacher.get(`/tools/${newId()}`)).status).toBe(404);
      expect((await teacher.get('/tools/7')).status).toBe(400);
    });

    it('answers 304 to an ETag that still holds', async () => {
      const { id } = await create();
      const { etag } = (await teacher.get(`/tools/${id}`)).headers;
      expect((await teacher.get(`/tools/${id}`).set('If-None-Match', etag as string)).status).toBe(304);
    });
  });

  describe('GET /tools', () => {
    it('filters, sorts and pages', async () => {
      const group = await world.group({ under: school });
      for (const name of ['Alpha 100%', 'Beta', 'Gamma'])
        await create({ groupId: group.id, definition: { ...chat, name } });
      const list = async (query: string) => (await teacher.get(`/tools?groupId=${group.id}&${query}`)).body;
      const names = async (query: string) =>
        (await list(query)).data.map((tool: { name: string }) => tool.name);
      expect(await names('')).toEqual(['Alpha 100%', 'Beta', 'Gamma']);
      expect(await names('sort=-name')).toEqual(['Gamma', 'Beta', 'Alpha 100%']);
      expect(await names('sort=-createdAt&limit=1')).toEqual(['Gamma']);
      expect(await names('q=100%25')).toEqual(['Alpha 100%']);
      expect(await names('q=before+it')).toHaveLength(3);
      expect(await names('q=_')).toEqual([]);
      expect(await names('subject=physics&type=chat&state=draft&mine=true')).toHaveLength(3);
      expect(await names('mine=false')).toEqual([]);
      expect(await names('state=published')).toEqual([]);
      expect(
        await names(`updatedSince=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`),
      ).toEqual([]);
      const first = await list('cursor=&limit=2');
      expect(await names(`cursor=${first.meta.pagination.nextCursor}&limit=2`)).toEqual(['Gamma']);
      expect((await list('page=2&limit=2')).meta.pagination).toEqual({
        page: 2,
        limit: 2,
        total: 3,
        totalPages: 2,
      });
      expect((await list('')).data[0]).not.toHaveProperty('definition');
    });

    it('refuses unknown filters and callers who are not signed in', async () => {
      expect((await teacher.get('/tools?colour=red')).status).toBe(400);
      expect((await app.anonymous.get('/tools')).status).toBe(401);
    });
  });

  describe('PATCH /tools/:id', () => {
    it('creates the next version and keeps the old one unchanged', async () => {
      const { id } = await create();
      const definition = { ...chat, name: 'Better partner', behavior: 'SECRET 2' };
      const response = await teacher.patch(`/tools/${id}`).set('If-Match', '"1"').send({ definition });
      expect(response.status).toBe(200);
      expect(response.body.data).toMatchObject({ version: 2, name: 'Better partner', definition });
      expect(response.headers.etag).toMatch(/^"2-/);
      expect((await teacher.get(`/tools/${id}/versions/1`)).body.data.definition).toEqual(chat);
      expect(await trail(id)).toEqual(['tool.created', 'tool.updated']);
    });

    it('creates no version without a change', async () => {
      const { id } = await create();
      const { behavior, ...rest } = chat;
      const response = await teacher.patch(`/tools/${id}`).send({ definition: { behavior, ...rest } });
      expect(response.body.data.version).toBe(1);
    });

    it('changes visibility, forkable and group', async () => {
      const { id } = await create();
      const below = await world.group({ under: school });
      const response = await teacher
        .patch(`/tools/${id}`)
        .send({ visibility: 'tenant', forkable: true, groupId: below.id });
      expect(response.body.data).toMatchObject({
        visibility: 'tenant',
        forkable: true,
        groupId: below.id,
        version: 1,
      });
    });

    it('refuses a lost race, another type, and groups out of reach', async () => {
      const { id } = await create();
      await teacher.patch(`/tools/${id}`).send({ definition: { ...chat, name: 'Two' } });
      const late = await teacher
        .patch(`/tools/${id}`)
        .set('If-Match', '"1"')
        .send({ definition: { ...chat, name: 'Three' } });
      expect(late.status).toBe(412);
      const type = await teacher.patch(`/tools/${id}`).send({ definition: product });
      expect([type.status, type.body.error.details.reason]).toEqual([409, 'tool.type_fixed']);
      const elsewhere = await world.group();
      expect((await teacher.patch(`/tools/${id}`).send({ groupId: elsewhere.id })).status).toBe(404);
      const platformAdmin = await app.as((await world.user({ isPlatformAdmin: true })).id);
      const moved = await platformAdmin.patch(`/tools/${id}`).send({ groupId: elsewhere.id });
      expect([moved.status, moved.body.error.details.reason]).toEqual([409, 'tool.other_tenant']);
      expect(
        (await teacher.patch(`/tools/${id}`).send({ definition: { ...chat, behavior: '' } })).status,
      ).toBe(400);
    });

    it('is for editors', async () => {
      const { id } = await create({ visibility: 'group' });
      await teacher.post(`/tools/${id}/publish`).send({});
      expect((await app.anonymous.patch(`/tools/${id}`).send({})).status).toBe(401);
      expect((await colleague.patch(`/tools/${id}`).send({ visibility: 'private' })).status).toBe(403);
      expect((await stranger.patch(`/tools/${id}`).send({ visibility: 'private' })).status).toBe(404);
      expect((await admin.patch(`/tools/${id}`).send({ visibility: 'private' })).status).toBe(200);
    });
  });

  describe('POST /tools/:id/publish and DELETE /tools/:id', () => {
    it('offer a tool, take it away and bring it back', async () => {
      const { id } = await create({ visibility: 'group' });
      const published = await teacher.post(`/tools/${id}/publish`).send({});
      expect(published.body.data).toMatchObject({
        state: 'published',
        version: 1,
        publishedAt: expect.any(String),
      });
      expect((await teacher.post(`/tools/${id}/publish`).send({})).status).toBe(200);
      expect((await colleague.get(`/tools/${id}`)).status).toBe(200);

      expect((await colleague.delete(`/tools/${id}`)).status).toBe(403);
      expect((await teacher.delete(`/tools/${id}`).set('If-Match', '"7"')).status).toBe(412);
      expect((await teacher.delete(`/tools/${id}`)).status).toBe(204);
      for (const client of [teacher, colleague, admin])
        expect((await client.get(`/tools/${id}`)).status).toBe(404);
      expect((await teacher.delete(`/tools/${id}`)).status).toBe(404);
      expect((await teacher.patch(`/tools/${id}`).send({ forkable: true })).status).toBe(404);

      const archived = async (client: Client) =>
        (await client.get('/tools?state=archived&limit=100')).body.data.map(
          (tool: { id: string }) => tool.id,
        );
      expect(await archived(teacher)).toContain(id);
      expect(await archived(colleague)).not.toContain(id);
      expect((await colleague.post(`/tools/${id}/publish`).send({})).status).toBe(404);
      expect((await teacher.post(`/tools/${id}/publish`).send({})).body.data.state).toBe('published');
      expect((await colleague.get(`/tools/${id}`)).status).toBe(200);
      expect(await trail(id)).toEqual(['tool.created', 'tool.published', 'tool.archived', 'tool.published']);
    });

    it('restores an archived one as it was, for people who may archive it', async () => {
      for (const state of ['draft', 'published'] as const) {
        const { id } = await create();
        if (state === 'published') await teacher.post(`/tools/${id}/publish`).send({});
        const restore = (client: Client) => client.post(`/tools/${id}/restore`).send({});
        expect((await restore(teacher)).body.data.state).toBe(state);
        expect((await teacher.delete(`/tools/${id}`)).status).toBe(204);
        expect((await restore(colleague)).status).toBe(404);
        expect((await restore(admin)).body.data).toMatchObject({
          state,
          can: { archive: true, restore: false },
        });
        expect((await trail(id)).slice(-2)).toEqual(['tool.archived', 'tool.restored']);
      }
      expect((await app.anonymous.post(`/tools/${school.id}/restore`).send({})).status).toBe(401);
      expect((await teacher.post('/tools/x/restore').send({})).status).toBe(400);
    });

    it('are for editors', async () => {
      const { id } = await create();
      for (const client of [colleague, student, stranger]) {
        expect((await client.post(`/tools/${id}/publish`).send({})).status).toBe(404);
        expect((await client.delete(`/tools/${id}`)).status).toBe(404);
      }
      expect((await app.anonymous.delete(`/tools/${id}`)).status).toBe(401);
      expect((await teacher.post(`/tools/${id}/publish`).send({ visibility: 'public' })).status).toBe(400);
    });
  });

  describe('POST /tools/:id/fork', () => {
    it('copies what the author has opened for copies, and one’s own', async () => {
      const { id } = await create({ visibility: 'public' });
      await teacher.post(`/tools/${id}/publish`).send({});
      const home = await world.group();
      const other = await app.as((await world.member(home, 'teacher')).id);
      expect((await other.get(`/tools/${id}`)).body.data.author).toBeNull();
      expect((await other.post(`/tools/${id}/fork`).send({ groupId: home.id })).status).toBe(403);

      await teacher.patch(`/tools/${id}`).send({ forkable: true });
      const fork = await other.post(`/tools/${id}/fork`).send({ groupId: home.id });
      expect(fork.status).toBe(201);
      expect(fork.body.data).toMatchObject({
        state: 'draft',
        visibility: 'private',
        version: 1,
        groupId: home.id,
        forkedFrom: { toolId: id, version: 1 },
        definition: chat,
      });
      expect(fork.headers.location).toBe(`/api/v1/tools/${fork.body.data.id}`);
      expect((await other.post(`/tools/${id}/fork`).send({ groupId: school.id })).status).toBe(404);
      expect((await other.post(`/tools/${id}/fork`).send({})).status).toBe(400);
      expect((await app.anonymous.post(`/tools/${id}/fork`).send({ groupId: home.id })).status).toBe(401);
      expect((await teacher.post(`/tools/${id}/fork`).send({ groupId: school.id })).status).toBe(201);
      expect((await student.post(`/tools/${id}/fork`).send({ groupId: school.id })).status).toBe(404);
    });
  });

  describe('a tool that was assigned', () => {
    it('shows its students the version that they were given, without its secrets or history', async () => {
      // Stored before modules were refused.
      const modules = [{ name: 'answer-guard', config: { answers: ['SECRET 42'] } }];
      const values = { visibility: 'private', definition: { ...chat, modules } };
      const { id } = await world.tool(school, { id: teacherId }, values);
      const schoolClass = await world.class(school);
      const pupil = await world.classMember(schoolClass, 'student');
      await world.classMember(schoolClass, 'teacher', { id: teacherId });
      const client = await app.as(pupil.id);
      expect((await client.get(`/tools/${id}`)).status).toBe(404);

      const assignment = await world.assignment(
        schoolClass,
        { id, version: 1 },
        { id: teacherId },
        { state: 'draft' },
      );
      expect((await client.get(`/tools/${id}`)).status).toBe(404);
      await app.container.platform.db.execute(
        sql`UPDATE assignments SET state = 'published', published_at = now() WHERE id = ${assignment.id}::uuid`,
      );
      await teacher
        .patch(`/tools/${id}`)
        .send({ definition: { ...chat, name: 'Later', behavior: 'SECRET later' } });

      const seen = await client.get(`/tools/${id}`);
      expect(seen.status).toBe(200);
      expect(seen.body.data).toMatchObject({
        name: 'Partner',
        version: 1,
        can: { use: true, update: false, readVersions: false },
      });
      expect(seen.body.data.definition.modules).toEqual([{ name: 'answer-guard' }]);
      expect(seen.text).not.toContain('SECRET');
      for (const path of ['/versions', '/versions/1', '/versions/1/diff/2'])
        expect((await client.get(`/tools/${id}${path}`)).status).toBe(403);
      expect((await client.get('/tools')).body.data).toHaveLength(1);
      expect((await client.patch(`/tools/${id}`).send({ forkable: true })).status).toBe(403);

      const principal = (await app.container.access.findPrincipal(pupil.id, {
        sessionId: null,
        kind: 'system',
        scopes: null,
      }))!;
      expect(await app.container.tools.reader.findUsable(principal, id)).toMatchObject({
        version: 1,
        classId: schoolClass.id,
      });
      await app.container.platform.db.execute(
        sql`UPDATE assignments SET closes_at = now() - interval '1 minute' WHERE id = ${assignment.id}::uuid`,
      );
      expect(await app.container.tools.reader.findUsable(principal, id)).toBeNull();
      await expect(app.container.tools.reader.getUsable(principal, id)).rejects.toMatchObject({
        kind: 'forbidden',
      });
      expect((await client.get(`/tools/${id}`)).body.data.can.use).toBe(false);
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
