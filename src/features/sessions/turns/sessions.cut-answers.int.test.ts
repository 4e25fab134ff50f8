import type { TestApp } from '../../../testing/app';
import { type FakeModelServer, model } from '../../../testing/fake-model-server';
import {
  buildClassroom,
  buildSession,
  type Classroom,
  eventually,
  SseClient,
  storedCalls,
  storedMessages,
  TwoProcesses,
} from '../sessions.builder';

describe('answers that end before they are whole', () => {
  let processes: TwoProcesses;
  let fake: FakeModelServer;
  let one: TestApp;
  let other: TestApp;
  let room: Classroom;
  let session: string;

  beforeAll(async () => {
    processes = await TwoProcesses.start();
    ({ fake, one, other } = processes);
  });
  afterAll(() => processes.stop());
  beforeEach(async () => {
    fake.reset();
    room = await buildClassroom(one, { constraints: { max_messages: 2 } });
    session = await buildSession(room);
  });

  const say = (body: object) => room.asStudent.post(`/sessions/${session}/messages`).send(body);
  const used = async () => (await room.asStudent.get(`/sessions/${session}`)).body.data.messageCount;

  const can = async (client = room.asStudent) => {
    const { write, stopAnswer, continue: goOn } = (await client.get(`/sessions/${session}`)).body.data.can;
    return { write, stopAnswer, goOn };
  };

  async function answering(text: string) {
    const held = model.held();
    fake.next(held);
    const stream = await SseClient.say(one, room.asStudent, session, 'Hello');
    const reply = await held.reply();
    reply.text(text);
    await stream.until((event) => event.event === 'message.delta');
    return { stream, reply };
  }

  it('are marked as truncated at the token limit, and continue on request, beyond the message limit', async () => {
    fake.next(model.says('Whole.'), model.pieces(['One, two, '], 'length'), model.says('three.'));
    expect((await say({ content: 'Hello' })).body.data.assistantMessage).toMatchObject({
      truncated: false,
      cutBy: null,
      continues: false,
    });
    expect(await can()).toEqual({ write: true, stopAnswer: false, goOn: false });
    const nothing = await say({ continue: true });
    expect([nothing.status, nothing.body.error.details.reason]).toEqual([409, 'session.nothing_to_continue']);
    const cut = await say({ content: 'Count' });
    expect(cut.body.data.assistantMessage).toMatchObject({
      content: 'One, two, ',
      state: 'complete',
      truncated: true,
      cutBy: 'length',
    });
    expect(await can()).toEqual({ write: false, stopAnswer: false, goOn: true });
    expect(await can(room.asTeacher)).toEqual({ write: false, stopAnswer: false, goOn: false });
    expect((await say({ content: 'More' })).body.error.details.reason).toBe('session.message_limit');
    const rest = await say({ continue: true });
    expect(rest.body.data).toMatchObject({
      userMessage: { continues: true },
      assistantMessage: { content: 'three.', continues: true, truncated: false },
    });
    expect(fake.requests.at(-1)?.body.messages.slice(-2)).toEqual([
      { role: 'assistant', content: 'One, two, ' },
      { role: 'user', content: expect.stringContaining('Continue') },
    ]);
    expect(await used()).toBe(2);
    expect((await say({ content: 'both', continue: true })).status).toBe(400);
    expect((await say({})).status).toBe(400);
  });

  it('give no message back when the continuation fails', async () => {
    fake.next(model.pieces(['One, '], 'length'), model.refuses());
    await say({ content: 'Count' });
    expect((await say({ continue: true })).status).toBe(422);
    expect(await used()).toBe(1);
  });

  it('say so at the end of the stream', async () => {
    fake.next(model.pieces(['One, '], 'length'));
    const stream = await SseClient.say(one, room.asStudent, session, 'Count');
    expect((await stream.all()).at(-1)).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { truncated: true, cutBy: 'length' } },
    });
  });

  it('are stopped by the student, keep what had arrived, count, and can be continued', async () => {
    const { stream } = await answering('One, two, ');
    expect(await can()).toEqual({ write: false, stopAnswer: true, goOn: false });
    const stopped = await room.asStudent.post(`/sessions/${session}/messages/stop`);
    expect(stopped.status).toBe(200);
    expect(stopped.body.data.assistantMessage).toMatchObject({
      content: 'One, two, ',
      state: 'complete',
      errorCode: null,
      truncated: true,
      cutBy: 'stopped',
    });
    expect((await stream.all()).at(-1)).toMatchObject({ event: 'message.done' });
    expect(await can()).toEqual({ write: true, stopAnswer: false, goOn: true });
    await eventually(() => fake.requests[0]?.hungUpAt !== null);
    expect(await storedCalls(one, session)).toEqual([{ state: 'aborted', errorCode: 'ai.interrupted' }]);
    expect(await used()).toBe(1);
    expect((await room.asStudent.post(`/sessions/${session}/messages/stop`)).status).toBe(200);
    fake.next(model.says('three.'));
    expect((await say({ continue: true })).body.data.assistantMessage.content).toBe('three.');
    const again = await room.asStudent.post(`/sessions/${session}/messages/stop`);
    expect([again.status, again.body.error.details.reason]).toEqual([409, 'session.not_answering']);
  });

  it('are stopped immediately from another process', async () => {
    const { stream } = await answering('One, ');
    const there = await other.as(room.student.id);
    expect((await there.post(`/sessions/${session}/messages/stop`)).status).toBe(200);
    expect((await stream.all()).at(-1)).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { content: 'One, ', cutBy: 'stopped' } },
    });
    expect((await storedMessages(one, session)).at(-1)).toMatchObject({
      state: 'complete',
      content: 'One, ',
    });
  });

  it('are stopped by nobody but their reader', async () => {
    const { stream, reply } = await answering('One, ');
    expect((await room.asTeacher.post(`/sessions/${session}/messages/stop`)).status).toBe(403);
    const stranger = await one.as((await room.world.user({ tenantId: room.school.tenantId })).id);
    expect((await stranger.post(`/sessions/${session}/messages/stop`)).status).toBe(404);
    expect((await one.anonymous.post(`/sessions/${session}/messages/stop`)).status).toBe(401);
    expect((await room.asStudent.post('/sessions/nonsense/messages/stop')).status).toBe(400);
    reply.text('two.').finish();
    expect((await stream.all()).at(-1)).toMatchObject({ event: 'message.done' });
  });

  it('are withdrawn from the stream and from the stored text when a content filter cuts them', async () => {
    fake.next(model.pieces(['Something ', 'nasty'], 'content_filter'));
    const stream = await SseClient.say(one, room.asStudent, session, 'Count');
    const events = await stream.all();
    expect(events.map(({ event }) => event).slice(-2)).toEqual(['message.withdrawn', 'error']);
    expect(events.at(-1)?.data).toMatchObject({ code: 'ai.filtered', assistantMessage: { content: '' } });
    expect((await storedMessages(one, session)).at(-1)).toMatchObject({
      content: '',
      errorCode: 'ai.filtered',
    });
    expect(await used()).toBe(0);
  });
});
