import { isFiltered, isOutOfCredit, readRefusal, refusedParameter } from './ai.refusals';

const parameter = (status: number, body: unknown) => {
  const refused = refusedParameter(readRefusal(status, body));
  return refused === null ? null : [refused.parameter, refused.replacement, refused.onlyThisTime];
};

describe('why a provider refuses', () => {
  it.each<[string, number, unknown, ReturnType<typeof parameter>]>([
    [
      'OpenAI: another limit',
      400,
      {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          type: 'invalid_request_error',
          param: 'max_tokens',
          code: 'unsupported_parameter',
        },
      },
      ['max_tokens', 'max_completion_tokens', false],
    ],
    [
      'OpenAI: a temperature',
      400,
      {
        error: {
          message: "Unsupported value: 'temperature' does not support 0.2 with this model.",
          param: 'temperature',
          code: 'unsupported_value',
        },
      },
      ['temperature', null, false],
    ],
    [
      'OpenAI: no system role',
      400,
      {
        error: {
          message: "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
          param: 'messages[0].role',
          code: 'unsupported_value',
        },
      },
      ['instructions', null, false],
    ],
    ['vLLM: no system role', 400, { message: 'System role not supported' }, ['instructions', null, false]],
    [
      'Google: no developer instruction',
      400,
      { error: { code: 400, message: 'Developer instruction is not enabled for models/gemma-3-27b-it' } },
      ['instructions', null, false],
    ],
    [
      'a template that insists on turns',
      400,
      { message: 'Conversation roles must alternate user/assistant/user/assistant/...' },
      ['instructions', null, false],
    ],
    [
      'FastAPI: an extra field',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'response_format'], msg: 'Extra inputs' }] },
      ['response_format', null, false],
    ],
    [
      'Mistral: an extra field',
      422,
      {
        object: 'error',
        message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra' }] },
      },
      ['stream_options', null, false],
    ],
    [
      'DeepSeek: a type of format',
      400,
      { error: { message: 'This response_format type is unavailable now', type: 'invalid_request_error' } },
      ['response_format', null, false],
    ],
    [
      'OpenAI: a schema too odd',
      400,
      {
        error: {
          message: "Invalid schema for response_format 'answer': 'oneOf' is not permitted.",
          param: 'response_format',
          code: 'invalid_json_schema',
        },
      },
      ['response_format', null, true],
    ],
    [
      'a limit too large',
      400,
      {
        error: {
          message: 'max_tokens is too large: 50000. This model supports at most 16384 completion tokens.',
          param: 'max_tokens',
          code: 'invalid_value',
        },
      },
      null,
    ],
    ['a context too long', 400, { error: { code: 'context_length_exceeded', message: 'too long' } }, null],
    ['nothing at all', 400, '', null],
    ['a server in trouble', 503, { error: { message: 'response_format not supported' } }, null],
    [
      'what a student wrote, quoted back',
      422,
      { detail: [{ loc: ['body', 'messages'], msg: 'too long', input: 'response_format is not supported' }] },
      null,
    ],
  ])('is read from its body: %s', (_name, status, body, expected) => {
    expect(parameter(status, body)).toEqual(expected);
  });

  it('is an empty account, however it is said', () => {
    const out = (status: number, body: unknown) => isOutOfCredit(readRefusal(status, body));
    expect(out(429, { error: { code: 'insufficient_quota', message: 'You exceeded your quota' } })).toBe(
      true,
    );
    expect(out(429, { error: { type: 'insufficient_quota' } })).toBe(true);
    expect(out(402, '')).toBe(true);
    expect(out(429, { error: { code: 'rate_limit_exceeded' } })).toBe(false);
  });

  it('is a content filter, however it is said', () => {
    const filtered = (status: number, body: unknown) => isFiltered(readRefusal(status, body));
    expect(filtered(400, { error: { code: 'content_filter', message: 'The response was filtered' } })).toBe(
      true,
    );
    expect(
      filtered(400, { error: { message: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } } }),
    ).toBe(true);
    expect(filtered(403, { error: { message: 'Your input was flagged', metadata: { reasons: [] } } })).toBe(
      true,
    );
    expect(filtered(400, { error: { message: 'context too long' } })).toBe(false);
    expect(filtered(500, { error: { code: 'content_filter' } })).toBe(false);
  });

  it('gives the log no more than short words', () => {
    const text = 'My name is Kim and I live in Elm Street';
    const refusal = readRefusal(400, { error: { code: text, param: text, type: 'invalid_request_error' } });
    expect([refusal.code, refusal.param]).toEqual(['invalid_request_error', null]);
  });
});
