import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp } from '../../testing/app';
import { FakeModelServer, type HeldScript, model } from '../../testing/fake-model-server';
import { World } from '../../testing/world';
import type { AiAnswer, AiRequest, AskOptions } from '../ai';
import { runToolContract } from './runs.contract';
import { RunExecution } from './runs.execution';
import { RunExecutionRepository } from './runs.execution.repository';

const OUTPUT = { text: 'Light becomes sugar.' };
const json = (value: unknown) => model.says(JSON.stringify(value));
const never = new AbortController().signal;

const RunRow = z.object({
  state: z.string(),
  output: z.unknown(),
  draft: z.string().nullable(),
  errorCode: z.string().nullable(),
  revision: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  tokensEstimated: z.boolean(),
  model: z.string().nullable(),
});
const CallRow = z.object({ purpose: z.string(), state: z.string() });

let app: TestApp;
let fake: FakeModelServer;
let execution: RunExecution;
let toolId: string;
let author: { id: string };
let tenantId: string;

beforeAll(async () => {
  fake = await FakeModelServer.start();
  app = await createTestApp({
    env: { AI_GATEWAY_URL: fake.url, AI_API_KEY: 'test', AI_FIRST_TOKEN_TIMEOUT_MS: '5000' },
  });
  const world = new World(app.container);
  const group = await world.group();
  tenantId = group.tenantId;
  author = await world.member(group, 'teacher');
  toolId = (await world.tool(group, author, { type: 'product' })).id;
  execution = app.container.runs.execution;
});
afterAll(async () => {
  await app.close();
  await fake.stop();
});
beforeEach(() => {
  fake.reset();
  fake.fallback = json(OUTPUT);
});

const db = () => app.container.platform.db;

