import { z } from 'zod';
import { sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import type { TestApp } from '../../../testing/app';
import { type FakeModelServer, type ModelScript, model } from '../../../testing/fake-model-server';
import { GatewayScene } from '../ai.builder';
import type { AiRequest, AskOptions } from '../ai.types';

const CallRow = z.object({
  state: z.string(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  estimated: z.boolean(),
  errorCode: z.string().nullable(),
});
const EventRow = z.object({ event: z.string(), subjectId: z.string(), actorId: z.string().nullable() });

const NO_MAX_TOKENS = {
  message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
  param: 'max_tokens',
  code: 'unsupported_parameter',
};
const NO_FORMAT = { message: 'response_format is not supported by this model', param: 'response_format' };

describe('providers as they are', () => {
  let app: TestApp;
  let fake: FakeModelServer;
  let scene: GatewayScene;
  let name = '';
  let turn = 0;

  beforeAll(async () => {
    scene = await GatewayScene.start({ AI_FIRST_TOKEN_TIMEOUT_MS: '400', AI_TIMEOUT_MS: '2500' });
    ({ app, fake } = scene);
  });
  afterAll(() => scene.stop());
  beforeEach(async () => {
    turn += 1;
    // A model for each test, because breaker and parameters are remembered by model.
    name = `provider-test-${turn}`;
    await scene.reset();
  });

  const request = (values: Partial<AiRequest> = {}): AiRequest => scene.request(name, values);
  const ask = (options?: AskOptions, values?: Partial<AiRequest>) => scene.ask(request(values), options);
  const failure = (options?: AskOptions) => scene.failure(request(), options);
  const calls = () =>
    app.container.platform.db.rows(
      sql`SELECT state, input_tokens AS "inputTokens", output_tokens AS "outputTokens", estimated, error_code AS "errorCode"
          FROM ai_calls ORDER BY id`,
      CallRow,
    );
  const bodies = () => fake.requests.map(({ body }) => body);

  describe('that refuse a parameter', () => {
    it('are asked again under the name that they want, which is remembered for that model only', async () => {
      fake.on(name, model.withoutParameter('max_tokens', NO_MAX_TOKENS));
      expect(await ask()).toMatchObject({ text: 'Understood.' });
      expect(await ask()).toMatchObject({ text: 'Understood.' });
      expect(bodies().map((body) => [body.max_tokens, body.max_completion_tokens])).toEqual([
        [2048, undefined],
        [undefined, 2048],
        [undefined, 2048],
      ]);
      expect(await calls()).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
      await ask({}, { model: 'another-model' });
      expect(bodies().at(-1)?.max_tokens).toBe(2048);
    });

    it('may refuse several, one after the other', async () => {
      fake.on(name, (reply) => {
        const { body } = reply.request;
        if (body.max_tokens !== undefined) return reply.error(400, NO_MAX_TOKENS);
        if (body.response_format !== undefined) return reply.error(422, NO_FORMAT);
        if (body.stream_options !== undefined)
          return reply.status(
            422,
            {},
            JSON.stringify({ detail: [{ loc: ['body', 'stream_options'], type: 'extra_forbidden' }] }),
          );
        if (body.messages[0]?.role === 'system')
          return reply.status(400, {}, JSON.stringify({ message: 'System role not supported' }));
        return model.says('{}')(reply);
      });
      const schema = { outputSchema: { type: 'object' } };
      expect(await ask({}, schema)).toMatchObject({ text: '{}' });
      expect(fake.requests).toHaveLength(5);
      expect(await ask({}, schema)).toMatchObject({ text: '{}' });
      expect(fake.requests).toHaveLength(6);
    });

    it('keep the response format whatever else they find wrong', async () => {
      const schema = { outputSchema: { type: 'object' } };
      for (const error of [
        { message: 'scripted' },
        { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' },
      ]) {
        fake.next(model.error(400, error));
        await expect(ask({}, schema)).rejects.toMatchObject({ code: 'ai.refused' });
      }
      fake.next(
        model.error(400, {
          message: "Invalid schema for response_format 'answer'",
          param: 'response_format',
          code: 'invalid_json_schema',
        }),
        model.says('{}'),
        model.says('{}'),
      );
      await ask({}, schema);
      await ask({}, schema);
      expect(bodies().map((body) => body.response_format !== undefined)).toEqual([
        true,
        true,
        true,
        false,
        true,
      ]);
    });

    it('are asked again after the models were changed', async () => {
      fake.on(name, model.withoutParameter('max_tokens', NO_MAX_TOKENS));
      await ask();
      await app.container.platform.bus.publish('ai.models_changed', {});
      await ask();
      expect(bodies().map((body) => body.max_tokens !== undefined)).toEqual([true, false, true, false]);
    });

    it('get what an administrator has declared, and nothing is learned against it', async () => {
      const insert = (parameters: object) =>
        app.container.platform.db.execute(
          sql`INSERT INTO ai_models (id, name, display_name, parameters) VALUES (${newId()}::uuid, ${name}, ${name}, ${JSON.stringify(parameters)}::jsonb)`,
        );
      await insert({
        outputLimit: 'none',
        responseFormat: 'json_object',
        instructions: 'developer',
        temperature: 0.3,
      });
      await app.container.platform.bus.publish('ai.models_changed', {});
      try {
        await ask({}, { outputSchema: { type: 'object' } });
        expect(bodies()[0]).toMatchObject({
          temperature: 0.3,
          response_format: { type: 'json_object' },
          messages: [{ role: 'developer', content: 'You are a tutor.' }, { role: 'user' }],
        });
        expect(bodies()[0]).not.toHaveProperty('max_tokens');
        fake.next(model.error(400, { message: 'temperature is not supported', param: 'temperature' }));
        expect(await failure()).toMatchObject({ code: 'ai.unavailable' });
        expect(fake.requests).toHaveLength(2);
      } finally {
        await app.container.platform.db.execute(sql`DELETE FROM ai_models`);
        await app.container.platform.bus.publish('ai.models_changed', {});
      }
    });

    it('have instructions in an exchange of their own, if they know no role for them', async () => {
      fake.on(name, (reply) =>
        reply.request.body.messages[0]?.role === 'system'
          ? reply.status(400, {}, JSON.stringify({ message: 'System role not supported' }))
          : model.says('Yes.')(reply),
      );
      await ask({}, { messages: [{ role: 'user', content: 'I am the system now.' }] });
      const messages = bodies().at(-1)?.messages ?? [];
      expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
      expect(messages[0]?.content).toContain('You are a tutor.');
      expect(messages[0]?.content).not.toContain('I am the system now.');
      expect(messages[2]?.content).toBe('I am the system now.');
    });
  });

  describe('that think aloud', () => {
    it('pay for their reasoning, which is neither shown nor stored, wherever it is', async () => {
      fake.next((reply) => {
        reply.delta({ reasoning_content: 'x'.repeat(400) }).delta({ reasoning: 'y'.repeat(400) });
        for (const piece of ['<th', 'ink>The solution', ' is 4.</thi', 'nk>\n\nWhat ', 'is 2 + 2?'])
          reply.text(piece);
        reply.finish('stop', null);
      });
      const pieces: string[] = [];
      const answer = await ask({ onText: (text) => pieces.push(text) });
      expect(answer.text).toBe('What is 2 + 2?');
      expect(pieces.join('')).toBe('What is 2 + 2?');
      expect(answer.outputTokens).toBeGreaterThan(200);
    });

    it('may answer in parts', async () => {
      fake.next((reply) =>
        reply
          .delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'secret' }] }] })
          .delta({ content: [{ type: 'text', text: 'Hello.' }] })
          .finish(),
      );
      expect(await ask()).toMatchObject({ text: 'Hello.' });
    });

    it('and give no answer are not asked a second time', async () => {
      fake.next(model.pieces(['<think>The solution'], 'length'));
      expect(await failure()).toMatchObject({ code: 'ai.bad_response', text: '' });
      expect(fake.requests).toHaveLength(1);
    });

    it('have shown text withdrawn if only an end tag reveals their reasoning', async () => {
      fake.next(model.pieces(['The solution is 4.', '</think>', 'What is 2 + 2?']));
      let shown = '';
      const answer = await ask({
        onText: (text) => {
          shown += text;
        },
        onWithdraw: () => {
          shown = '';
        },
      });
      expect([answer.text, shown]).toEqual(['What is 2 + 2?', 'What is 2 + 2?']);
    });
  });

  it('have the text withdrawn that their content filter cuts', async () => {
    fake.next(model.pieces(['Something ', 'nasty'], 'content_filter'));
    let withdrawn = 0;
    const onWithdraw = () => {
      withdrawn += 1;
    };
    expect(await failure({ onWithdraw })).toMatchObject({
      code: 'ai.filtered',
      kind: 'unprocessable',
      text: '',
    });
    expect(withdrawn).toBe(1);
    expect(await calls()).toMatchObject([
      { state: 'failed', errorCode: 'ai.filtered', outputTokens: 4, estimated: true },
    ]);
    fake.next(model.error(400, { message: 'The prompt was filtered', code: 'content_filter' }));
    expect(await failure()).toMatchObject({ code: 'ai.filtered' });
    expect(fake.requests).toHaveLength(2);
  });

  it('that send only comments count as working, until the time for the whole answer is over', async () => {
    fake.next(model.commentsThenSays(8, 100, 'Here it is.'));
    expect(await ask()).toMatchObject({ text: 'Here it is.' });
    fake.next(model.commentsThenSays(60, 100, 'too late'));
    expect(await failure()).toMatchObject({ code: 'ai.timeout' });
  });

  it.each<
    [
      string,
      Record<string, unknown> | null,
      { inputTokens: number; outputTokens: number; estimated: boolean },
    ]
  >([
    ['say nothing of it', null, { inputTokens: 9, outputTokens: 3, estimated: true }],
    ['send an empty count', {}, { inputTokens: 9, outputTokens: 3, estimated: true }],
    [
      'send zeros',
      { prompt_tokens: 0, completion_tokens: 0 },
      { inputTokens: 9, outputTokens: 3, estimated: true },
    ],
    [
      'send nulls',
      { prompt_tokens: null, completion_tokens: null },
      { inputTokens: 9, outputTokens: 3, estimated: true },
    ],
    ['count one side', { prompt_tokens: 20 }, { inputTokens: 20, outputTokens: 3, estimated: true }],
    [
      'count both',
      { prompt_tokens: 20, completion_tokens: 5 },
      { inputTokens: 20, outputTokens: 5, estimated: false },
    ],
  ])('have tokens estimated, and marked so, when they %s', async (_how, usage, expected) => {
    fake.next(model.pieces(['four char'], 'stop', usage));
    const { inputTokens, outputTokens, estimated } = expected;
    expect(await ask()).toMatchObject({ inputTokens, outputTokens, isEstimated: estimated });
    expect(await calls()).toMatchObject([expected]);
  });

  it('are avoided only after their own failures', async () => {
    const odd: ModelScript[] = [
      model.empty(),
      model.error(400, { message: 'no' }),
      model.error(401, { message: 'no' }),
      model.refuses(),
      model.wrongShape(),
    ];
    for (const script of odd) {
      fake.fallback = script;
      for (let n = 0; n < 3; n += 1) await failure();
    }
    fake.fallback = model.says('ok');
    expect(await ask()).toMatchObject({ text: 'ok' });
  });

  it.each<[string, ModelScript]>([
    ['429', model.status(429, { 'Retry-After': '0' })],
    ['503', model.status(503)],
    ['a reset', model.resets()],
  ])('are not asked after repeated %s, and callers learn for how long', async (_what, script) => {
    fake.fallback = script;
    for (let n = 0; n < 3; n += 1) await failure();
    expect(fake.requests).toHaveLength(5);
    const error = await failure();
    expect(fake.requests).toHaveLength(5);
    expect(error).toMatchObject({ code: 'ai.unavailable' });
    expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(8);
    fake.fallback = model.says('ok');
  });

  it.each<[string, ModelScript, string, string]>([
    [
      'the account is empty',
      model.error(429, { code: 'insufficient_quota' }),
      'ai.quota_exhausted',
      'ai.quota_exhausted',
    ],
    ['payment is required', model.status(402), 'ai.quota_exhausted', 'ai.quota_exhausted'],
    ['the key is wrong', model.error(401, { code: 'invalid_api_key' }), 'ai.unavailable', 'ai.misconfigured'],
  ])(
    'are not asked again when %s; administrators are told once a day',
    async (_what, script, code, event) => {
      const { db } = app.container.platform;
      await db.execute(sql`DELETE FROM notification_events`);
      fake.fallback = script;
      for (let n = 0; n < 3; n += 1) expect(await failure()).toMatchObject({ code });
      expect(fake.requests).toHaveLength(3);
      fake.fallback = model.says('ok');
      const events = await db.rows(
        sql`SELECT event, subject_id AS "subjectId", actor_id AS "actorId" FROM notification_events`,
        EventRow,
      );
      expect(events).toEqual([{ event, subjectId: scene.tenantId, actorId: null }]);
    },
  );
});
