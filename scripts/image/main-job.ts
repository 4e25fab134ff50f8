import { setTimeout as sleep } from 'node:timers/promises';

/** A run and an export are workflows; on a busy machine the first one takes its time. */
const JOB_LIMIT_MS = 60_000;
const POLL_MS = 100;
const PASSWORD = 'seven wet otters on a raft';

const CHAT_TOOL = {
  name: 'Fraction coach',
  version: '1.0',
  type: 'chat',
  behavior: 'Ask one question at a time and never tell the result.',
};

const PRODUCT_TOOL = {
  name: 'Outline builder',
  version: '1.0',
  type: 'product',
  behavior: 'Turn ideas into an outline.',
  input_schema: { type: 'object', required: ['topic'], properties: { topic: { type: 'string' } } },
  output_schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
};

type Data = Record<string, string> & { output?: unknown };

/** The REST API as one person uses it. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly token: string | null = null,
  ) {}

  async logIn(email: string, password: string): Promise<ApiClient> {
    const { accessToken = '' } = await this.send('POST', '/auth/login', { email, password });
    return new ApiClient(this.url, accessToken);
  }

  /** The first admin, who must choose a password of their own; an earlier run may have done so. */
  async enterAsFirstAdmin(email: string, password: string): Promise<ApiClient> {
    const chosen = `${password}, and a heron`;
    const first = await this.ask('POST', '/auth/login', { email, password });
    if (first.ok) {
      const { data } = (await first.json()) as { data: Data };
      const body = { currentPassword: password, newPassword: chosen };
      await new ApiClient(this.url, data.accessToken ?? '').ask('POST', '/auth/password', body);
    }
    return this.logIn(email, chosen);
  }

  /** Somebody new, signed in. */
  async register(email: string, name: string): Promise<ApiClient> {
    await this.send('POST', '/auth/register', { email, name, password: PASSWORD });
    return this.logIn(email, PASSWORD);
  }

  /** @returns `data` of the answer. @throws Error with the answer, unless it is a 2xx. */
  async send(method: string, path: string, body?: object): Promise<Data> {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: Data }).data;
  }

  ask(method: string, path: string, body?: object, accept = 'application/json'): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        Accept: accept,
        'Content-Type': 'application/json',
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Asks again until the state is one that lasts. */
  async untilEnded(path: string, limitMs = JOB_LIMIT_MS): Promise<Data> {
    const end = Date.now() + limitMs;
    for (;;) {
      const data = await this.send('GET', path);
      if (data.state !== 'queued' && data.state !== 'running') return data;
      if (Date.now() > end) throw new Error(`${path} is still ${data.state}`);
      await sleep(POLL_MS);
    }
  }
}

function expectThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
}

export interface MainJobOptions {
  url: string;
  admin: { email: string; password: string };
  tell: (line: string) => void;
}

/** What `playMainJob` has made, for those who go on with it. */
export interface Played {
  teacher: ApiClient;
  classId: string;
}

/**
 * What the product is for, over REST alone: a teacher writes tools and gives them to a class, a student chats, runs one
 * and hands in, the teacher grades and returns, and takes the grades home as a file.
 * @throws Error at the first answer that is not as it should be.
 */
