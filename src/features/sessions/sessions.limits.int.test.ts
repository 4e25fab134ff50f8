import type { Response } from 'supertest';
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

  it('also limits work with a tool of another tenant', async () => {
    const elsewhere = await buildClassroom(app);
    await app.container.platform.db.execute(
      sql`UPDATE tools SET visibility = 'public' WHERE id = ${elsewhere.tool.id}::uuid`,
    );
    expect((await room.asTeacher.post('/sessions').send({ toolId: elsewhere.tool.id })).status).toBe(201);
    await limit({ enabled: false });
    const refused = await room.asTeacher.post('/sessions').send({ toolId: elsewhere.tool.id }).expect(403);
    expect(refused.body.error.details.reason).toBe('ai.switched_off');
  });

  it("come from a person's own school, whichever school's tool they use", async () => {
    const { world } = room;
    const district = await world.group();
    const own = await world.group({ under: district });
    const sibling = await world.group({ under: district });
    const asDistrict = await app.as((await world.member(district, 'admin')).id);
    const asColleague = await app.as((await world.member(own, 'teacher')).id);
    const author = await world.member(sibling, 'teacher');
    const shared = await world.tool(sibling, author, { visibility: 'tenant' });
    const product = await world.tool(sibling, author, { visibility: 'tenant', type: 'product' });
    const begin = () => asColleague.post('/sessions').send({ toolId: shared.id });
    const chat = (await begin()).body.data.id;
    const sayThere = () => asColleague.post(`/sessions/${chat}/messages`).send({ content: 'Hello' });
    const run = () => asColleague.post('/runs').send({ toolId: product.id, input: { topic: 'light' } });
    expect([(await sayThere()).status, (await run()).status]).toEqual([201, 202]);
    await asDistrict
      .patch(`/groups/${own.id}`)
      .send({ settings: { ai: { enabled: false } } })
      .expect(200);
    for (const refused of [await begin(), await sayThere(), await run()])
      expect([refused.status, refused.body.error.details.reason]).toEqual([403, 'ai.switched_off']);
  });

  it('fewer messages than the tool allows: shown, and held to', async () => {
    expect((await shown()).maxMessages).toBe(5);
    await limit({ maxMessagesPerSession: 2 });
    expect((await shown()).maxMessages).toBe(2);
    const [listed] = (await room.asStudent.get('/sessions').expect(200)).body.data;
    expect(listed).toMatchObject({ id: session, maxMessages: 2 });
    for (const status of [201, 201, 409]) expect((await say()).status).toBe(status);
    expect((await say()).body.error.details).toMatchObject({ reason: 'session.message_limit' });
    // A higher limit than the tool's changes nothing.
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

  describe('belong to the work', () => {
    const complete = (id: string) => room.asStudent.post(`/sessions/${id}/complete`).send({}).expect(200);
    const attempt = async () => {
      const { world, schoolClass, tool, teacher } = room;
      const { id } = await world.assignment(schoolClass, tool, teacher);
      return (await room.asStudent.post(`/assignments/${id}/submissions`).send({}).expect(201)).body.data.id;
    };
    const reasonOf = ({ status, body }: Response) => [status, body.error?.details.reason];
    const age = (id: string, minutes: number) =>
      app.container.platform.db.execute(
        sql`UPDATE sessions SET created_at = created_at - make_interval(mins => ${minutes}::int),
              last_activity_at = now() WHERE id = ${id}::uuid`,
      );
    const works: [string, () => Promise<object>][] = [
      ['an attempt', async () => ({ submissionId: await attempt() })],
      ['a tool in a class', async () => ({ toolId: room.tool.id })],
    ];

    beforeEach(() => complete(session));

    it.each(works)('a second chat on %s goes on counting the messages of the first', async (_name, work) => {
      const on = await work();
      const begin = () => room.asStudent.post('/sessions').send(on);
      session = (await begin()).body.data.id;
      for (const status of [201, 201, 201]) expect((await say()).status).toBe(status);
      await complete(session);
      session = (await begin()).body.data.id;
      expect(await shown()).toMatchObject({ messageCount: 0, maxMessages: 5, messagesLeft: 2 });
      for (const status of [201, 201, 409]) expect((await say()).status).toBe(status);
      expect(reasonOf(await say())).toEqual([409, 'session.message_limit']);
      expect((await shown()).messagesLeft).toBe(0);
      await complete(session);
      expect(reasonOf(await begin())).toEqual([409, 'session.message_limit']);
    });

    it.each(works)('a second chat on %s has the time that the first has left', async (_name, work) => {
      const on = await work();
      const begin = () => room.asStudent.post('/sessions').send(on);
      session = (await begin()).body.data.id;
      expect((await say()).status).toBe(201);
      await age(session, 45);
      await complete(session);
      session = (await begin()).body.data.id;
      const { createdAt, expiresAt } = await shown();
      expect((Date.parse(expiresAt) - Date.parse(createdAt)) / 60_000).toBeCloseTo(15, 0);
      await age(session, 16);
      expect(reasonOf(await say())).toEqual([409, 'session.expired']);
      expect(reasonOf(await begin())).toEqual([409, 'session.time_limit']);
    });

    it('hold for chats with a tool in a class that are open side by side', async () => {
      const begin = () => room.asStudent.post('/sessions').send({ toolId: room.tool.id }).expect(201);
      const [one, other] = [(await begin()).body.data.id, (await begin()).body.data.id];
      for (const [chat, status] of [
        [one, 201],
        [other, 201],
        [one, 201],
        [other, 201],
        [one, 201],
        [other, 409],
      ] as const) {
        session = chat;
        expect((await say()).status).toBe(status);
      }
    });

    it('of a class outside of any attempt start again the next day', async () => {
      const begin = () => room.asStudent.post('/sessions').send({ toolId: room.tool.id }).expect(201);
      session = (await begin()).body.data.id;
      expect((await say()).status).toBe(201);
      await complete(session);
      await app.container.platform.db.execute(
        sql`UPDATE sessions SET created_at = created_at - interval '25 hours' WHERE user_id = ${room.student.id}::uuid`,
      );
      session = (await begin()).body.data.id;
      expect((await shown()).messagesLeft).toBe(5);
    });
  });

  describe('and answers that failed', () => {
    it('give the message back, and are not sent again', async () => {
      fake.next(model.refuses());
      const refused = await say('Something that the filter of the provider refuses');
      expect([refused.status, refused.body.error.details.reason]).toEqual([422, 'ai.filtered']);
      expect(await shown()).toMatchObject({ messageCount: 0, messagesLeft: 5 });
      fake.next(model.resetsAfter('Half an '));
      expect((await say('Broken off')).status).toBeGreaterThanOrEqual(500);
      expect((await shown()).messagesLeft).toBe(5);
      for (const status of [201, 201, 201, 201, 201, 409]) expect((await say()).status).toBe(status);
      const sent = fake.requests
        .at(-1)!
        .body.messages.map(({ content }) => content)
        .join('\n');
      expect(sent).not.toMatch(/filter|Broken|Half an/);
      expect(await storedMessages(app, session)).toHaveLength(14);
    });

    const lastTurnDies = async () => {
      const { db } = app.container.platform;
      await db.execute(
        sql`UPDATE messages m SET state = 'streaming' FROM sessions s
            WHERE s.id = ${session}::uuid AND m.session_id = s.id AND m.seq = s.last_seq`,
      );
      await db.execute(
        sql`UPDATE sessions SET turn_deadline_at = now() - interval '1 second' WHERE id = ${session}::uuid`,
      );
    };

    it('give the message back once, if the process that made them died', async () => {
      const { cleanup } = app.container.sessions;
      const sweep = () => cleanup.freeStuckTurns({ limit: 100 });
      expect((await say()).status).toBe(201);
      await lastTurnDies();
      await sweep();
      expect((await shown()).messagesLeft).toBe(5);
      await sweep();
      expect((await shown()).messagesLeft).toBe(5);
    });

    it('give the last message back to the next one', async () => {
      for (const status of [201, 201, 201, 201, 201, 409]) expect((await say()).status).toBe(status);
      await lastTurnDies();
      for (const status of [201, 409]) expect((await say()).status).toBe(status);
    });
  });
});
