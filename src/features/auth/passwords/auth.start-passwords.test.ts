import { assertStrongPassword } from './auth.password-policy';
import { newStartPassword } from './auth.start-passwords';

describe('a start password', () => {
  it('can be said and copied, and is longer for people who are no pupils', () => {
    expect(newStartPassword(true)).toMatch(/^([bdgjlmnrtvwz][aeou]){2}-([bdgjlmnrtvwz][aeou]){2}-[2-9]{2}$/);
    expect(newStartPassword(false)).toMatch(
      /^(?:[bdgjlmnrtvwz][aeou]){2}(?:-(?:[bdgjlmnrtvwz][aeou]){2}){2}-[2-9]{2}$/,
    );
  });

  it('is another one each time, and strong enough for the policy', () => {
    const made = Array.from({ length: 500 }, () => newStartPassword(true));
    expect(new Set(made).size).toBe(500);
    const nobody = { email: null, username: null, name: 'Zoe Quill', places: ['Cedar Grove'] };
    for (const password of made)
      expect(() => assertStrongPassword(password, nobody, 'password')).not.toThrow();
  });
});
