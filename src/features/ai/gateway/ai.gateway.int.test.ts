import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { TestApp } from '../../../testing/app';
import { type FakeModelServer, model } from '../../../testing/fake-model-server';
import { Stopwatch } from '../../../testing/stopwatch';
import { GatewayScene } from '../ai.builder';
import type { AiRequest, AskOptions } from '../ai.types';

const CallRow = z.object({
  model: z.string(),
  provider: z.string(),
  state: z.string(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costMicros: z.number(),
  firstTokenMs: z.number().nullable(),
  latencyMs: z.number().nullable(),
  errorCode: z.string().nullable(),
});

describe('the gateway, with a provider over real HTTP', () => {
  let app: TestApp;
  let fake: FakeModelServer;
  let scene: GatewayScene;
  let turn = 0;

  beforeAll(async () => {
    scene = await GatewayScene.start({
      AI_API_KEY: 'sk-test',
      AI_DEFAULT_MODEL: 'main',
      AI_FIRST_TOKEN_TIMEOUT_MS: '800',
      AI_TIMEOUT_MS: '3000',
    });
    ({ app, fake } = scene);
    const insert = (name: string, fallbacks: string[], tokens = 50) =>
      app.container.platform.db.execute(
        sql`INSERT INTO ai_models (id, name, display_name, fallbacks, max_output_tokens, input_price_micros, output_price_micros)
            VALUES (${newId()}::uuid, ${name}, ${name}, ${fallbacks}::text[], ${tokens}, 1000000, 2000000)`,
      );
    // A model for each test, because the breaker remembers how a model behaved.
    for (let n = 1; n <= 60; n += 1) await insert(`m${n}`, []);
    await insert('with-fallbacks', ['second', 'third']);
    await insert('second', []);
    await insert('third', []);
  });
  afterAll(() => scene.stop());
  beforeEach(async () => {
    turn += 1;
    await scene.reset();
  });

  const request = (name = `m${turn}`): AiRequest => scene.request(name);
  const ask = (options?: AskOptions, name?: string) => scene.ask(request(name), options);
  const failure = (options?: AskOptions, name?: string) => scene.failure(request(name), options);
  const calls = () =>
    app.container.platform.db.rows(
      sql`SELECT model, provider, state, input_tokens AS "inputTokens", output_tokens AS "outputTokens", cost_micros AS "costMicros",
            first_token_ms AS "firstTokenMs", latency_ms AS "latencyMs", error_code AS "errorCode" FROM ai_calls ORDER BY id`,
      CallRow,
    );

  it('streams an answer and settles the call with tokens and cost', async () => {
    fake.next(model.says('A part of a whole.'));
    const pieces: string[] = [];
    const answer = await ask({ onText: (text) => pieces.push(text) });
    expect(answer).toMatchObject({
      text: 'A part of a whole.',
      finish: 'stop',
      model: `m${turn}`,
      inputTokens: 11,
      outputTokens: 7,
      costMicros: 25,
    });
    expect(pieces).toEqual(['A ', 'part ', 'of ', 'a ', 'whole.']);
    expect(await calls()).toMatchObject([
      {
        state: 'succeeded',
        model: `m${turn}`,
        provider: new URL(fake.url).host,
        inputTokens: 11,
        outputTokens: 7,
        costMicros: 25,
        errorCode: null,
      },
    ]);
    expect(fake.requests[0]).toMatchObject({
      authorization: 'Bearer sk-test',
      body: {
        model: `m${turn}`,
        stream: true,
        max_tokens: 50,
        messages: [
          { role: 'system', content: 'You are a tutor.' },
          { role: 'user', content: 'What is a fraction?' },
        ],
      },
    });
  });

  it('leaves the settling of a success to a caller who wants it, and settles once', async () => {
    const { gateway } = app.container.ai;
    const answer = await ask({ settle: 'caller' });
    expect(await calls()).toMatchObject([{ state: 'pending' }]);
    expect(await gateway.settle(answer)).toBe(true);
    expect(await gateway.settle(answer)).toBe(false);
    expect(await calls()).toMatchObject([{ state: 'succeeded' }]);
  });

  it.each<[string, Parameters<FakeModelServer['next']>[0], string, string]>([
    ['hangs before the first token', model.hangs(), 'ai.timeout', ''],
    ['hangs in the middle', model.hangsAfter('A part '), 'ai.timeout', 'A part '],
    ['trickles for ever', model.neverEnds('x', 100), 'ai.timeout', 'x'],
    ['resets the connection in the middle', model.resetsAfter('A part '), 'ai.interrupted', 'A part '],
    ['closes without having ended', model.endsAfter('A part '), 'ai.interrupted', 'A part '],
    ['tells of an error in the middle', model.failsInside('A part '), 'ai.interrupted', 'A part '],
    ['sends garbage in the middle', model.garbageAfter('A part '), 'ai.bad_response', 'A part '],
    ['refuses by its content filter', model.refuses(), 'ai.filtered', ''],
    ['wants a long pause', model.status(429, { 'Retry-After': '30' }), 'ai.rate_limited', ''],
    ['does not know the model', model.status(404), 'ai.unavailable', ''],
    ['rejects the key', model.status(401), 'ai.unavailable', ''],
    ['finds the request too large', model.status(413), 'ai.refused', ''],
  ])('ends as it should when the provider %s', async (_name, script, code, text) => {
    fake.next(script);
    const error = await failure();
    expect(error).toMatchObject({ code, model: `m${turn}` });
    expect(error.text.startsWith(text)).toBe(true);
    expect(fake.requests).toHaveLength(1);
    expect(await calls()).toMatchObject([{ state: 'failed', errorCode: code }]);
  });

  it.each<[string, Parameters<FakeModelServer['next']>[0], string]>([
    ['answers 500', model.status(500), 'ai.unavailable'],
    ['resets the connection at once', model.resets(), 'ai.unavailable'],
    ['sends garbage at once', model.garbageAfter(''), 'ai.bad_response'],
    ['sends another shape', model.wrongShape(), 'ai.bad_response'],
    ['sends a web page', model.html(), 'ai.bad_response'],
    ['says nothing', model.empty(), 'ai.bad_response'],
    ['answers 429 for a moment', model.status(429, { 'Retry-After': '0' }), 'ai.rate_limited'],
  ])('asks once more when the provider %s, and records each call', async (_name, script, code) => {
    fake.next(script, model.says('Now it works.'));
    expect(await ask()).toMatchObject({ text: 'Now it works.' });
    fake.next(script, script);
    expect(await failure()).toMatchObject({ code });
    expect((await calls()).map((call) => [call.state, call.errorCode])).toEqual([
      ['failed', code],
      ['succeeded', null],
      ['failed', code],
      ['failed', code],
    ]);
  });

  it('honours a Retry-After that it can wait for', async () => {
    fake.next(model.status(429, { 'Retry-After': '1' }), model.says('Thanks.'));
    await ask();
    const [first, second] = fake.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(950);
  });

  it('turns to the fallbacks before the first token, in their order', async () => {
    fake.on('with-fallbacks', model.status(503));
    fake.on('second', model.hangs());
    fake.on('third', model.says('Here I am.'));
    expect(await ask({}, 'with-fallbacks')).toMatchObject({ text: 'Here I am.', model: 'third' });
    expect((await calls()).map((call) => [call.model, call.state, call.errorCode])).toEqual([
      ['with-fallbacks', 'failed', 'ai.unavailable'],
      ['with-fallbacks', 'failed', 'ai.unavailable'],
      ['second', 'failed', 'ai.timeout'],
      ['third', 'succeeded', null],
    ]);
  });

  it('never starts an answer again after it has begun', async () => {
    fake.on('with-fallbacks', model.resetsAfter('Half an '));
    expect(await failure({}, 'with-fallbacks')).toMatchObject({ code: 'ai.interrupted', text: 'Half an ' });
    expect(fake.requests).toHaveLength(1);
  });

  it('stops asking a failing model, and fails immediately', async () => {
    fake.fallback = model.status(500);
    for (let n = 0; n < 3; n += 1) await failure();
    // Two attempts each: the fifth failure opened the circuit.
    expect(fake.requests).toHaveLength(5);
    const watch = new Stopwatch();
    expect(await failure()).toMatchObject({ code: 'ai.unavailable' });
    expect(watch.stop()).toBeLessThan(200);
    expect(fake.requests).toHaveLength(5);
    fake.fallback = model.says('ok');
  });

  it('cuts an answer without end at the size limit and hangs up', async () => {
    fake.next(model.neverEnds('x'.repeat(150)));
    const answer = await ask();
    expect(answer).toMatchObject({ finish: 'length' });
    expect(answer.text).toHaveLength(400);
    await until(() => fake.requests[0]?.hungUpAt !== null);
    expect(await calls()).toMatchObject([{ state: 'succeeded', outputTokens: 100 }]);
  });

  it('reads no answer of unlimited bytes', async () => {
    const piece = `data: ${'x'.repeat(1024 * 1024)}`;
    fake.next(async (reply) => {
      for (let n = 0; n < 200 && !reply.hungUp; n += 1) {
        reply.raw(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect(await failure()).toMatchObject({ code: expect.stringMatching(/ai\.(bad_response|timeout)/) });
  });

  it('hangs up within a second when the caller does, and records the call as aborted', async () => {
    fake.next(model.hangsAfter('A part '));
    const controller = new AbortController();
    const watch = new Stopwatch();
    const error = await failure({ signal: controller.signal, onText: () => controller.abort() });
    expect(error).toMatchObject({ code: 'ai.interrupted', text: 'A part ' });
    await until(() => fake.requests[0]?.hungUpAt !== null);
    expect(watch.stop()).toBeLessThan(1_000);
    expect(await calls()).toMatchObject([{ state: 'aborted', errorCode: 'ai.interrupted', outputTokens: 2 }]);
  });

  it('waits no longer than a second for counts that do not come', async () => {
    fake.next(
      (reply) => void reply.text('Whole.').event({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
    );
    expect(await ask()).toMatchObject({ text: 'Whole.', finish: 'stop' });
  });

  it('settles abandoned calls once', async () => {
    const { gateway } = app.container.ai;
    const prepared = await gateway.prepare(request());
    await gateway.open(prepared.firstCall!);
    expect(await gateway.settleAbandoned({ olderThanSeconds: 60 })).toBe(0);
    await app.container.platform.db.execute(
      sql`UPDATE ai_calls SET created_at = now() - interval '5 minutes'`,
    );
    expect(await gateway.settleAbandoned({ olderThanSeconds: 60 })).toBe(1);
    expect(await gateway.settleAbandoned({ olderThanSeconds: 60 })).toBe(0);
    expect(await calls()).toMatchObject([{ state: 'aborted', errorCode: 'ai.interrupted' }]);
  });

  it('answers many requests at once, each with its own answer', async () => {
    fake.fallback = async (reply) =>
      model.says(`Echo ${reply.request.body.messages.at(-1)?.content}`, { everyMs: 1 })(reply);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        app.container.ai.gateway.ask({ ...request(), messages: [{ role: 'user', content: `n${n}` }] }),
      ),
    );
    expect(answers.map((answer) => answer.text)).toEqual(Array.from({ length: 40 }, (_, n) => `Echo n${n}`));
    fake.fallback = model.says('ok');
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 100 && !condition(); n += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}
