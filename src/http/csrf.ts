import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { ForbiddenError } from '../shared/errors';
import { AllowedOrigins } from './origins';

export const CSRF_HEADER = 'x-csrf-token';

export interface CsrfOptions {
  key: KeyObject;
  /** Origins of external web clients that may use the cookies of this API. */
  allowedOrigins: readonly string[];
  /** The address under which clients reach this API. */
  publicUrl: string;
}

/** Whether a request can change data; only those need the CSRF checks. */
export function isUnsafe(req: Request): boolean {
  return req.method !== 'GET' && req.method !== 'HEAD' && req.method !== 'OPTIONS';
}

function refused(message: string): ForbiddenError {
  return new ForbiddenError('auth.csrf', message);
}

/**
 * Protects requests that a browser authenticates with cookies on its own: they must come from one of our
 * pages, and carry a token that only such a page can know.
 */
export class CsrfGuard {
  private readonly allowed: AllowedOrigins;
  private readonly ownHost: string;

  constructor(private readonly options: CsrfOptions) {
    this.allowed = new AllowedOrigins(options.allowedOrigins);
    this.ownHost = new URL(options.publicUrl).host;
  }

  /**
   * The CSRF token of a sign-in. It cannot be derived for another sign-in, and is valid as long as its own.
   */
  tokenFor(sessionId: string): string {
    return createHmac('sha256', this.options.key).update(sessionId).digest('base64url');
  }

  /**
   * Accepts requests from our own pages, from an allowed origin, or from clients that are no browsers.
   * @throws ForbiddenError `auth.csrf` for a request that another site caused
   */
  assertOwnSite(req: Request): void {
    const origin = req.headers.origin?.toLowerCase();
    if (origin !== undefined && this.allowed.has(origin)) return;
    if (req.headers['sec-fetch-site'] === 'cross-site')
      throw refused('This request comes from another site. Send it from the web app.');
    if (origin !== undefined && !this.isOwn(origin, req))
      throw refused('Requests from this origin are not allowed. Ask the operator to add it to CORS_ORIGINS.');
  }

  /** @throws ForbiddenError `auth.csrf` if the X-CSRF-Token header is not the token of this sign-in */
  assertToken(req: Request, sessionId: string): void {
    const given = req.headers[CSRF_HEADER];
    const expected = Buffer.from(this.tokenFor(sessionId));
    const actual = Buffer.from(typeof given === 'string' ? given : '');
    if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
    throw refused('Send the X-CSRF-Token that belongs to this sign-in.');
  }

  /**
   * A browser sets both Origin and Host, so a foreign page cannot make them equal. The origin `null` never
   * counts as ours.
   */
  private isOwn(origin: string, req: Request): boolean {
    if (!URL.canParse(origin)) return false;
    const { host } = new URL(origin);
    return host === this.ownHost || host === req.host?.toLowerCase();
  }
}
