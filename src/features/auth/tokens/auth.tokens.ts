import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Short, since an access token is believed without asking who else holds it. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ISSUER = 'raptscallions';

/** What a genuine access token says. */
export interface Claims {
  sub: string;
  sid: string;
}

export interface AccessClaims {
  userId: string;
  /** The sign-in (refresh token family) that the token belongs to. */
  sessionId: string;
}

/** A key of its own for each purpose, all from the one secret that an operator sets. */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `raptscallions/${purpose}`, 32)));
}

/** Signs access tokens, and says how to verify them: HS256 JWTs of 15 minutes with `sub` (user) and `sid` (sign-in). */
export class AccessTokens {
  // Made once: turning a string into a key at each request costs fifty times the verification itself.
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

  /** The options of passport-jwt. Its types do not know of key objects, which it hands on to jsonwebtoken. */
  get verification() {
    return { secretOrKey: this.key as unknown as Buffer, algorithms: ['HS256' as const], issuer: ISSUER };
  }
}
