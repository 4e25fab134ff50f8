import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

const OUTPUT = { text: 'Light becomes sugar.' };
const OutboxRow = z.object({
  operation: z.string(),
  workflowId: z.string(),
  input: z.unknown(),
  tenantId: z.string().nullable(),
});
const AuditRow = z.object({
  action: z.string(),
  actorId: z.string().nullable(),
  aboutUserId: z.string().nullable(),
});

type Person = { id: string };

let app: TestApp;
let world: World;
let school: { id: string; tenantId: string; path: string };
let schoolClass: { id: string; tenantId: string };
let teacher: Person;
let student: Person;
let tool: { id: string; version: number };
let asTeacher: Client;
let asStudent: Client;

beforeAll(async () => {
  app = await createTestApp();
  world = new World(app.container);
  school = await world.group();
  schoolClass = await world.class(school);
  [teacher, student] = [
    await world.classMember(schoolClass, 'teacher'),
    await world.classMember(schoolClass, 'student'),
  ];
  tool = await world.tool(school, teacher, { type: 'product' });
  await world.assignment(schoolClass, tool, teacher);
  [asTeacher, asStudent] = [await app.as(teacher.id), await app.as(student.id)];
});
afterAll(() => app.close());
// A person may have at most twenty unfinished runs.
afterEach(() =>
  db().execute(
    sql`UPDATE runs SET state = 'cancelled', finished_at = now(), draft_output = NULL WHERE state IN ('queued', 'running')`,
  ),
);

const db = () => app.container.platform.db;

async function create(
  client = asStudent,
  body: object = { toolId: tool.id, input: { topic: 'light' } },
): Promise<string> {
  const response = await client.post('/runs').send(body);
  if (response.status !== 202) throw new Error(`${response.status} ${response.text}`);
  return response.body.data.id;
}

const end = (id: string, state: 'running' | 'succeeded' | 'failed') =>
  db().execute(
    sql`UPDATE runs SET state = ${state}, started_at = now(), output = ${state === 'succeeded' ? JSON.stringify(OUTPUT) : null}::jsonb,
          error_code = ${state === 'failed' ? 'ai.timeout' : null}::text, finished_at = ${state === 'running' ? null : new Date()}::timestamptz
        WHERE id = ${id}::uuid`,
  );
const outboxOf = (id: string) =>
  db().rows(
    sql`SELECT operation, workflow_id AS "workflowId", input, tenant_id AS "tenantId" FROM outbox WHERE subject_id = ${id}::uuid ORDER BY id`,
    OutboxRow,
  );
const auditOf = (id: string) =>
  db().rows(
    sql`SELECT action, actor_id AS "actorId", about_user_id AS "aboutUserId" FROM audit_events WHERE subject_id = ${id}::uuid ORDER BY seq`,
    AuditRow,
  );

