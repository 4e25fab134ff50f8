import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { createTestDatabase, type TestDatabase } from '../../testing/database';
import { FakeModelServer } from '../../testing/fake-model-server';
import { Stopwatch } from '../../testing/stopwatch';
import { World } from '../../testing/world';

/** A school with one class at work. */
export interface Classroom {
  world: World;
  school: { id: string; tenantId: string; path: string };
  schoolClass: { id: string; groupId: string; tenantId: string };
  teacher: { id: string };
  student: { id: string };
  tool: { id: string; version: number };
  /** Clients of the two people. */
  asTeacher: Client;
  asStudent: Client;
}

/** Two API processes with one database and one model server. */
export class TwoProcesses {
  private constructor(
    readonly database: TestDatabase,
    readonly fake: FakeModelServer,
    readonly one: TestApp,
    readonly other: TestApp,
  ) {}

  static async start(): Promise<TwoProcesses> {
    const database = await createTestDatabase();
    const fake = await FakeModelServer.start();
    const env = { AI_GATEWAY_URL: fake.url, AI_FIRST_TOKEN_TIMEOUT_MS: '3000', AI_TIMEOUT_MS: '10000' };
    const [one, other] = [await createTestApp({ database, env }), await createTestApp({ database, env })];
    return new TwoProcesses(database, fake, one, other);
  }

  async stop(): Promise<void> {
    await Promise.all([this.one.close(), this.other.close()]);
    await this.fake.stop();
    await this.database.drop();
  }
}

/** A class with a teacher, a student, and an assigned chat tool. */
export async function buildClassroom(
  app: TestApp,
  definition: Record<string, unknown> = {},
): Promise<Classroom> {
  const world = new World(app.container);
  const school = await world.group();
  const schoolClass = await world.class(school);
  const teacher = await world.classMember(schoolClass, 'teacher');
  const student = await world.classMember(schoolClass, 'student');
  const tool = await world.tool(school, teacher, { definition });
  await world.assignment(schoolClass, tool, teacher);
  return {
    world,
    school,
    schoolClass,
    teacher,
    student,
    tool,
    asTeacher: await app.as(teacher.id),
    asStudent: await app.as(student.id),
  };
}

/** A chat of the student with the classroom's tool. @returns its id */
export async function buildSession({ asStudent, tool }: Classroom): Promise<string> {
  const answer = await asStudent.post('/sessions').send({ toolId: tool.id });
  if (answer.status !== 201) throw new Error(`no session: ${answer.status} ${answer.text}`);
  return answer.body.data.id;
}

const StoredRow = z.object({
  id: z.string(),
  seq: z.number(),
  role: z.string(),
  content: z.string(),
  state: z.string(),
  errorCode: z.string().nullable(),
});

/** The messages of a session as they are stored. */
export async function storedMessages(app: TestApp, sessionId: string) {
  return app.container.platform.db.rows(
    sql`SELECT id, seq, role, content, state, error_code AS "errorCode" FROM messages WHERE session_id = ${sessionId}::uuid ORDER BY seq`,
    StoredRow,
  );
}

const CallRow = z.object({ state: z.string(), errorCode: z.string().nullable() });

/** The calls of a session to models as they are recorded. */
export async function storedCalls(app: TestApp, sessionId: string) {
  return app.container.platform.db.rows(
    sql`SELECT state, error_code AS "errorCode" FROM ai_calls WHERE session_id = ${sessionId}::uuid ORDER BY id`,
    CallRow,
  );
}

export interface SseEvent {
  event: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests inspect it freely.
  data: any;
}

/** A stream as a client reads it: events, and the ids and comments between them. */
export class SseClient {
  readonly events: SseEvent[] = [];
  raw = '';
  private buffer = '';
  private readonly decoder = new TextDecoder();

  private constructor(
    readonly response: Response,
    private readonly reader: ReadableStreamDefaultReader<Uint8Array>,
    private readonly controller: AbortController,
  ) {}

  static async open(
    app: TestApp,
    client: Client,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<SseClient> {
    const controller = new AbortController();
    const response = await fetch(`${app.url}/api/v1${path}`, {
      method: options.body === undefined ? 'GET' : 'POST',
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${client.token}`,
        'Content-Type': 'application/json',
        ...options.headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: controller.signal,
    });
    const stream = response.body ?? new ReadableStream<Uint8Array>({ start: (empty) => empty.close() });
    return new SseClient(response, stream.getReader(), controller);
  }

  /** Sends a message in a session and reads the answer as a stream. */
  static say(
    app: TestApp,
    client: Client,
    sessionId: string,
    content: string,
    headers: Record<string, string> = {},
  ): Promise<SseClient> {
    return SseClient.open(app, client, `/sessions/${sessionId}/messages`, { body: { content }, headers });
  }

  /** The text so far. */
  get text(): string {
    return this.events
      .filter(({ event }) => event === 'message.delta')
      .map(({ data }) => data.text)
      .join('');
  }

  get last(): SseEvent | undefined {
    return this.events.at(-1);
  }

  /** The next event, or null at the end of the stream. */
  async next(): Promise<SseEvent | null> {
    for (;;) {
      const end = this.buffer.indexOf('\n\n');
      if (end >= 0) {
        const event = parseEvent(this.buffer.slice(0, end));
        this.buffer = this.buffer.slice(end + 2);
        if (event === null) continue;
        this.events.push(event);
        return event;
      }
      const { value, done } = await this.reader.read();
      if (done) return null;
      const text = this.decoder.decode(value, { stream: true });
      this.raw += text;
      this.buffer += text;
    }
  }

  /** Reads until `matches` returns true, or to the end. */
  async until(matches: (event: SseEvent) => boolean): Promise<SseEvent> {
    for (let event = await this.next(); event !== null; event = await this.next())
      if (matches(event)) return event;
    throw new Error(`the stream ended before: ${this.raw}`);
  }

  /** Reads to the end. */
  async all(): Promise<SseEvent[]> {
    while ((await this.next()) !== null);
    return this.events;
  }

  /** Disconnects. */
  drop(): void {
    this.controller.abort();
  }
}

function parseEvent(block: string): SseEvent | null {
  const fields = block
    .split('\n')
    .map((line) => /^(\w+): (.*)$/s.exec(line))
    .filter((match) => match !== null);
  const field = (name: string) => fields.find((match) => match[1] === name)?.[2];
  const [event, id, data] = [field('event'), field('id'), field('data')];
  if (event === undefined) return null;
  return { event, id: id ?? '', data: JSON.parse(data ?? 'null') };
}

/** Waits until a condition holds. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const watch = new Stopwatch();
  while (!(await condition())) {
    if (watch.ms > timeoutMs) throw new Error('it did not come to hold in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  watch.stop();
}
