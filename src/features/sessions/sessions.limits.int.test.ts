import { sql } from '../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { FakeModelServer, model } from '../../testing/fake-model-server';
import { buildClassroom, buildSession, type Classroom, SseClient, storedMessages } from './sessions.builder';

describe('the limits that groups set on the use of AI', () => {
  let app: TestApp;
  let fake: FakeModelServer;
  let room: Classroom;
  let asAdmin: Client;
  let session: string;

  beforeAll(async () => {
    fake = await FakeModelServer.start();
    app = await createTestApp({ env: { AI_GATEWAY_URL: fake.url, AI_DEFAULT_MODEL: 'usual' } });
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });
  beforeEach(async () => {
    fake.reset();
    fake.fallback = model.says('Yes?');
    room = await buildClassroom(app, {
      model: 'dear',
      constraints: { max_messages: 5, max_session_duration: 60 },
    });
    asAdmin = await app.as((await room.world.member(room.school, 'admin')).id);
    session = await buildSession(room);
  });

  const limit = (ai: Record<string, unknown>) =>
    asAdmin.patch(`/groups/${room.school.id}`).send({ settings: { ai } }).expect(200);
  const say = (content = 'Hello') => room.asStudent.post(`/sessions/${session}/messages`).send({ content });
  const shown = async (client = room.asStudent) =>
    (await client.get(`/sessions/${session}`).expect(200)).body.data;
  const modelsAsked = () => fake.requests.map(({ body }) => (body as { model: string }).model);

  it('switched off: no chat and no message, which is not stored, until it is on again', async () => {
    await limit({ enabled: false });
    const begun = await room.asStudent.post('/sessions').send({ toolId: room.tool.id });
    const said = await say();
    for (const { status, body } of [begun, said])
      expect([status, body.error.code, body.error.details.reason]).toEqual([
        403,
        'FORBIDDEN',
        'ai.switched_off',
      ]);
    const stream = await SseClient.say(app, room.asStudent, session, 'Hello');
    expect(stream.response.status).toBe(403);
    stream.drop();
    expect(fake.requests).toEqual([]);
    expect(await storedMessages(app, session)).toEqual([]);
    await limit({ enabled: true });
    expect((await say()).status).toBe(201);
  });

  it('switched off: no product run, neither a new one nor one that waits', async () => {
    const product = await room.world.tool(room.school, room.teacher, { type: 'product' });
    const run = { toolId: product.id, input: { topic: 'light' } };
    const waiting = (await room.asTeacher.post('/runs').send(run).expect(202)).body.data.id;
    await limit({ enabled: false });
    const refused = await room.asTeacher.post('/runs').send(run).expect(403);
    expect(refused.body.error.details.reason).toBe('ai.switched_off');
    const { execution } = app.container.runs;
    await execution.begin(waiting);
    await expect(execution.execute(waiting, new AbortController().signal)).rejects.toMatchObject({
      kind: 'forbidden',
      details: { reason: 'ai.switched_off' },
    });
    expect(fake.requests).toEqual([]);
  });

  it('holds what people may do with a tool of another tenant, too', async () => {
    const elsewhere = await buildClassroom(app);
    await app.container.platform.db.execute(
      sql`UPDATE tools SET visibility = 'public' WHERE id = ${elsewhere.tool.id}::uuid`,
    );
    expect((await room.asTeacher.post('/sessions').send({ toolId: elsewhere.tool.id })).status).toBe(201);
    await limit({ enabled: false });
    const refused = await room.asTeacher.post('/sessions').send({ toolId: elsewhere.tool.id }).expect(403);
    expect(refused.body.error.details.reason).toBe('ai.switched_off');
  });

  it('fewer messages than the tool allows: shown, and held to', async () => {
    expect((await shown()).maxMessages).toBe(5);
    await limit({ maxMessagesPerSession: 2 });
    expect((await shown()).maxMessages).toBe(2);
    const [listed] = (await room.asStudent.get('/sessions').expect(200)).body.data;
    expect(listed).toMatchObject({ id: session, maxMessages: 2 });
    for (const status of [201, 201, 409]) expect((await say()).status).toBe(status);
    expect((await say()).body.error.details).toMatchObject({ reason: 'session.message_limit' });
    // More than the tool allows changes nothing.
    await limit({ maxMessagesPerSession: 100 });
    expect((await shown()).maxMessages).toBe(5);
  });

  it('less time than the tool allows: shown, and held to', async () => {
    await limit({ maxSessionMinutes: 20 });
    const { createdAt, expiresAt } = await shown();
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(20 * 60_000);
    expect((await say()).status).toBe(201);
    await app.container.platform.db.execute(
      sql`UPDATE sessions SET created_at = created_at - interval '21 minutes' WHERE id = ${session}::uuid`,
    );
    expect((await shown()).can.write).toBe(false);
    expect((await say()).body.error.details.reason).toBe('session.expired');
    expect((await shown()).state).toBe('expired');
  });

  it('only some models: another one, or none', async () => {
    expect((await say()).status).toBe(201);
    await limit({ allowedModels: ['cheap', 'usual'] });
    expect((await say()).status).toBe(201);
    await limit({ allowedModels: ['cheap'] });
    expect((await say()).status).toBe(201);
    expect(modelsAsked()).toEqual(['dear', 'usual', 'cheap']);
    await limit({ allowedModels: [] });
    const refused = await say();
    expect([refused.status, refused.body.error.details.reason]).toEqual([403, 'ai.no_model_allowed']);
    expect(await storedMessages(app, session)).toHaveLength(6);
  });
});