describe('POST /runs', () => {
  it('queues a run of a tool together with its job', async () => {
    const response = await asStudent.post('/runs').send({ toolId: tool.id, input: { topic: 'light' } });
    expect(response.status).toBe(202);
    const { data } = response.body;
    expect(response.headers.location).toBe(`/api/v1/runs/${data.id}`);
    expect(data).toMatchObject({
      ...{
        userId: student.id,
        toolId: tool.id,
        toolVersion: 1,
        classId: schoolClass.id,
        submissionId: null,
        state: 'queued',
        progress: 'waiting',
      },
      ...{
        errorCode: null,
        model: null,
        inputTokens: 0,
        outputTokens: 0,
        tokensEstimated: false,
        startedAt: null,
        finishedAt: null,
      },
      links: {
        self: `/api/v1/runs/${data.id}`,
        result: `/api/v1/runs/${data.id}/result`,
        cancel: `/api/v1/runs/${data.id}/cancel`,
      },
      can: { cancel: true },
    });
    expect(await outboxOf(data.id)).toEqual([
      {
        operation: 'start',
        workflowId: `run/${data.id}`,
        input: { runId: data.id },
        tenantId: school.tenantId,
      },
    ]);
    expect(await auditOf(data.id)).toEqual([
      { action: 'run.created', actorId: student.id, aboutUserId: null },
    ]);
  });

  it('queues a run for a submission, with the version that is pinned there', async () => {
    const assignment = await world.assignment(schoolClass, tool, teacher);
    const submission = await world.submission(assignment, student);
    const id = await create(asStudent, { submissionId: submission.id, input: { topic: 'light' } });
    const { data } = (await asStudent.get(`/runs/${id}`).expect(200)).body;
    expect(data).toMatchObject({
      submissionId: submission.id,
      classId: schoolClass.id,
      toolId: tool.id,
      toolVersion: 1,
      input: { topic: 'light' },
    });
  });

  it('refuses another person’s submission, a submitted one, and one whose assignment is closed', async () => {
    const open = await world.assignment(schoolClass, tool, teacher);
    const other = await world.submission(open, await world.classMember(schoolClass, 'student'));
    const handedIn = await world.submission(open, student, { state: 'submitted' });
    const late = await world.submission(
      await world.assignment(schoolClass, tool, teacher, { state: 'closed' }),
      student,
    );
    const ask = (submissionId: string) =>
      asStudent.post('/runs').send({ submissionId, input: { topic: 'light' } });
    await ask(other.id).expect(404);
    expect((await ask(handedIn.id).expect(409)).body.error.details.reason).toBe('submission.not_in_progress');
    expect((await ask(late.id).expect(409)).body.error.details.reason).toBe('assignment.closed');
    await ask(newId()).expect(404);
  });

  it('validates the input with the input schema and says where it does not match', async () => {
    const strict = await world.tool(school, teacher, {
      type: 'product',
      definition: {
        input_schema: {
          type: 'object',
          additionalProperties: false,
          required: ['topics'],
          properties: { topics: { type: 'array', items: { type: 'string', maxLength: 5 } } },
        },
      },
    });
    const response = await asTeacher
      .post('/runs')
      .send({ toolId: strict.id, input: { topics: ['light', 'darkness'], extra: 1 } });
    expect(response.status).toBe(400);
    expect(response.body.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: 'run.input_invalid' },
    });
    expect(response.body.error.details.issues.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'body.input.extra',
      'body.input.topics[1]',
    ]);
  });

  it.each([
    ['no input', { toolId: newId() }, 'body.input'],
    ['neither tool nor submission', { input: {} }, 'body.toolId'],
    ['both', { toolId: newId(), submissionId: newId(), input: {} }, 'body.toolId'],
    ['an unknown field', { toolId: newId(), input: {}, behavior: 'x' }, 'body.behavior'],
    ['a NUL in the input', { toolId: newId(), input: { topic: ['a\0b'] } }, 'body.input'],
    ['half a character in a key', { toolId: newId(), input: { '\ud800': 1 } }, 'body.input'],
    ['an endless input', { toolId: newId(), input: 'x'.repeat(100_001) }, 'body.input'],
  ])('refuses %s', async (_what, body, path) => {
    const response = await asStudent.post('/runs').send(body);
    expect(response.status).toBe(400);
    expect(response.body.error.details.issues[0].path).toBe(path);
  });

  it('accepts any JSON that the schema allows', async () => {
    const free = await world.tool(school, teacher, {
      type: 'product',
      definition: { input_schema: {}, output_schema: {} },
    });
    for (const input of [null, false, 0, '', [], ['a', { b: null }]]) {
      const id = await create(asTeacher, { toolId: free.id, input });
      expect((await asTeacher.get(`/runs/${id}`).expect(200)).body.data.input).toEqual(input);
    }
  });

  it('is for product tools that the caller may use', async () => {
    const chat = await world.tool(school, teacher, { type: 'chat' });
    const unassigned = await world.tool(school, teacher, { type: 'product' });
    const elsewhere = await world.tool(await world.group(), teacher, { type: 'product' });
    const refused = await asTeacher.post('/runs').send({ toolId: chat.id, input: {} });
    expect([refused.status, refused.body.error.details.reason]).toEqual([409, 'tool.not_product']);
    await asStudent
      .post('/runs')
      .send({ toolId: unassigned.id, input: { topic: 'x' } })
      .expect(404);
    await asStudent
      .post('/runs')
      .send({ toolId: elsewhere.id, input: { topic: 'x' } })
      .expect(404);
    await asStudent
      .post('/runs')
      .send({ toolId: newId(), input: { topic: 'x' } })
      .expect(404);
    await app.anonymous
      .post('/runs')
      .send({ toolId: tool.id, input: { topic: 'x' } })
      .expect(401);
  });

  it('happens once for one Idempotency-Key', async () => {
    const key = newId();
    const ask = (topic: string) =>
      asStudent.post('/runs').set('Idempotency-Key', key).send({ toolId: tool.id, input: { topic } });
    const first = await ask('light').expect(202);
    const second = await ask('light').expect(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers.location).toBe(first.headers.location);
    await ask('darkness').expect(422);
    expect(await outboxOf(first.body.data.id)).toHaveLength(1);
  });

  it('lets nobody fill the queue', async () => {
    const eager = await world.classMember(schoolClass, 'student');
    const client = await app.as(eager.id);
    for (let i = 0; i < 20; i += 1) await create(client);
    const refused = await client.post('/runs').send({ toolId: tool.id, input: { topic: 'one more' } });
    expect(refused.status).toBe(429);
    expect(refused.body.error.details.reason).toBe('run.too_many_unfinished');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await create(asStudent);
  });
});

