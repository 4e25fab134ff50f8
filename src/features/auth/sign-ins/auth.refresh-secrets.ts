import { createHmac, type KeyObject } from 'node:crypto';
import { newSecret } from '../../../shared/secrets';

/**
 * Refresh tokens: the first one of a sign-in is random, each later one is derived from the previous one and
 * a key of this installation. So a lost answer can be repeated with the same successor, without storing it.
 */
export class RefreshSecrets {
  constructor(private readonly key: KeyObject) {}

  first(): string {
    return newSecret();
  }

  successorOf(secret: string): string {
    return createHmac('sha256', this.key).update(secret).digest('base64url');
  }
}
