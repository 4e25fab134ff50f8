import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

/** What most answers say: nobody else at a shared computer finds a student's work in the browser's cache. */
const NO_STORE = 'no-store';
/** What answers without anything personal say: the browser keeps them, and asks each time whether they still hold. */
export const REVALIDATE = 'private, no-cache';

/**
 * The security headers of every answer, as helmet would set them for an API. They are constants, so they are
 * computed once here and not at each request.
 */
function compute(): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  const collect = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => {},
  };
  const apply = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
  apply({} as never, collect as never, () => {});
  headers.push(['Cache-Control', NO_STORE], ['Vary', 'Authorization, Cookie, Origin']);
  return headers;
}

export const SECURITY_HEADERS = compute();

/** The same for what is not a route of the API. */
export function setSecurityHeaders(_req: Request, res: Response, next: NextFunction): void {
  for (const [name, value] of SECURITY_HEADERS) res.setHeader(name, value);
  next();
}