describe('GET /runs/:id and /runs/:id/result', () => {
  it('show how a run goes, and its result once there is one', async () => {
    const id = await create();
    const result = () => asStudent.get(`/runs/${id}/result`);
    expect((await result().expect(409)).body.error.details).toMatchObject({
      reason: 'run.not_finished',
      state: 'queued',
    });
    await end(id, 'running');
    expect((await asStudent.get(`/runs/${id}`)).body.data).toMatchObject({
      state: 'running',
      progress: 'asking_model',
    });
    await db().execute(sql`UPDATE runs SET draft_output = 'x' WHERE id = ${id}::uuid`);
    expect((await asStudent.get(`/runs/${id}`)).body.data.progress).toBe('repairing_answer');
    await db().execute(sql`UPDATE runs SET draft_output = NULL WHERE id = ${id}::uuid`);
    await end(id, 'succeeded');
    expect((await asStudent.get(`/runs/${id}`)).body.data).toMatchObject({
      state: 'succeeded',
      progress: 'done',
      can: { cancel: false },
    });
    const answer = await result().expect(200);
    expect(answer.body.data).toMatchObject({
      runId: id,
      toolId: tool.id,
      toolVersion: 1,
      output: OUTPUT,
      links: { run: `/api/v1/runs/${id}` },
    });
    await asStudent
      .get(`/runs/${id}/result`)
      .set('If-None-Match', answer.headers.etag as string)
      .expect(304);
  });

  it('say why there is no result', async () => {
    const [failed, cancelled] = [await create(), await create()];
    await end(failed, 'failed');
    await asStudent.post(`/runs/${cancelled}/cancel`).expect(200);
    expect((await asStudent.get(`/runs/${failed}/result`).expect(409)).body.error.details).toEqual({
      reason: 'run.failed',
      code: 'ai.timeout',
    });
    expect((await asStudent.get(`/runs/${cancelled}/result`).expect(409)).body.error.details).toEqual({
      reason: 'run.cancelled',
    });
  });

  it('never show the behavior of the tool', async () => {
    const secret = await world.tool(school, teacher, {
      type: 'product',
      definition: { behavior: 'CANARY-BEHAVIOR' },
    });
    await world.assignment(schoolClass, secret, teacher);
    const id = await create(asStudent, { toolId: secret.id, input: { topic: 'x' } });
    await end(id, 'succeeded');
    for (const path of [`/runs/${id}`, `/runs/${id}/result`, '/runs'])
      expect((await asStudent.get(path)).text).not.toContain('CANARY');
  });
});

