import { hash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits, as text that may stand in an address. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256, as stored: the secret has 256 random bits, so a slower hash is not needed. */
export const secretHash = (secret: string): Buffer => hash('sha256', secret, 'buffer');
