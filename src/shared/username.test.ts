import fc from 'fast-check';
import { firstFree, isUsername, normalizedUsername, usernameFrom } from './username';

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

describe('a username made of a name', () => {
  it.each([
    ['Zoë van der Quill', 'zoe.quill'],
    ["Sinéad O'Brien", 'sinead.obrien'],
    ['Łukasz Żółć', 'lukasz.zolc'],
    ['Madonna', 'madonna'],
    ['Jean-Luc Picard', 'jean.picard'],
    ['Иван Петров', 'иван.петров'],
    ['X', 'userx'],
    ['😀', 'user'],
  ])('is short and easy to type: %s', (name, username) => {
    expect(usernameFrom(name)).toBe(username);
  });

  it('can be a username, whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (name) => {
        expect(isUsername(`${usernameFrom(name)}99999`)).toBe(true);
        expect(isUsername(usernameFrom(name))).toBe(true);
      }),
    );
  });

  it('is numbered if it is taken', () => {
    expect(firstFree('zoe', new Set())).toBe('zoe');
    expect(firstFree('zoe', new Set(['zoe', 'zoe3']))).toBe('zoe2');
    expect(firstFree('zoe', new Set(['zoe', 'zoe2']))).toBe('zoe3');
  });
});