export async function playMainJob({ url, admin, tell }: MainJobOptions): Promise<Played> {
  const nobody = new ApiClient(url);
  const operator = await nobody.enterAsFirstAdmin(admin.email, admin.password);
  const teacher = await nobody.register('teacher@image.example', 'Ines Okafor');
  const student = await nobody.register('student@image.example', 'Noor Abara');
  const { id: groupId = '' } = await operator.send('POST', '/groups', { name: 'Image District' });
  await operator.send('POST', `/groups/${groupId}/members`, {
    email: 'teacher@image.example',
    role: 'teacher',
  });
  const { id: classId = '' } = await teacher.send('POST', '/classes', { groupId, name: 'Math 6' });
  const pupil = { email: 'student@image.example', role: 'student' };
  await operator.send('POST', `/groups/${groupId}/members`, pupil);
  await teacher.send('POST', `/classes/${classId}/members`, pupil);
  tell('a district, a class, a teacher and a student');
  const chat = await assign(teacher, { groupId, classId }, CHAT_TOOL);
  const product = await assign(teacher, { groupId, classId }, PRODUCT_TOOL);
  tell('two tools written, published and assigned');
  const submission = await chatAndHandIn(student, chat);
  tell('a chat, streamed, and handed in');
  await runProduct(student, product);
  tell('a product run, made by the worker');
  await teacher.send('POST', `/submissions/${submission}/grade`, { score: 9, feedback: 'Well argued.' });
  await teacher.send('POST', `/submissions/${submission}/return`, {});
  const { score, state } = await student.send('GET', `/submissions/${submission}`);
  expectThat(Number(score) === 9 && state === 'returned', 'the student sees the grade');
  tell('graded and returned');
  const file = await exportFile(teacher, { kind: 'gradebook', format: 'csv', scope: { classId } });
  expectThat(file.includes('Noor Abara'), 'the grades are in the file');
  tell('the grades exported by the worker, and downloaded through the API');
  return { teacher, classId };
}

async function assign(
  teacher: ApiClient,
  { groupId, classId }: { groupId: string; classId: string },
  definition: object,
): Promise<string> {
  const { id: toolId } = await teacher.send('POST', '/tools', { groupId, visibility: 'group', definition });
  await teacher.send('POST', `/tools/${toolId}/publish`, {});
  const { id = '' } = await teacher.send('POST', '/assignments', {
    classId,
    toolId,
    title: 'Work',
    points: 10,
  });
  await teacher.send('POST', `/assignments/${id}/publish`, {});
  return id;
}

async function chatAndHandIn(student: ApiClient, assignment: string): Promise<string> {
  const { id = '' } = await student.send('POST', `/assignments/${assignment}/submissions`, {});
  const { id: session } = await student.send('POST', '/sessions', { submissionId: id });
  const message = { content: 'Is 3/8 more than 2/5?' };
  const answer = await student.ask('POST', `/sessions/${session}/messages`, message, 'text/event-stream');
  expectThat((await answer.text()).includes('event: message.done'), 'the answer streams to its end');
  await student.send('PATCH', `/submissions/${id}`, { answer: '16/40 is more than 15/40.' });
  const { state } = await student.send('POST', `/submissions/${id}/submit`, {});
  expectThat(state === 'submitted', 'the work is handed in');
  return id;
}

async function runProduct(student: ApiClient, assignment: string): Promise<void> {
  const { id: submissionId } = await student.send('POST', `/assignments/${assignment}/submissions`, {});
  const { id } = await student.send('POST', '/runs', { submissionId, input: { topic: 'the water cycle' } });
  const { state } = await student.untilEnded(`/runs/${id}`);
  expectThat(state === 'succeeded', `the run succeeds (${state})`);
  const { output } = await student.send('GET', `/runs/${id}/result`);
  expectThat(typeof (output as { title?: unknown }).title === 'string', 'the output fits its schema');
}

/** Asks for an export, waits for it and downloads it. */
export async function exportFile(client: ApiClient, wanted: object, limitMs = JOB_LIMIT_MS): Promise<string> {
  const { id } = await client.send('POST', '/exports', wanted);
  const { state } = await client.untilEnded(`/exports/${id}`, limitMs);
  expectThat(state === 'succeeded', `the export succeeds (${state})`);
  const { url = '' } = await client.send('POST', `/exports/${id}/link`, {});
  const response = await client.ask('GET', url.slice(url.indexOf('/exports/')));
  const text = await response.text();
  expectThat(response.ok, `the file is there (${response.status} ${text.slice(0, 300)})`);
  return text;
}
