import Ajv from 'ajv';
import { RE2JS } from 're2js';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const chat = { name: 'Partner', version: '1.0', type: 'chat', behavior: 'Ask first.' };
const object = { type: 'object' };
const product = { ...chat, type: 'product', input_schema: object, output_schema: object };

/** 25 KB: each pattern is small, but together they took a second and a half. */
const manyPatterns = {
  ...product,
  input_schema: {
    allOf: Array.from({ length: 400 }, (_, i) => ({ pattern: `^(?:[a-z]{2,9}${i}|\\pL+ )+$` })),
  },
};
const withPattern = (pattern: string) => ({ ...product, output_schema: { properties: { a: { pattern } } } });

describe('the definition of a tool', () => {
  let app: TestApp;
  let world: World;
  let school: Awaited<ReturnType<World['group']>>;
  let teacher: Client;
  let platformAdmin: Client;

  beforeAll(async () => {
    app = await createTestApp({ env: { RATE_LIMIT_DEFINITIONS_PER_MINUTE: '60' } });
    world = new World(app.container);
    school = await world.group({ under: await world.group() });
    teacher = await app.as((await world.member(school, 'teacher')).id);
    platformAdmin = await app.as((await world.user({ isPlatformAdmin: true })).id);
  });
  afterAll(() => app.close());

  const send = (client: Client, definition: unknown) =>
    client.post('/tools').send({ groupId: school.id, definition });
  const issuesOf = (answer: { body: { error: { details: { issues: unknown[] } } } }) =>
    answer.body.error.details.issues;

  describe('is not compiled', () => {
    const compilations = [jest.spyOn(RE2JS, 'compile'), jest.spyOn(Ajv.prototype, 'compile')];
    beforeEach(() => {
      for (const compile of compilations) compile.mockClear();
    });
    const threads = () => app.container.platform.schemas.definitions.threads;

    it('are not compiled for a person who may not create a tool here', async () => {
      const student = await app.as((await world.member(school, 'student')).id);
      const nobody = await app.as((await world.user()).id);
      const stranger = await app.as((await world.member(await world.group(), 'teacher')).id);
      const { id } = await world.tool(school, await world.member(school, 'teacher'));
      for (const definition of [manyPatterns, withPattern('\\pL{900}')]) {
        expect((await send(student, definition)).status).toBe(403);
        expect((await send(nobody, definition)).status).toBe(403);
        expect((await send(stranger, definition)).status).toBe(404);
        for (const client of [student, nobody])
          expect((await client.patch(`/tools/${id}`).send({ definition })).status).toBe(403);
        expect((await stranger.patch(`/tools/${id}`).send({ definition })).status).toBe(404);
      }
      expect(threads()).toBe(0);
      for (const compile of compilations) expect(compile).not.toHaveBeenCalled();
    });

    it('are never compiled by the process itself, not even for their author', async () => {
      const refused = await send(teacher, manyPatterns);
      expect(refused.status).toBe(400);
      expect(issuesOf(refused)).toEqual([
        expect.objectContaining({
          path: 'body.definition.input_schema.allOf[100].pattern',
          reason: 'too_many_patterns',
        }),
      ]);
      expect((await send(teacher, withPattern('^[a-z]{1,20}$'))).status).toBe(201);
      expect(threads()).toBe(1);
      for (const compile of compilations) expect(compile).not.toHaveBeenCalled();
    });
  });

  it('is refused with the path in its schemas', async () => {
    const refused = await send(teacher, withPattern('(?=x)'));
    expect(refused.status).toBe(400);
    expect(issuesOf(refused)).toEqual([
      expect.objectContaining({
        path: 'body.definition.output_schema.properties.a.pattern',
        reason: 'pattern_unsupported',
      }),
    ]);
  });

  it('may have properties of any name, which pollute nothing', async () => {
    const properties = {
      constructor: { type: 'string' },
      prototype: { polluted: { type: 'string' } }.polluted,
    };
    const definition = {
      ...product,
      input_schema: { type: 'object', properties, required: ['constructor'] },
    };
    const made = await send(teacher, definition);
    expect(made.status).toBe(201);
    expect(made.body.data.definition.input_schema).toEqual(definition.input_schema);
    const { id } = made.body.data;
    const input = { constructor: 'x', prototype: 'y' };
    const run = await teacher.post('/runs').send({ toolId: id, input });
    expect(run.status).toBe(202);
    expect((await teacher.get(`/runs/${run.body.data.id}`)).body.data.input).toEqual(input);
    expect((await teacher.post('/runs').send({ toolId: id, input: {} })).status).toBe(400);
    const polluting = `{"groupId":"${school.id}","definition":{"__proto__":{"polluted":true}}}`;
    const refused = await teacher.post('/tools').set('Content-Type', 'application/json').send(polluting);
    expect(refused.status).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('may not name a module, because none can run', async () => {
    const refused = await send(teacher, { ...chat, modules: [{ name: 'topic-guard' }] });
    expect(refused.status).toBe(400);
    expect(issuesOf(refused)).toEqual([
      expect.objectContaining({ path: 'body.definition.modules[0].name', reason: 'unknown_module' }),
    ]);
    expect((await send(teacher, { ...chat, modules: [] })).status).toBe(201);
  });

  describe('may name a model', () => {
    let fork: (id: string) => Promise<{ status: number; body: { data: { definition: object } } }>;
    const model = (name: string) => ({ ...chat, model: name });
    const list = (name: string, more: object = {}) =>
      platformAdmin
        .post('/admin/ai-models')
        .send({ tenantId: school.tenantId, name, displayName: name, ...more });

    beforeAll(() => {
      fork = async (id) => teacher.post(`/tools/${id}/fork`).send({ groupId: school.id });
    });

    it('that is listed and switched on', async () => {
      const refused = await send(teacher, model('no/such-model'));
      expect(refused.status).toBe(400);
      expect(issuesOf(refused)).toEqual([
        expect.objectContaining({ path: 'body.definition.model', reason: 'unknown_model' }),
      ]);
      expect((await list('listed/model')).status).toBe(201);
      expect((await list('other/model', { enabled: false })).status).toBe(201);
      expect((await send(teacher, model('listed/model'))).status).toBe(201);
      expect((await send(teacher, model('other/model'))).status).toBe(400);
      expect((await send(teacher, model('demo-tutor'))).status).toBe(201);
    });

    it('that the groups above leave, and not carry it elsewhere', async () => {
      const narrow = await world.group({ under: school });
      const { id } = (await send(teacher, model('listed/model'))).body.data;
      const admin = await app.as((await world.member(school, 'admin')).id);
      const settings = { ai: { allowedModels: ['another/model'] } };
      expect((await admin.patch(`/groups/${narrow.id}`).send({ settings })).status).toBe(200);
      const groupId = narrow.id;
      expect((await teacher.post('/tools').send({ groupId, definition: model('listed/model') })).status).toBe(
        400,
      );
      const moved = await teacher.patch(`/tools/${id}`).send({ groupId });
      expect(moved.status).toBe(400);
      expect(issuesOf(moved)).toEqual([
        expect.objectContaining({ path: 'body.groupId', reason: 'unknown_model' }),
      ]);
      const copy = await teacher.post(`/tools/${id}/fork`).send({ groupId });
      expect([copy.status, copy.body.data.definition]).toEqual([201, chat]);
    });

    it('that may be gone later: then the chat says so, and so does going back to it', async () => {
      const row = (await list('leaving/model')).body.data;
      const { id } = (await send(teacher, model('leaving/model'))).body.data;
      expect((await fork(id)).body.data.definition).toEqual(model('leaving/model'));
      const session = (await teacher.post('/sessions').send({ toolId: id })).body.data.id;
      const say = () => teacher.post(`/sessions/${session}/messages`).send({ content: 'Hello' });
      expect((await say()).status).toBe(201);
      expect((await platformAdmin.delete(`/admin/ai-models/${row.id}`)).status).toBe(204);
      const refused = await say();
      expect([refused.status, refused.body.error.details.reason]).toEqual([409, 'ai.model_unavailable']);

      expect((await teacher.patch(`/tools/${id}`).send({ definition: chat })).status).toBe(200);
      const back = await teacher.post(`/tools/${id}/rollback`).send({ version: 1 });
      expect([back.status, back.body.error.details.reason]).toEqual([409, 'tool.version_outdated']);
    });
  });

  it('is checked so many times a minute for one person, and no more', async () => {
    const eager = await app.as((await world.member(school, 'teacher')).id);
    const statuses: number[] = [];
    for (let i = 0; i < 62; i += 1) statuses.push((await send(eager, chat)).status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(60);
    expect(statuses.slice(60)).toEqual([429, 429]);
    expect((await eager.get('/tools')).status).toBe(200);
  });
});