describe('who may read and stop a run', () => {
  const cast: Record<string, () => Promise<Person>> = {
    'its owner': () => Promise.resolve(student),
    'the class teacher': () => Promise.resolve(teacher),
    'an assistant of the class': () => world.classMember(schoolClass, 'assistant'),
    'an admin above': () => world.member(school, 'admin'),
    'a classmate': () => world.classMember(schoolClass, 'student'),
    'an observer of the class': () => world.guardian(student, schoolClass.tenantId),
    'a colleague': () => world.member(school, 'teacher'),
    'a member of staff': () => world.member(school, 'staff'),
    'a platform admin': () => world.user({ isPlatformAdmin: true }),
    'an admin of another tenant': async () => world.member(await world.group(), 'admin'),
  };

  it.each([
    ['its owner', 200, 200],
    ['the class teacher', 200, 200],
    ['an assistant of the class', 200, 403],
    ['an admin above', 200, 403],
    ['a classmate', 404, 404],
    ['an observer of the class', 404, 404],
    ['a colleague', 404, 404],
    ['a member of staff', 404, 404],
    ['a platform admin', 404, 404],
    ['an admin of another tenant', 404, 404],
  ])('%s: reading gives %i, stopping %i', async (who, read, stop) => {
    const id = await create();
    const person = await (cast[who] as () => Promise<Person>)();
    const client = await app.as(person.id);
    const shown = await client.get(`/runs/${id}`);
    expect(shown.status).toBe(read);
    expect(shown.body.data?.can.cancel).toBe(read === 200 ? stop === 200 : undefined);
    await end(id, 'succeeded');
    await client.get(`/runs/${id}/result`).expect(read);
    await db().execute(
      sql`UPDATE runs SET state = 'queued', output = NULL, finished_at = NULL WHERE id = ${id}::uuid`,
    );
    await client.post(`/runs/${id}/cancel`).expect(stop);
    const reads = (await auditOf(id)).filter((event) => event.action.startsWith('run.read'));
    const expected = who === 'its owner' || read !== 200 ? [] : ['run.read', 'run.read_result'];
    expect(reads).toEqual(
      expected.map((action) => ({ action, actorId: person.id, aboutUserId: student.id })),
    );
  });

  it('is nobody without signing in', async () => {
    const id = await create();
    for (const path of [`/runs/${id}`, `/runs/${id}/result`, '/runs'])
      await app.anonymous.get(path).expect(401);
    await app.anonymous.post(`/runs/${id}/cancel`).expect(401);
  });
});

describe('POST /runs/:id/cancel', () => {
  it('ends a queued run immediately, and can be repeated', async () => {
    const id = await create();
    const first = await asStudent.post(`/runs/${id}/cancel`).expect(200);
    expect(first.body.data).toMatchObject({ state: 'cancelled', progress: 'done', can: { cancel: false } });
    const second = await asStudent.post(`/runs/${id}/cancel`).expect(200);
    expect(second.body).toEqual(first.body);
    expect((await outboxOf(id)).map((row) => row.operation)).toEqual(['start']);
    expect((await auditOf(id)).map((event) => event.action)).toEqual(['run.created', 'run.cancelled']);
  });

  it('asks for the end of a running run once', async () => {
    const id = await create();
    await end(id, 'running');
    for (let i = 0; i < 2; i += 1) {
      const { data } = (await asStudent.post(`/runs/${id}/cancel`).expect(200)).body;
      expect(data).toMatchObject({
        state: 'running',
        cancelRequestedAt: expect.any(String),
        can: { cancel: false },
      });
    }
    expect((await outboxOf(id)).map((row) => row.operation)).toEqual(['start', 'cancel']);
  });

  it('is too late for a run that has finished', async () => {
    for (const state of ['succeeded', 'failed'] as const) {
      const id = await create();
      await end(id, state);
      expect((await asStudent.post(`/runs/${id}/cancel`).expect(409)).body.error.details).toEqual({
        reason: 'run.finished',
        state,
      });
    }
    await asStudent.post(`/runs/${newId()}/cancel`).expect(404);
    await asStudent.post('/runs/nonsense/cancel').expect(400);
  });

  it('and the run beginning at the same moment leave no run that nobody ends', async () => {
    for (let i = 0; i < 20; i += 1) {
      const id = await create();
      const [, begun] = await Promise.all([
        asStudent.post(`/runs/${id}/cancel`).expect(200),
        app.container.runs.execution.begin(id),
      ]);
      const { data } = (await asStudent.get(`/runs/${id}`)).body;
      const operations = (await outboxOf(id)).map((row) => row.operation);
      expect([data.state, operations]).toEqual(
        begun.state === 'running' ? ['running', ['start', 'cancel']] : ['cancelled', ['start']],
      );
      await app.container.runs.execution.cancel(id);
    }
  });
});

