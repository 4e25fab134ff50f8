import { parseOutput, storableAnswer } from './runs.output';

describe("the JSON in a model's answer", () => {
  it.each([
    ['plain', '{"a":1}', { a: 1 }],
    ['with space around it', '\n  {"a":1}\n', { a: 1 }],
    ['in a fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['in a fence without a language', '```\n[1]\n```', [1]],
    ['that is a word only', '"yes"', 'yes'],
  ])('is read when it is %s', (_what, text, value) => {
    expect(parseOutput(text)).toEqual({ ok: true, value });
  });

  it.each(['', 'Here it is: {"a":1}', '{"a":1', '{"a":1}{"b":2}', '```json\n{"a":\n```'])(
    'is not guessed at: %j',
    (text) => {
      expect(parseOutput(text)).toEqual({ ok: false });
    },
  );

  it('loses what the database cannot hold, in values and keys', () => {
    expect(parseOutput('{"a\\u0000":["x\\u0000y",{"b\\ud800":"\\udc00"}]}')).toEqual({
      ok: true,
      value: { a: ['xy', { 'b\ufffd': '\ufffd' }] },
    });
    expect(storableAnswer('x\0\ud800')).toBe('x\ufffd');
  });

  it('cannot change what an object is', () => {
    const parsed = parseOutput('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf((parsed as { value: object }).value)).toBe(Object.prototype);
  });
});
