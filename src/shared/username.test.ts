import { isUsername, normalizedUsername } from './username';

describe('a username', () => {
  it.each([
    [' Ada.Lovelace ', 'ada.lovelace'],
    ['ＡＤＡ', 'ada'],
    ['A\u030Ase', '\u00e5se'],
    ['Иван', 'иван'],
  ])('is the same however it is typed: %s', (typed, stored) => {
    expect(normalizedUsername(typed)).toBe(stored);
  });

  it.each(['ab', 'ada.lovelace', 'ada_l-2', '7b', 'åse', 'иван.петров', 'x'.repeat(64)])(
    'can be %s',
    (name) => {
      expect(isUsername(name)).toBe(true);
    },
  );

  it.each(['a', '', 'ada lovelace', 'ada@example.org', '.ada', 'ada-', 'a\u200bb', 'x'.repeat(65), 'a/b'])(
    'cannot be %j',
    (name) => {
      expect(isUsername(name)).toBe(false);
    },
  );
});
