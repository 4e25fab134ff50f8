import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import type { WorkerProcess } from '../../workflows/runtime/worker-process';
import { startTestWorker } from '../../workflows/testing/test-worker';
import { readMail } from '../features/mails/mails.builder';
import { type Client, createTestApp, type TestApp } from './app';
import { FakeMailServer } from './mail-server';
import { createTestNamespace, type TestNamespace } from './temporal';

const PASSWORD = 'seven wet otters on a raft';
const OPERATOR = 'operator@journey.example';
const TEACHER = 'teacher@journey.example';
const STUDENT = 'student@journey.example';
const CLASSMATE = 'classmate@journey.example';

/** A run needs a workflow, and the machine may be busy with other tests. */
const RUN_LIMIT_MS = 30_000;

const CANARY = 'CANARY-b7e1';

const CHAT_TOOL = {
  name: 'Fraction coach',
  version: '1.0',
  type: 'chat',
  behavior: `${CANARY}: ask one question at a time and never tell the result.`,
  constraints: { topics: ['fractions'], no_direct_answers: true, max_messages: 10 },
  meta: { subject: 'Mathematics', grades: [6] },
};

const PRODUCT_TOOL = {
  name: 'Outline builder',
  version: '1.0',
  type: 'product',
  behavior: `${CANARY}: turn ideas into an outline.`,
  input_schema: {
    type: 'object',
    additionalProperties: false,
    required: ['topic'],
    properties: { topic: { type: 'string', minLength: 3 } },
  },
  output_schema: {
    type: 'object',
    additionalProperties: false,
    required: ['title', 'points'],
    properties: {
      title: { type: 'string' },
      points: { type: 'array', minItems: 2, maxItems: 5, items: { type: 'string' } },
    },
  },
};

/** `data` of an answer that must have this status; otherwise the error shows the whole answer. */
function dataOf(response: Response, status: number) {
  if (response.status !== status)
    throw new Error(`${response.status} instead of ${status}: ${response.text}`);
  return response.body.data;
}

