import { createHmac, hash, type KeyObject, randomBytes } from 'node:crypto';

/** SHA-256, as stored: the secret has 256 random bits, so a slower hash is not needed. */
export function secretHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/**
 * Refresh tokens: the first one of a sign-in is random, each later one is derived from the previous one and
 * a key of this installation. So a lost answer can be repeated with the same successor, without storing it.
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
