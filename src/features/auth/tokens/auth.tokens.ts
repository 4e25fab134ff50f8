import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Short, because an access token could be stolen unnoticed. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ISSUER = 'raptscallions';

/** The contents of a genuine access token. */
export interface Claims {
  sub: string;
  sid: string;
}

export interface AccessClaims {
  userId: string;
  /** The sign-in (refresh token family) to which the token belongs. */
  sessionId: string;
}

/** A separate key for each purpose, all derived from the one secret that an operator sets. */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `raptscallions/${purpose}`, 32)));
}

/**
 * Signs access tokens, and defines how to verify them: HS256 JWTs of 15 minutes with `sub` (user) and `sid`
 * (sign-in).
 */
export class AccessTokens {
  // Created once, because turning a string into a key at each request costs fifty times the verification
  // itself.
  private readonly key: KeyObject;

  constructor(secret: string) {
    this.key = deriveKey(secret, 'access-token');
  }

  sign(claims: AccessClaims): string {
    return jwt.sign({ sid: claims.sessionId }, this.key, {
      algorithm: 'HS256',
      subject: claims.userId,
      issuer: ISSUER,
      expiresIn: ACCESS_TOKEN_SECONDS,
    });
  }

  /** The options of passport-jwt. Its types lack key objects, which it passes on to jsonwebtoken. */
  get verification() {
    return { secretOrKey: this.key as unknown as Buffer, algorithms: ['HS256' as const], issuer: ISSUER };
  }
}
