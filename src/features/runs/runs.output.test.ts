import { readOutput, storableAnswer } from './runs.output';

/** The possible meanings of an answer, the likeliest first. */
const meanings = (text: string): unknown[] =>
  readOutput(text).map((candidates) => candidates.map(({ value }) => value));
const likeliest = (text: string): unknown => readOutput(text)[0]?.at(-1)?.value;

describe("the JSON in a model's answer", () => {
  it.each<[string, string, unknown]>([
    ['plain', '{"a":1}', { a: 1 }],
    ['with space around it', '\n  {"a":1}\n', { a: 1 }],
    ['in a fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['in a fence without a language', '```\n[1]\n```', [1]],
    ['in a fence on one line', '```json {"a":1} ```', { a: 1 }],
    ['in a fence that leaves no space', '```{"a":1}```', { a: 1 }],
    ['a word only', '"yes"', 'yes'],
    ['in a fence with prose around it', 'Sure! Here it is:\n```json\n{"a":1}\n```\nAnything else?', { a: 1 }],
    ['in prose', 'Here it is: {"a":[1,"}"]}. Enjoy!', { a: [1, '}'] }],
    ['after reasoning', '<think>Perhaps {"a":2}?\n```json\n{"a":3}\n```</think>\n\n{"a":1}', { a: 1 }],
    ['after reasoning that began in the prompt', 'Perhaps {"a":2}?</think>```json\n{"a":1}\n```', { a: 1 }],
    ['with a comma too many', '{"a":[1,2,],}', { a: [1, 2] }],
    ['with single quotes and comments', "{'a': 1, // one\n}", { a: 1 }],
    ['text that holds what looks like a fence', '{"a":"```json\\n{}\\n```"}', { a: '```json\n{}\n```' }],
    ['text that holds what looks like reasoning', '{"a":"<think>x</think>"}', { a: '<think>x</think>' }],
    ['the last of several fences', '```\n{"a":0}\n```\nBetter:\n```\n{"a":1}\n```', { a: 1 }],
  ])('is found when it is %s', (_what, text, value) => {
    expect(likeliest(text)).toEqual(value);
  });

  it.each([
    '',
    'No.',
    '{"a":1',
    'Here: {"a":[1,2',
    '```json\n{"a":\n```',
    '[NaN]',
    '{"a":1e999}x',
    '<think>{"a":1',
  ])('is never completed: %j', (text) => {
    expect(meanings(text).flat()).not.toContainEqual(expect.objectContaining({ a: expect.anything() }));
    expect(likeliest(text)).toBeUndefined();
  });

  it('is decided by the schema if there are several', () => {
    expect(meanings('{"a":1}{"b":2}')).toEqual([[{ a: 1 }, { b: 2 }]]);
  });

  it('is reported with the number that was rounded', () => {
    expect(readOutput('{"a":9007199254740993}')[0]).toEqual([
      expect.objectContaining({ inexact: '9007199254740993' }),
    ]);
  });

  it('loses what the database cannot hold, in values and keys', () => {
    expect(likeliest('{"a\\u0000":["x\\u0000y",{"b\\ud800":"\\udc00"}]}')).toEqual({
      a: ['xy', { 'b\ufffd': '\ufffd' }],
    });
    expect(storableAnswer('x\0\ud800')).toBe('x\ufffd');
  });

  it.each(['{"__proto__":{"admin":true}}', "{'__proto__':{'admin':true}}"])(
    'cannot change what an object is: %s',
    (text) => {
      const value = likeliest(text) as { admin?: boolean };
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(value.admin).toBeUndefined();
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    },
  );

  it('is found in a time that is linear in the answer', () => {
    const started = performance.now();
    for (const piece of ['{', '[', '"', '```', '```json ', '<think>', '{"a":', '{}', '[1,', '{"a":1}x'])
      readOutput(piece.repeat(200_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
