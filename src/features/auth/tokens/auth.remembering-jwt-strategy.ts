import type { JwtPayload, VerifyOptions } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { Strategy } from 'passport-jwt';

type Done = (error: Error | null, claims?: JwtPayload) => void;
type Verify = (token: string, key: unknown, options: VerifyOptions, done: Done) => void;

/** Most tokens that a strategy remembers, some 500 bytes each; the one used longest ago goes first. */
const MAX_TOKENS = 10_000;

/**
 * Verifies as `verify` does, and remembers the claims of genuine tokens until they expire, for each strategy apart: its
 * options are an object of its own. A strategy whose key changes must not use it.
 */
export function remembering(verify: Verify): Verify {
  const memories = new WeakMap<VerifyOptions, LRUCache<string, JwtPayload>>();
  return (token, key, options, done) => {
    const genuine = memories.get(options) ?? new LRUCache({ max: MAX_TOKENS });
    memories.set(options, genuine);
    const known = genuine.get(token);
    if (known?.exp !== undefined && Date.now() < known.exp * 1000) {
      done(null, known);
      return;
    }
    verify(token, key, options, (error, claims) => {
      if (error === null && claims !== undefined) genuine.set(token, Object.freeze(claims));
      done(error, claims);
    });
  };
}

const Verifying = Strategy as typeof Strategy & { JwtVerifier: Verify };
Verifying.JwtVerifier = remembering(Verifying.JwtVerifier);

/**
 * passport-jwt, which otherwise checks the signature of a token at each of its requests. Who the token belongs to, and
 * whether its sign-in has been ended, is asked each time as before.
 *
 * Measured on 28 November 2026, Node 20.20, two cores shared with other work (load 10), nine interleaved rounds of 2,000:
 * CPU of the server for a request, with it and without: theme 260 and 336 µs, group 341 and 393, `GET /auth/me` 8 % less.
 */
export const JwtStrategy = Strategy;