/** The events of a `text/event-stream`, in order. */
function eventsOf(body: string): { event: string; data: Record<string, unknown> }[] {
  const field = (block: string, name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
  return body
    .split('\n\n')
    .map((block) => ({
      event: field(block, 'event') ?? '',
      data: JSON.parse(field(block, 'data') ?? 'null'),
    }))
    .filter(({ event }) => event !== '');
}

describe('the main job, over REST alone', () => {
  let app: TestApp;
  let mails: FakeMailServer;
  let namespace: TestNamespace;
  let worker: WorkerProcess;
  let operator: Client;
  let teacher: Client;
  let student: Client;
  let classmate: Client;
  /** Ids of the objects that the story has created so far. */
  const made: Record<string, string> = {};

  /** Registers a person, who confirms their address, and signs them in again, as a client would the next day. */
  async function newcomer(email: string, name: string): Promise<Client> {
    await app.anonymous.post('/auth/register').send({ email, password: PASSWORD, name }).expect(201);
    await app.anonymous
      .post('/auth/email/verify')
      .send({ token: await tokenFor(email, '/verify-email') })
      .expect(204);
    return logIn(email);
  }

  /** What stands in the link of the mail that the worker sends. */
  async function tokenFor(email: string, page: string): Promise<string> {
    for (;;) {
      const mail = mails.received.map(readMail).find(({ to, text }) => to === email && text.includes(page));
      if (mail !== undefined) return mail.token;
      await sleep(20);
    }
  }

  /** Joins the school: the operator invites, and the person accepts. */
  async function join(client: Client, email: string, role: string): Promise<void> {
    dataOf(await operator.post(`/groups/${made.school}/invitations`).send({ emails: [email], role }), 200);
    const token = await tokenFor(email, '/invitation');
    expect(dataOf(await client.post('/auth/invitations/accept').send({ token }), 200).role).toBe(role);
  }

  async function logIn(email: string): Promise<Client> {
    const signIn = dataOf(await app.anonymous.post('/auth/login').send({ email, password: PASSWORD }), 200);
    return app.withToken(signIn.accessToken);
  }

  beforeAll(async () => {
    [namespace, mails] = await Promise.all([createTestNamespace(), FakeMailServer.start()]);
    const env = {
      SMTP_URL: mails.url,
      MAIL_FROM: 'a@journey.example',
      WEB_APP_URL: 'https://journey.example',
    };
    app = await createTestApp({ env: { ...namespace.env, ...env } });
    worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace, env });
    const { accounts } = app.container.auth;
    await accounts.create({ email: OPERATOR, name: 'Operator', password: PASSWORD, isPlatformAdmin: true });
    operator = await logIn(OPERATOR);
  });

  afterAll(async () => {
    await worker?.stop();
    await app?.close();
    await namespace?.close();
    await mails?.stop();
  });

  it('lets the operator make a district with a school, and a teacher in it', async () => {
    teacher = await newcomer(TEACHER, 'Ines Okafor');
    made.district = dataOf(await operator.post('/groups').send({ name: 'Journey District' }), 201).id;
    const school = { name: 'River School', parentId: made.district };
    made.school = dataOf(await operator.post('/groups').send(school), 201).id;
    await join(teacher, TEACHER, 'teacher');
  });

  it('lets the teacher make a class and bring in students, whom the school has taken in', async () => {
    student = await newcomer(STUDENT, 'Noor Abara');
    classmate = await newcomer(CLASSMATE, 'Theo Bakshi');
    const created = dataOf(
      await teacher.post('/classes').send({ groupId: made.school, name: 'Math 6' }),
      201,
    );
    made.class = created.id;
    const member = { email: STUDENT, role: 'student' };
    await join(student, STUDENT, 'student');
    await join(classmate, CLASSMATE, 'student');
    dataOf(await teacher.post(`/classes/${made.class}/members`).send(member), 201);
    dataOf(await classmate.post('/classes/join').send({ code: created.joinCode }), 200);
    const roster = dataOf(await teacher.get(`/classes/${made.class}/roster?role=student`), 200);
    expect(roster.map((entry: { name: string }) => entry.name)).toEqual(['Noor Abara', 'Theo Bakshi']);
  });

  it('lets the teacher write a chat tool and a product tool, and publish both', async () => {
    for (const [key, definition] of Object.entries({ chatTool: CHAT_TOOL, productTool: PRODUCT_TOOL })) {
      const draft = dataOf(
        await teacher.post('/tools').send({ groupId: made.school, visibility: 'group', definition }),
        201,
      );
      expect(draft).toMatchObject({ state: 'draft', version: 1 });
      made[key] = draft.id;
      expect(dataOf(await teacher.post(`/tools/${draft.id}/publish`).send({}), 200).state).toBe('published');
    }
    expect((await student.get(`/tools/${made.chatTool}`)).status).toBe(404);
  });

  it('lets the teacher assign both; students see them once they are published', async () => {
    const dueAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
    for (const [key, tool] of [
      ['chatWork', 'chatTool'],
      ['productWork', 'productTool'],
    ] as const) {
      const assignment = {
        classId: made.class,
        toolId: made[tool],
        title: `Work with ${tool}`,
        points: 20,
        dueAt,
      };
      made[key] = dataOf(await teacher.post('/assignments').send(assignment), 201).id;
      expect((await student.get(`/assignments/${made[key]}`)).status).toBe(404);
      dataOf(await teacher.post(`/assignments/${made[key]}/publish`).send({}), 200);
    }
    expect(dataOf(await student.get(`/classes/${made.class}/assignments`), 200)).toHaveLength(2);
    expect((await student.get(`/tools/${made.chatTool}`)).status).toBe(200);
  });

  it('lets a student begin and chat, with an answer as JSON and one as a stream', async () => {
    const attempt = dataOf(await student.post(`/assignments/${made.chatWork}/submissions`).send({}), 201);
    expect(attempt).toMatchObject({ attempt: 1, state: 'in_progress' });
    made.submission = attempt.id;
    made.session = dataOf(await student.post('/sessions').send({ submissionId: attempt.id }), 201).id;
    const messages = `/sessions/${made.session}/messages`;
    const turn = dataOf(await student.post(messages).send({ content: 'Is 3/8 more than 2/5?' }), 201);
    expect(turn).toMatchObject({
      userMessage: { seq: 1, role: 'user', content: 'Is 3/8 more than 2/5?' },
      assistantMessage: { seq: 2, role: 'assistant', state: 'complete' },
    });
    const streamed = await student
      .post(messages)
      .set('Accept', 'text/event-stream')
      .send({ content: 'Because 8 is more.' });
    const events = eventsOf(streamed.text);
    expect(events[0]?.event).toBe('message.start');
    expect(events.at(-1)).toMatchObject({
      event: 'message.done',
      data: { assistantMessage: { seq: 4, state: 'complete' } },
    });
    const text = events
      .filter(({ event }) => event === 'message.delta')
      .map(({ data }) => data.text)
      .join('');
    const stored = dataOf(await student.get(`${messages}?limit=10`), 200);
    expect(stored).toHaveLength(4);
    expect(text).toBe(stored[3].content);
    expect(text).not.toBe('');
  });

  it('lets the student run the product tool, and refuses invalid input', async () => {
    const attempt = dataOf(await student.post(`/assignments/${made.productWork}/submissions`).send({}), 201);
    made.productSubmission = attempt.id;
    expect(
      (await student.post('/runs').send({ submissionId: attempt.id, input: { topic: 'x' } })).status,
    ).toBe(400);
    const queued = await student
      .post('/runs')
      .send({ submissionId: attempt.id, input: { topic: 'the water cycle' } });
    made.run = dataOf(queued, 202).id;
    expect(queued.headers.location).toBe(`/api/v1/runs/${made.run}`);
    const end = Date.now() + RUN_LIMIT_MS;
    let run = dataOf(await student.get(`/runs/${made.run}`), 200);
    while (['queued', 'running'].includes(run.state) && Date.now() < end) {
      await sleep(50);
      run = dataOf(await student.get(`/runs/${made.run}`), 200);
    }
    expect(run).toMatchObject({ state: 'succeeded', errorCode: null });
    const { output } = dataOf(await student.get(`/runs/${made.run}/result`), 200);
    expect(typeof output.title).toBe('string');
    expect(output.points.length).toBeGreaterThanOrEqual(2);
    dataOf(await student.post(`/submissions/${attempt.id}/submit`).send({}), 200);
  });

  it('lets the student write an answer and submit it once', async () => {
    const path = `/submissions/${made.submission}`;
    dataOf(
      await student.patch(path).send({ answer: '2/5 is larger, because 16/40 is more than 15/40.' }),
      200,
    );
    const handedIn = dataOf(await student.post(`${path}/submit`).send({}), 200);
    expect(handedIn).toMatchObject({ state: 'submitted', late: false });
    expect((await student.post(`${path}/submit`).send({})).status).toBe(409);
    expect((await student.patch(path).send({ answer: 'changed' })).status).toBe(409);
    expect(
      (await student.post(`/sessions/${made.session}/messages`).send({ content: 'One more?' })).status,
    ).toBe(409);
  });

  it('keeps the work of one student from another', async () => {
    for (const path of [
      `/submissions/${made.submission}`,
      `/sessions/${made.session}`,
      `/sessions/${made.session}/messages`,
      `/runs/${made.run}`,
      `/runs/${made.run}/result`,
    ]) {
      expect((await classmate.get(path)).status).toBe(404);
    }
    expect(dataOf(await classmate.get(`/assignments/${made.chatWork}/submissions`), 200)).toEqual([]);
  });

  it('lets the teacher read the work with its chat and its run', async () => {
    const list = dataOf(await teacher.get(`/assignments/${made.chatWork}/submissions?state=submitted`), 200);
    expect(list).toMatchObject([{ id: made.submission, user: { name: 'Noor Abara' }, state: 'submitted' }]);
    const work = dataOf(await teacher.get(`/submissions/${made.submission}`), 200);
    expect(work).toMatchObject({
      answer: '2/5 is larger, because 16/40 is more than 15/40.',
      sessionId: made.session,
    });
    expect(dataOf(await teacher.get(`/sessions/${made.session}/messages`), 200)).toHaveLength(4);
    expect(dataOf(await teacher.get(`/submissions/${made.productSubmission}`), 200).runId).toBe(made.run);
    expect(dataOf(await teacher.get(`/runs/${made.run}`), 200).input).toEqual({ topic: 'the water cycle' });
  });

  it('keeps the grade to the teacher until the work is returned', async () => {
    const path = `/submissions/${made.submission}`;
    const grade = { score: 17.5, feedback: 'Well argued. Show it on a number line as well.' };
    expect((await student.post(`${path}/grade`).send(grade)).status).toBe(403);
    expect(dataOf(await teacher.post(`${path}/grade`).send(grade), 200).draft).toMatchObject(grade);
    const before = await student.get(path);
    expect(dataOf(before, 200)).toMatchObject({ score: null, feedback: null, draft: null, returnedAt: null });
    expect(before.text).not.toContain('number line');
    dataOf(await teacher.post(`${path}/return`).send({}), 200);
    const after = dataOf(await student.get(path), 200);
    expect(after).toMatchObject({ state: 'returned', score: 17.5, feedback: grade.feedback });
  });

  it('shows the instructions of the tools only to their author on the way', async () => {
    expect((await teacher.get(`/tools/${made.chatTool}`)).text).toContain(CANARY);
    const { submission, session, run, chatTool, productTool, chatWork, class: classId } = made;
    const paths = [
      `/submissions/${submission}`, `/sessions/${session}`, `/sessions/${session}/messages`, `/runs/${run}`, `/runs/${run}/result`,
      `/tools/${chatTool}`, `/tools/${productTool}`, `/tools`, `/assignments/${chatWork}`, `/classes/${classId}/assignments`,
    ]; // biome-ignore format: a list to be read at a glance
    for (const path of paths) {
      const answer = await student.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text).not.toContain(CANARY);
    }
  });
});
