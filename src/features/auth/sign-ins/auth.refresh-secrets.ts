import { createHmac, hash, type KeyObject, randomBytes } from 'node:crypto';

/** SHA-256, as stored: the secret has 256 random bits, so nothing slower is needed. */
export function secretHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/**
 * Refresh tokens: the first of a sign-in is random, each later one follows from the one before and a key of this
 * installation. So the successor can be told again when the answer got lost, without being stored anywhere.
 */
export class RefreshSecrets {
  constructor(private readonly key: KeyObject) {}

  first(): string {
    return randomBytes(32).toString('base64url');
  }

  successorOf(secret: string): string {
    return createHmac('sha256', this.key).update(secret).digest('base64url');
  }
}
