import fc from 'fast-check';
import { inexactNumber } from './exact-numbers';

describe('the numbers in a JSON text', () => {
  it.each([
    ['an integer beyond 2^53', '{"a":9007199254740993}', '9007199254740993'],
    ['one after a text with quotes', '{"a\\"b":"1\\\\","c":[1,-9007199254740993]}', '-9007199254740993'],
    ['one with a fraction', '9007199254740993.0', '9007199254740993.0'],
    ['one with a power', '[90071992547409931e0]', '90071992547409931e0'],
    ['one that is larger than any', '{"a":1e400}', '1e400'],
    ['a very long one', `[${'9'.repeat(100)}]`, `${'9'.repeat(40)}…`],
  ])('are reported if parsing would change them: %s', (_what, json, number) => {
    expect(inexactNumber(json)).toBe(number);
  });

  it.each([
    ['the largest exact integer', '[9007199254740991,-9007199254740991]'],
    ['a power of ten', '[6.02214076e23,1e100,1.5E+308,1e-400]'],
    ['a fraction', '[0.12345678901234567890,3.141592653589793]'],
    ['digits in a text', '{"9007199254740993":"id 9007199254740993","b":"\\"90071992547409931\\""}'],
  ])('pass otherwise: %s', (_what, json) => {
    expect(inexactNumber(json)).toBeNull();
  });

  it('pass if JSON was written from values', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => inexactNumber(JSON.stringify(value)) === null || hasLarge(value),
      ),
    );
  });

  it('are read in a time that is linear in the text', () => {
    const hostile = [
      '"'.repeat(500_000),
      `"${'\\'.repeat(999_999)}`,
      '1'.repeat(1_000_000),
      `1e${'-'.repeat(500_000)}`,
    ];
    const started = performance.now();
    for (const text of hostile) inexactNumber(`1e999 ${text} 1234567890123456`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

/** Whether a value holds a number whose shortest text is an integer beyond 2^53. */
function hasLarge(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(Math.trunc(value)) && !`${value}`.includes('e');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLarge);
}
