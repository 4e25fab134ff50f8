import { WeakPasswordError } from './auth.errors';
import { assertStrongPassword } from './auth.password-policy';

const ADA = { email: 'ada.lovelace@school.example.org', name: 'Ada Lovelace' };

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
  it.each(['password', 'PassWord1', '12345678', 'iloveyou', 'qwertyuiop', 'aaaaaaaa', 'ababababab'])(
    'refuses %s as common',
    (password) => {
      expect(reasonFor(password)).toBe('common');
    },
  );

  it.each([
    'ada.lovelace@school.example.org',
    'Ada Lovelace',
    'adalovelace1',
    'Lovelace!2',
    'lovelace-ada-12',
    'ADA.LOVELACE',
  ])('refuses %s as made of the own name or e-mail', (password) => {
    expect(reasonFor(password)).toBe('personal');
  });

  it.each([
    'a long walk in June',
    'lovelace sails home',
    'Xk3$vq9!pL',
    'ёлки-палки-лес',
    'correct horse battery',
  ])('takes %s', (password) => {
    expect(reasonFor(password)).toBeNull();
  });

  it('takes any password of a person whose name says nothing', () => {
    expect(() =>
      assertStrongPassword('x9-walrus-lamp', { email: 'a@b.example', name: 'A B' }, 'password'),
    ).not.toThrow();
  });

  it('knows at least the 3000 most common ones of eight characters and more', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    expect(dictionary['passwords-common'].filter((password) => password.length >= 8).length).toBeGreaterThan(
      3_000,
    );
  });
});