describe('GET /runs', () => {
  const idsOf = (body: { data: { id: string }[] }) => body.data.map((run) => run.id);

  it("lists the caller's own, newest first, by page and by cursor", async () => {
    const reader = await world.classMember(schoolClass, 'student');
    const client = await app.as(reader.id);
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift(await create(client));
    await create(asStudent);
    const page = (await client.get('/runs?limit=2&page=2').expect(200)).body;
    expect(idsOf(page)).toEqual(ids.slice(2, 4));
    expect(page.meta.pagination).toEqual({ page: 2, limit: 2, total: 5, totalPages: 3 });
    expect(page.data[0]).not.toHaveProperty('input');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const part: { body: { data: { id: string }[]; meta: { pagination: { nextCursor: string | null } } } } =
        await client.get(`/runs?limit=2&cursor=${encodeURIComponent(cursor)}`).expect(200);
      seen.push(...idsOf(part.body));
      cursor = part.body.meta.pagination.nextCursor;
    }
    expect(seen).toEqual(ids);
    expect(idsOf((await client.get('/runs?sort=createdAt').expect(200)).body)).toEqual([...ids].reverse());
  });

  it('is filtered by state, tool and submission', async () => {
    const reader = await world.classMember(schoolClass, 'student');
    const client = await app.as(reader.id);
    const submission = await world.submission(await world.assignment(schoolClass, tool, teacher), reader);
    const plain = await create(client);
    const handed = await create(client, { submissionId: submission.id, input: { topic: 'x' } });
    await end(plain, 'succeeded');
    const list = async (query: string) => idsOf((await client.get(`/runs?${query}`).expect(200)).body);
    expect(await list('state=succeeded')).toEqual([plain]);
    expect(await list(`submissionId=${submission.id}`)).toEqual([handed]);
    expect(await list(`toolId=${tool.id}&state=queued`)).toEqual([handed]);
    expect(await list(`toolId=${newId()}`)).toEqual([]);
    await client.get('/runs?state=lost').expect(400);
    await client.get('/runs?unknown=1').expect(400);
  });

  it('shows a class’s runs to people who may read them, and to others only their own', async () => {
    const room = await world.class(school);
    const [head, mate, pupil] = [
      await world.classMember(room, 'teacher'),
      await world.classMember(room, 'student'),
      await world.classMember(room, 'student'),
    ];
    await world.assignment(room, tool, head);
    const ids = [await create(await app.as(mate.id)), await create(await app.as(pupil.id))];
    const list = async (person: Person, more = '') =>
      idsOf(
        (await (await app.as(person.id)).get(`/runs?classId=${room.id}&sort=createdAt${more}`).expect(200))
          .body,
      );
    expect(await list(head)).toEqual(ids);
    expect(await list(await world.member(school, 'admin'))).toEqual(ids);
    expect(await list(await world.classMember(room, 'assistant'))).toEqual(ids);
    expect(await list(head, `&userId=${pupil.id}`)).toEqual([ids[1]]);
    expect(await list(pupil)).toEqual([ids[1]]);
    expect(await list(await world.member(school, 'teacher'))).toEqual([]);
    expect(await list(await world.user({ isPlatformAdmin: true }))).toEqual([]);
    expect(idsOf((await (await app.as(head.id)).get('/runs').expect(200)).body)).toEqual([]);
  });
});
