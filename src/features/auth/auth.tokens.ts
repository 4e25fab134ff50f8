import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

/** Short, since an access token is believed without asking who else holds it. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;
/** Remembered verifications; a token lives for minutes, so this holds some thousand callers. */
const MAX_REMEMBERED = 10_000;
const ISSUER = 'raptscallions';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.number() });

export interface AccessClaims {
  userId: string;
  /** The sign-in (refresh token family) that the token belongs to. */
  sessionId: string;
}

/** A key of its own for each purpose, all from the one secret that an operator sets. */
export function deriveKey(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `raptscallions/${purpose}`, 32)));
}

/** Signs and verifies access tokens: HS256 JWTs of 15 minutes with `sub` (user) and `sid` (sign-in). */
export class AccessTokens {
  // Made once: turning a string into a key costs fifty times the verification itself.
  private readonly key: KeyObject;
  // Safe, as whether user and sign-in still live is asked anew at each request.
  private readonly verified = new Map<string, AccessClaims & { expiresAt: number }>();

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

  /** The claims of a token that is genuine and not expired, else null. */
  verify(token: string): AccessClaims | null {
    const known = this.verified.get(token);
    if (known !== undefined) return known.expiresAt > Date.now() ? known : this.drop(token);
    try {
      const { sub, sid, exp } = Claims.parse(
        jwt.verify(token, this.key, { algorithms: ['HS256'], issuer: ISSUER }),
      );
      const claims = { userId: sub, sessionId: sid, expiresAt: exp * 1000 };
      if (this.verified.size >= MAX_REMEMBERED) this.verified.clear();
      this.verified.set(token, claims);
      return claims;
    } catch {
      return null;
    }
  }

  private drop(token: string): null {
    this.verified.delete(token);
    return null;
  }
}
