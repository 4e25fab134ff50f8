import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { type FakeModelServer, model } from '../../../testing/fake-model-server';
import { Stopwatch } from '../../../testing/stopwatch';
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

describe('chat over two processes with one database', () => {
  let processes: TwoProcesses;
  let fake: FakeModelServer;
  let one: TestApp;
  let other: TestApp;
  let room: Classroom;
  let session: string;
  /** The student and the teacher, as clients of the other process. */
  let studentThere: Client;
  let teacherThere: Client;

  beforeAll(async () => {
    processes = await TwoProcesses.start();
    ({ fake, one, other } = processes);
  });
  afterAll(() => processes.stop());
  beforeEach(async () => {
    fake.reset();
    room = await buildClassroom(one);
    session = await buildSession(room);
    studentThere = await other.as(room.student.id);
    teacherThere = await other.as(room.teacher.id);
  });

  async function answeringHere(text: string, headers: Record<string, string> = {}) {
    const held = model.held();
    fake.next(held);
    const stream = await SseClient.say(one, room.asStudent, session, 'Hello', headers);
    const reply = await held.reply();
    reply.text(text);
    await stream.until((event) => event.event === 'message.delta');
    return { stream, reply };
  }

  it('accepts one message at a time, in any process', async () => {
    const { stream, reply } = await answeringHere('Begun ');
    const refused = await studentThere.post(`/sessions/${session}/messages`).send({ content: 'Me too' });
    expect([refused.status, refused.body.error.details.reason]).toEqual([409, 'session.turn_in_progress']);
    reply.text('and ended.').finish();
    await stream.all();
    fake.next(model.says('From there.'));
    const next = await studentThere.post(`/sessions/${session}/messages`).send({ content: 'And now' });
    expect(next.body.data.assistantMessage.content).toBe('From there.');
    expect(fake.requests[1]!.body.messages.slice(1).map((message) => message.content)).toEqual([
      'Hello',
      'Begun and ended.',
      'And now',
    ]);
  });

  it('begins one turn for one key, when both processes are asked at once', async () => {
    fake.fallback = model.says('Only once.', { everyMs: 50 });
    const say = (client: Client) =>
      client
        .post(`/sessions/${session}/messages`)
        .set('Idempotency-Key', 'two-processes')
        .send({ content: 'Hello' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => say(n % 2 === 0 ? room.asStudent : studentThere)),
    );
    expect(answers.every((answer) => [201, 409].includes(answer.status))).toBe(true);
    await eventually(async () => (await say(studentThere)).status === 201);
    expect(fake.requests).toHaveLength(1);
    expect(await storedMessages(one, session)).toHaveLength(2);
  });

  it('breaks the answer off in the other process within two seconds of the stop', async () => {
    const { stream, reply } = await answeringHere('Begun ');
    const watch = new Stopwatch();
    expect((await teacherThere.post(`/sessions/${session}/stop`)).status).toBe(200);
    expect((await stream.all()).at(-1)).toMatchObject({ event: 'error', data: { code: 'session.stopped' } });
    expect(watch.stop()).toBeLessThan(2_000);
    await eventually(() => reply.hungUp, 1_000);
    await eventually(async () => (await storedMessages(one, session))[1]!.content === 'Begun ');
    expect((await storedMessages(one, session))[1]).toMatchObject({
      state: 'failed',
      errorCode: 'session.stopped',
    });
  });

  it('aborts it even if the notice of the stop is lost', async () => {
    const { reply } = await answeringHere('Begun ');
    // Directly in the database, without a notice to the processes.
    await one.container.platform.db.execute(
      sql`WITH s AS (UPDATE sessions SET state = 'stopped', ended_at = now(), turn_deadline_at = NULL WHERE id = ${session}::uuid)
          UPDATE messages SET state = 'failed', error_code = 'session.stopped' WHERE session_id = ${session}::uuid AND state = 'streaming'`,
    );
    reply.text('more ');
    await eventually(() => reply.hungUp, 2_000);
    expect((await storedMessages(one, session))[1]).toMatchObject({
      state: 'failed',
      errorCode: 'session.stopped',
    });
  });

  it('lets the client follow the answer through the other process, from its position', async () => {
    const { stream, reply } = await answeringHere('Begun ', { 'Idempotency-Key': 'follow-1' });
    stream.drop();
    const { id } = stream.events[0]!.data.assistantMessage;
    const headers = { 'Last-Event-ID': stream.last!.id };
    const there = await SseClient.open(other, studentThere, `/sessions/${session}/messages/${id}/stream`, {
      headers,
    });
    const again = await SseClient.say(other, studentThere, session, 'Hello', {
      ...headers,
      'Idempotency-Key': 'follow-1',
    });
    reply.text('in the middle ');
    await there.until((event) => event.event === 'message.delta');
    expect(there.text).toBe('in the middle ');
    reply.text('and ended.').finish();
    await Promise.all([there.all(), again.all()]);
    expect([there.text, again.text]).toEqual(['in the middle and ended.', 'in the middle and ended.']);
    expect([there.last!.event, again.last!.event]).toEqual(['message.done', 'message.done']);
    expect(fake.requests).toHaveLength(1);
  });

  it('ends streams and answers of a shutting-down process in order', async () => {
    const { database } = processes;
    const third = await createTestApp({ database, env: { AI_GATEWAY_URL: fake.url } });
    const asStudent = await third.as(room.student.id);
    const quick = model.held();
    const slow = model.held();
    fake.next(quick, slow);
    const second = await buildSession(room);
    const ends = await SseClient.say(third, asStudent, session, 'Hello');
    const breaks = await SseClient.say(third, asStudent, second, 'Hello');
    (await quick.reply()).text('Quick ');
    (await slow.reply()).text('Slow ');
    const elsewhere = await answeringElsewhere();
    const watching = await SseClient.open(
      third,
      asStudent,
      `/sessions/${elsewhere.session}/messages/${elsewhere.id}/stream`,
    );

    const drained = third.container.sessions.drain(4_000);
    expect(
      (await asStudent.post(`/sessions/${await buildSession(room)}/messages`).send({ content: 'New' }))
        .status,
    ).toBe(503);
    (await quick.reply()).text('answer.').finish();
    await drained;
    await Promise.all([ends.all(), breaks.all(), watching.all()]);
    expect(ends.last).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { content: 'Quick answer.' } },
    });
    expect(breaks.last).toMatchObject({
      event: 'error',
      data: { code: 'ai.interrupted', assistantMessage: { content: 'Slow ', state: 'failed' } },
    });
    expect(watching.last).toMatchObject({ event: 'error', data: { code: 'server.shutdown' } });
    expect((await storedMessages(one, second))[1]).toMatchObject({
      state: 'failed',
      errorCode: 'ai.interrupted',
      content: 'Slow ',
    });
    expect(await storedCalls(one, second)).toEqual([{ state: 'aborted', errorCode: 'ai.interrupted' }]);
    elsewhere.finish();
    await third.close();
    // The next message works, through another process.
    fake.next(model.says('Here.'));
    expect(
      (await room.asStudent.post(`/sessions/${second}/messages`).send({ content: 'Again' })).status,
    ).toBe(201);
  });

  async function answeringElsewhere() {
    const id = await buildSession(room);
    const held = model.held();
    fake.next(held);
    const stream = await SseClient.say(one, room.asStudent, id, 'Hello');
    const reply = await held.reply();
    // The model keeps writing, so that no time limit ends it.
    const talking = setInterval(() => reply.text('There '), 500);
    await stream.next();
    return {
      session: id,
      id: stream.events[0]!.data.assistantMessage.id as string,
      finish: () => {
        clearInterval(talking);
        reply.text('x').finish();
      },
    };
  }

  it('stores the answer once the database lets it, after trouble at the end', async () => {
    const { stream, reply } = await answeringHere('Begun ');
    const { db } = other.container.platform;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Longer than a statement of the API may take.
    const locking = db.transaction(async () => {
      await db.execute(sql`SELECT 1 FROM sessions WHERE id = ${session}::uuid FOR UPDATE`);
      await held;
    });
    reply.text('and ended.').finish();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    release();
    await locking;
    expect((await stream.all()).at(-1)).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { content: 'Begun and ended.' } },
    });
    expect((await storedMessages(one, session))[1]).toMatchObject({
      state: 'complete',
      content: 'Begun and ended.',
    });
  });

  it('serves a crowd over both processes without mixing anything up', async () => {
    fake.fallback = async (reply) =>
      model.says(`Echo ${reply.request.body.messages.at(-1)?.content}`, { everyMs: 2 })(reply);
    const crowd = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { world, schoolClass, tool } = room;
        const student = await world.classMember(schoolClass, 'student');
        const here = await one.as(student.id);
        const id = (await here.post('/sessions').send({ toolId: tool.id })).body.data.id as string;
        return { id, clients: [here, await other.as(student.id)] };
      }),
    );
    await Promise.all(
      crowd.map(async ({ id, clients }, who) => {
        for (let n = 0; n < 4; n += 1) {
          const answer = await clients[n % 2]!.post(`/sessions/${id}/messages`).send({
            content: `${who}.${n}`,
          });
          expect(answer.body.data?.assistantMessage.content).toBe(`Echo ${who}.${n}`);
        }
      }),
    );
    const pending = await one.container.platform.db.execute(
      sql`SELECT 1 FROM ai_calls WHERE state = 'pending'`,
    );
    expect(pending).toBe(0);
  });
});
