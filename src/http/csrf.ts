import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { ForbiddenError } from '../shared/errors';
import { AllowedOrigins } from './origins';

export const CSRF_HEADER = 'x-csrf-token';

export interface CsrfOptions {
  key: KeyObject;
  /** Origins of web clients elsewhere that may act with the cookies of this API. */
  allowedOrigins: readonly string[];
  /** The address under which clients reach this API. */
  publicUrl: string;
}

/** Whether a request can change something: only those need the defence. */
export function isUnsafe(req: Request): boolean {
  return req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'OPTIONS';
}

function refused(message: string): ForbiddenError {
  return new ForbiddenError('auth.csrf', message);
}

/**
 * The defence of requests that a browser authenticates by cookie without being asked: they must come from a page of
 * ours, and carry a token that only such a page can know.
 */
export class CsrfGuard {
  private readonly allowed: AllowedOrigins;
  private readonly ownHost: string;

  constructor(private readonly options: CsrfOptions) {
    this.allowed = new AllowedOrigins(options.allowedOrigins);
    this.ownHost = new URL(options.publicUrl).host;
  }

  /** The token of a sign-in: nobody can make one for another, and it lives exactly as long. */
  tokenFor(sessionId: string): string {
    return createHmac('sha256', this.options.key).update(sessionId).digest('base64url');
  }

  /**
   * Lets pass what comes from our own pages, from an allowed origin, or from no browser at all.
   * @throws ForbiddenError `auth.csrf` for a request that another site caused.
   */
  assertOwnSite(req: Request): void {
    const origin = req.headers.origin?.toLowerCase();
    if (origin !== undefined && this.allowed.has(origin)) return;
    if (req.headers['sec-fetch-site'] === 'cross-site')
      throw refused('This request comes from another site. Send it from the web app.');
    if (origin !== undefined && !this.isOwn(origin, req))
      throw refused('Requests from this origin are not allowed. Ask the operator to add it to CORS_ORIGINS.');
  }

  /** @throws ForbiddenError `auth.csrf` where the X-CSRF-Token header is not the token of this sign-in. */
  assertToken(req: Request, sessionId: string): void {
    const given = req.headers[CSRF_HEADER];
    const expected = Buffer.from(this.tokenFor(sessionId));
    const actual = Buffer.from(typeof given === 'string' ? given : '');
    if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
    throw refused('Send the X-CSRF-Token that belongs to this sign-in.');
  }

  /** A browser sets both Origin and Host, so a foreign page cannot make them agree. `null` is nobody's origin. */
  private isOwn(origin: string, req: Request): boolean {
    if (!URL.canParse(origin)) return false;
    const { host } = new URL(origin);
    return host === this.ownHost || host === req.host?.toLowerCase();
  }
}