async function run(state: 'queued' | 'running' = 'queued'): Promise<string> {
  const id = newId();
  await db().execute(
    sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, input, state, started_at)
        VALUES (${id}::uuid, ${tenantId}::uuid, ${author.id}::uuid, ${toolId}::uuid, 1, '{"topic":"light"}', ${state}, ${state === 'queued' ? null : new Date()}::timestamptz)`,
  );
  return id;
}

const runOf = (id: string) =>
  db().row(
    sql`SELECT state, output, draft_output AS draft, error_code AS "errorCode", revision, input_tokens AS "inputTokens", output_tokens AS "outputTokens", tokens_estimated AS "tokensEstimated", model
        FROM runs WHERE id = ${id}::uuid`,
    RunRow,
  );
const callsOf = (id: string) =>
  db().rows(
    sql`SELECT purpose, state FROM ai_calls WHERE run_id = ${id}::uuid ORDER BY created_at, id`,
    CallRow,
  );

/** An execution whose worker dies right after the model has answered, before anything is stored. */
function dyingAfterAnswer(): RunExecution {
  const { platform, audit, tools, ai } = app.container;
  const gateway = {
    ask: async (request: AiRequest, options?: AskOptions): Promise<AiAnswer> => {
      await ai.gateway.ask(request, options);
      throw new Error('the worker died');
    },
    settle: (answer: AiAnswer) => ai.gateway.settle(answer),
    settleAbandonedOfRun: (runId: string) => ai.gateway.settleAbandonedOfRun(runId),
  };
  return new RunExecution({
    db: platform.db,
    repository: new RunExecutionRepository(platform.db),
    tools: tools.reader,
    gateway,
    audit,
    logger: platform.logger,
    schemas: platform.schemas,
  });
}

describe('beginning a run', () => {
  it('starts it once, and returns the same when repeated', async () => {
    const id = await run();
    expect(await execution.begin(id)).toEqual({ state: 'running', code: null });
    const before = await runOf(id);
    expect(await execution.begin(id)).toEqual({ state: 'running', code: null });
    expect(await runOf(id)).toEqual(before);
  });

  it('says why not for runs that have ended or are gone', async () => {
    const id = await run();
    await execution.fail(id, 'run.lost');
    expect(await execution.begin(id)).toEqual({ state: 'failed', code: 'run.lost' });
    expect(await execution.begin(newId())).toEqual({ state: 'gone', code: null });
    expect(await execution.execute(newId(), never)).toEqual({ state: 'gone', code: null });
  });
});

describe('executing a run', () => {
  it('notes that its tokens are an estimate if the provider did not count them', async () => {
    const id = await run('running');
    fake.next(model.pieces([JSON.stringify(OUTPUT)], 'stop', null));
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect(await runOf(id)).toMatchObject({ outputTokens: expect.any(Number), tokensEstimated: true });
  });

  it('twice asks the model once and leaves the same row', async () => {
    const id = await run('running');
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    const first = await runOf(id);
    expect(first).toMatchObject({
      state: 'succeeded',
      output: OUTPUT,
      draft: null,
      inputTokens: 11,
      outputTokens: 7,
      tokensEstimated: false,
      model: expect.any(String),
    });
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect(await runOf(id)).toEqual(first);
    expect(fake.requests).toHaveLength(1);
  });

  it('reads JSON from a code fence and drops what the database cannot store', async () => {
    fake.next(model.says('```json\n{"text":"a\\u0000b\\ud800c"}\n```'));
    const id = await run('running');
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect((await runOf(id))?.output).toEqual({ text: 'ab\ufffdc' });
  });

  it.each([
    ['prose around a fence', 'Of course!\n```json\n{"text":"a"}\n```\nGood luck!'],
    ['a fence on one line', '```json {"text":"a"}```'],
    ['reasoning before it', '<think>Maybe {"text":1}? No.</think>\n{"text":"a"}'],
    ['a comma too many', '{"text":"a",}'],
    ['a draft that does not fit beside it', 'First I thought {"text":1}, but: {"text":"a"}'],
  ])('finds the right JSON immediately in an answer with %s', async (_what, answer) => {
    fake.next(model.says(answer));
    const id = await run('running');
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect((await runOf(id))?.output).toEqual({ text: 'a' });
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ['two that fit', '{"text":"a"} or {"text":"b"}', 'stands beside others'],
    ['a number that would be rounded', '{"text":"a","n":9007199254740993}', '9007199254740993'],
    ['one that breaks off', '{"text":"a","more":[1,', 'not one well-formed JSON value'],
  ])('has an answer repaired that holds %s, and says why', async (_what, answer, reason) => {
    fake.next(model.says(answer));
    const id = await run('running');
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect((await runOf(id))?.output).toEqual(OUTPUT);
    expect(JSON.stringify(fake.requests[1]?.body)).toContain(reason);
  });

  it('asks again after a death between answer and storing, and settles the open call as aborted', async () => {
    const id = await run('running');
    await expect(dyingAfterAnswer().execute(id, never)).rejects.toThrow('the worker died');
    expect(await callsOf(id)).toEqual([{ purpose: 'run', state: 'pending' }]);
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect(await callsOf(id)).toEqual([
      { purpose: 'run', state: 'aborted' },
      { purpose: 'run', state: 'succeeded' },
    ]);
  });

  it('continues with only the repair after a death during the repair', async () => {
    fake.next(json({ wrong: true }));
    const id = await run('running');
    const aborted = new AbortController();
    const held = model.held();
    fake.next(held);
    const attempt = execution.execute(id, aborted.signal);
    await held.reply();
    expect(await runOf(id)).toMatchObject({ state: 'running', draft: '{"wrong":true}' });
    aborted.abort();
    await expect(attempt).rejects.toMatchObject({ details: { reason: 'ai.interrupted' } });
    expect(await execution.execute(id, never)).toEqual({ state: 'succeeded', code: null });
    expect(await callsOf(id)).toEqual([
      { purpose: 'run', state: 'succeeded' },
      { purpose: 'repair', state: 'aborted' },
      { purpose: 'repair', state: 'succeeded' },
    ]);
    expect(await runOf(id)).toMatchObject({ draft: null, output: OUTPUT });
  });

  it('ends the run once and settles one call if two workers execute it', async () => {
    const id = await run('running');
    const [slow, fast]: [HeldScript, HeldScript] = [model.held(), model.held()];
    fake.next(slow, fast);
    const zombie = execution.execute(id, never).catch((error: unknown) => error);
    const slowReply = await slow.reply();
    const current = execution.execute(id, never);
    const fastReply = await fast.reply();
    slowReply.text(JSON.stringify({ text: 'from the zombie' })).finish();
    expect(await zombie).toMatchObject({ details: { reason: 'run.superseded' } });
    expect(await runOf(id)).toMatchObject({ state: 'running' });
    fastReply.text(JSON.stringify(OUTPUT)).finish();
    expect(await current).toEqual({ state: 'succeeded', code: null });
    expect(await runOf(id)).toMatchObject({ state: 'succeeded', output: OUTPUT });
    expect(await callsOf(id)).toEqual([
      { purpose: 'run', state: 'aborted' },
      { purpose: 'run', state: 'succeeded' },
    ]);
  });

  it('of a run that is cancelled meanwhile changes nothing but its call', async () => {
    const id = await run('running');
    const held = model.held();
    fake.next(held);
    const attempt = execution.execute(id, never);
    const answer = await held.reply();
    expect(await execution.cancel(id)).toEqual({ state: 'cancelled', code: null });
    const before = await runOf(id);
    answer.text(JSON.stringify(OUTPUT)).finish();
    expect(await attempt).toEqual({ state: 'cancelled', code: null });
    expect(await runOf(id)).toEqual(before);
    expect(await callsOf(id)).toEqual([{ purpose: 'run', state: 'aborted' }]);
  });
});

describe('ending a run', () => {
  it('twice changes nothing the second time', async () => {
    const id = await run('running');
    expect(await execution.fail(id, 'ai.timeout')).toEqual({ state: 'failed', code: 'ai.timeout' });
    const before = await runOf(id);
    expect(await execution.fail(id, 'internal')).toEqual({ state: 'failed', code: 'ai.timeout' });
    expect(await execution.cancel(id)).toEqual({ state: 'failed', code: 'ai.timeout' });
    expect(await runOf(id)).toEqual(before);
  });

  it('ends runs that no workflow will end, and no others', async () => {
    const { outbox } = app.container.platform;
    const [refused, old, young] = [await run(), await run('running'), await run('running')];
    for (const id of [refused, old, young])
      await outbox.start(runToolContract, { input: { runId: id }, tenantId, subjectId: id });
    await db().execute(sql`UPDATE outbox SET state = 'failed' WHERE subject_id = ${refused}::uuid`);
    await db().execute(
      sql`UPDATE outbox SET state = 'started', started_at = now() - interval '25 hours' WHERE subject_id = ${old}::uuid`,
    );
    await db().execute(
      sql`UPDATE outbox SET state = 'started', started_at = now() - interval '1 hour' WHERE subject_id = ${young}::uuid`,
    );
    expect(await execution.failLost(24, { after: null, limit: 100 })).toEqual({ done: 2, next: null });
    expect(await execution.failLost(24, { after: null, limit: 100 })).toEqual({ done: 0, next: null });
    expect(await runOf(refused)).toMatchObject({ state: 'failed', errorCode: 'run.lost' });
    expect(await runOf(old)).toMatchObject({ state: 'failed', errorCode: 'run.lost' });
    expect(await runOf(young)).toMatchObject({ state: 'running' });
  });
});
