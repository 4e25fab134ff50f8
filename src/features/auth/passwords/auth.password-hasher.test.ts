import { parseOptions } from '@node-rs/argon2';
import { PasswordHasher } from './auth.password-hasher';

describe('password hashes', () => {
  const hasher = new PasswordHasher();

  it('are argon2id with at least the cost that OWASP asks for', async () => {
    const hash = await hasher.hash('a long walk in June');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(parseOptions(hash)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    expect(await hasher.hash('a long walk in June')).not.toBe(hash);
  });

  it('distinguish the right password from others, however its letters are composed', async () => {
    const hash = await hasher.hash('caf\u00e9 am See');
    await expect(hasher.verify(hash, 'cafe\u0301 am See')).resolves.toBe(true);
    await expect(hasher.verify(hash, 'cafe am See')).resolves.toBe(false);
  });

  it('match nothing if there is no hash', async () => {
    await expect(hasher.verify(null, 'nobody has this password')).resolves.toBe(false);
  });
});
