import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The default of all answers: another user of a shared computer must not find a student's work in the
 * browser's cache.
 */
const NO_STORE = 'no-store';
/** For answers without personal data: the browser keeps them, and revalidates them each time. */
export const REVALIDATE = 'private, no-cache';

/** The headers that helmet recommends, for an API that serves no pages. */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-site' },
});

/** Keeps answers out of caches unless a route says otherwise. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', NO_STORE);
  res.setHeader('Vary', 'Authorization, Cookie, Origin');
  next();
};
