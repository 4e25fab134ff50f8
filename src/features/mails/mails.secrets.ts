import { hash, randomBytes } from 'node:crypto';

/** What stands behind `#token=` in a link. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256, as stored: the secret has 256 random bits, so nothing slower is needed. */
export const secretHash = (secret: string): Buffer => hash('sha256', secret, 'buffer');
