import { hash, verify } from '@node-rs/argon2';

const ARGON2ID = 2;
/** OWASP's minimum: 19 MiB, two passes, one lane; about 20 ms of one core. */
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * The same password typed on different keyboards can differ in bytes, but must count as the same password.
 */
function normalized(password: string): string {
  return password.normalize('NFKC');
}

/** Hashes and verifies passwords with argon2id, off the event loop. */
export class PasswordHasher {
  private decoy: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return hash(normalized(password), COST);
  }

  /**
   * Whether the password matches the hash. Without a hash the answer is no after the same amount of work,
   * so that its time does not reveal whether an account exists.
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    this.decoy ??= this.hash('nobody has this password');
    const matches = await verify(passwordHash ?? (await this.decoy), normalized(password));
    return matches && passwordHash !== null;
  }
}
