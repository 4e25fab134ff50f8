import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** A run and an export are workflows: the first one is slow, and Temporal notices a killed worker late. */
const JOB_LIMIT_MS = 240_000;
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

export const TEACHER = 'teacher@image.example';
const STUDENT = 'student@image.example';

type Data = Record<string, string> & { output?: unknown };
type Answer = Pick<RequestInit, 'method' | 'body'> & { headers: Record<string, string> };
type Fetch = (url: string, init: Answer) => Promise<Response>;

/** `fetch` for a server with a certificate of this authority, such as Caddy's own for `localhost`. */
export function fetchTrusting(ca: string): Fetch {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { ca, headers, method: method ?? 'GET' }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
        response.once('end', () => {
          const content = chunks.length === 0 ? null : Buffer.concat(chunks);
          resolve(new Response(content, { status: response.statusCode ?? 500 }));
        });
      });
      sent.once('error', reject).end(body);
    });
}

/** The REST API as one user calls it. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly fetch: Fetch = fetchPlainly,
    private readonly token: string | null = null,
  ) {}

  private as(token: string): ApiClient {
    return new ApiClient(this.url, this.fetch, token);
  }

  async logIn(email: string, password = PASSWORD): Promise<ApiClient> {
    const { accessToken = '' } = await this.send('POST', '/auth/login', { email, password });
    return this.as(accessToken);
  }

  /**
   * Signs in as the first admin, who must change their password; an earlier run may have done that already.
   */
  async enterAsFirstAdmin(email: string, password: string): Promise<ApiClient> {
    const chosen = `${password}, and a heron`;
    const first = await this.ask('POST', '/auth/login', { email, password });
    if (first.ok) {
      const { data } = (await first.json()) as { data: Data };
      const body = { currentPassword: password, newPassword: chosen };
      await this.as(data.accessToken ?? '').ask('POST', '/auth/password', body);
    }
    return this.logIn(email, chosen);
  }

  /** Creates a member of a group, who signs in with their start password and chooses another one. */
  async create(member: { email: string; name: string; groupId: string; role: string }): Promise<ApiClient> {
    const { startPassword = '' } = await this.send('POST', '/users', { ...member, access: 'start_password' });
    const first = await this.logIn(member.email, startPassword);
    const body = { currentPassword: startPassword, newPassword: PASSWORD };
    const changed = await first.ask('POST', '/auth/password', body);
    expectThat(changed.ok, 'a new user chooses a password');
    return this.logIn(member.email);
  }

  /** @returns `data` of the answer. @throws Error with the answer unless its status is 2xx */
  async send(method: string, path: string, body?: object): Promise<Data> {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: Data }).data;
  }

  ask(method: string, path: string, body?: object, accept = 'application/json'): Promise<Response> {
    return this.fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        Accept: accept,
        'Content-Type': 'application/json',
        ...(this.token === null ? {} : { Authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Polls until the state is final. */
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

const fetchPlainly: Fetch = (url, init) => fetch(url, init);

function expectThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
}

export interface MainJobOptions {
  url: string;
  fetch?: Fetch;
  admin: { email: string; password: string };
  tell: (line: string) => void;
}

/** What `playMainJob` created, for the checks that follow. */
export interface Played {
  /** A client that is not signed in. */
  nobody: ApiClient;
  groupId: string;
  classId: string;
  /** Graded and returned. */
  submissionId: string;
}

/**
 * Plays what the product is for, over REST alone: a teacher creates tools and gives them to a class, a
 * student chats, runs one and submits, the teacher grades and returns, and exports the grades.
 * @throws Error at the first answer that is not as expected
 */
export async function playMainJob({ url, fetch, admin, tell }: MainJobOptions): Promise<Played> {
  const nobody = new ApiClient(url, fetch);
  const operator = await nobody.enterAsFirstAdmin(admin.email, admin.password);
  const { id: groupId = '' } = await operator.send('POST', '/groups', { name: 'Image District' });
  const teacher = await operator.create({ email: TEACHER, name: 'Ines Okafor', groupId, role: 'teacher' });
  const { id: classId = '' } = await teacher.send('POST', '/classes', { groupId, name: 'Math 6' });
  const pupil = { email: STUDENT, role: 'student' };
  const student = await operator.create({ ...pupil, name: 'Noor Abara', groupId });
  await teacher.send('POST', `/classes/${classId}/members`, pupil);
  tell('a district, a class, a teacher and a student');
  const chat = await assign(teacher, { groupId, classId }, CHAT_TOOL);
  const product = await assign(teacher, { groupId, classId }, PRODUCT_TOOL);
  tell('two tools written, published and assigned');
  const submissionId = await chatAndHandIn(student, chat);
  tell('a chat, streamed, and handed in');
  await runProduct(student, product);
  tell('a product run, made by the worker');
  await teacher.send('POST', `/submissions/${submissionId}/grade`, { score: 9, feedback: 'Well argued.' });
  await teacher.send('POST', `/submissions/${submissionId}/return`, {});
  const played = { nobody, groupId, classId, submissionId };
  await expectGrade(played);
  tell('graded and returned');
  await exportGrades(played, () => Promise.resolve());
  tell('the grades exported by the worker, and downloaded through the API');
  return played;
}

/** Checks that the student still sees their grade. @throws Error if not */
export async function expectGrade({ nobody, submissionId }: Played): Promise<void> {
  const student = await nobody.logIn(STUDENT);
  const { score, state } = await student.send('GET', `/submissions/${submissionId}`);
  expectThat(Number(score) === 9 && state === 'returned', 'the student sees the grade');
}

/** Exports the grades of the class and downloads the file. @param meanwhile receives the running export */
export async function exportGrades(
  { nobody, classId }: Played,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const asked = await nobody.logIn(TEACHER);
  const { id } = await asked.send('POST', '/exports', {
    kind: 'gradebook',
    format: 'csv',
    scope: { classId },
  });
  await meanwhile();
  const teacher = await nobody.logIn(TEACHER);
  const { state } = await teacher.untilEnded(`/exports/${id}`);
  expectThat(state === 'succeeded', `the export succeeds (${state})`);
  const { url = '' } = await teacher.send('POST', `/exports/${id}/link`, {});
  const response = await teacher.ask('GET', url.slice(url.indexOf('/exports/')));
  const text = await response.text();
  expectThat(response.ok && text.includes('Noor Abara'), `the grades are in the file (${response.status})`);
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
