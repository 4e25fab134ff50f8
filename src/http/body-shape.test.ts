import { assertModestJson, MAX_DEPTH, MAX_ITEMS, MAX_KEYS, MAX_VALUES } from './body-shape';

const outcome = (text: string): string => {
  try {
    assertModestJson(Buffer.from(text));
    return 'modest';
  } catch (error) {
    return (error as { details: { issues: { reason: string }[] } }).details.issues[0]!.reason;
  }
};
const object = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, i) => `"k${i}":${i}`).join(',')}}`;
const list = (items: number): string => `[${Array(items).fill('0').join(',')}]`;
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('the shape of a body', () => {
  it.each([
    ['keys of one object', object(MAX_KEYS), object(MAX_KEYS + 1), 'too_many_values'],
    ['items of one list', list(MAX_ITEMS), list(MAX_ITEMS + 1), 'too_many_values'],
    ['levels', nested(MAX_DEPTH), nested(MAX_DEPTH + 1), 'malformed_json'],
    [
      'values altogether',
      `[${Array(MAX_ITEMS - 1)
        .fill('[]')
        .join(',')}]`,
      `{"a":${list(MAX_ITEMS)},"b":${list(MAX_ITEMS)}}`,
      'too_many_values',
    ],
  ])('has a limit to %s', (_what, most, more, reason) => {
    expect([outcome(most), outcome(more)]).toEqual(['modest', reason]);
  });

  it('does not count what stands in texts', () => {
    const text = JSON.stringify({ text: `\\"${',[{'.repeat(50_000)}"\\` });
    expect(outcome(text)).toBe('modest');
    expect(outcome(JSON.stringify({ 'a "key", with [ all {': ',,,' }))).toBe('modest');
  });

  it('is looked at in texts that are no JSON as well', () => {
    for (const text of ['', '"', '"\\', ']]]]', '}{', '{"a":', '\\"', ',,,,'])
      expect(outcome(text)).toBe('modest');
    expect(outcome(','.repeat(MAX_VALUES))).toBe('too_many_values');
  });
});
