import type { RequestHandler } from 'express';
import type { PassportStatic } from 'passport';
import { type CsrfGuard, isUnsafe } from '../../http/csrf';
import type { Route } from '../../http/route';
import { currentContext } from '../../platform/context';
import { InvalidTokenError } from './auth.errors';
import { CALLERS, CARD, PASSWORDS } from './auth.strategies';

type Passport = Pick<PassportStatic, 'authenticate'>;

/**
 * A client sends a header on purpose, so a bad one is an error. A browser sends cookies on its own, so an
 * ended one is ignored.
 */
const refuseBadToken: RequestHandler = (req, _res, next) => {
  if (req.user === undefined && req.headers.authorization !== undefined) throw new InvalidTokenError();
  next();
};

/** Names the caller for the log and the audit trail. */
const describeCaller: RequestHandler = (req, _res, next) => {
  if (req.user !== undefined) {
    const { userId, tenantId, credential } = req.user;
    const context = currentContext();
    context.userId = userId;
    if (tenantId !== null) context.tenantId = tenantId;
    context.actorKind = credential === 'api_token' ? 'api_token' : 'user';
  }
  next();
};

/** Refuses changes that another site makes a browser send. */
function requireOwnSite(csrf: CsrfGuard): RequestHandler {
  return (req, _res, next) => {
    if (isUnsafe(req) && req.headers.authorization === undefined) csrf.assertOwnSite(req);
    next();
  };
}

/** Requires the CSRF token of the sign-in for changes that are authenticated by cookie. */
function requireCsrfToken(csrf: CsrfGuard): RequestHandler {
  return (req, _res, next) => {
    if (isUnsafe(req) && req.user?.credential === 'cookie')
      csrf.assertToken(req, req.user.sessionId as string);
    next();
  };
}

/**
 * The handlers of a route's chain that put its caller on `req.user`. Open routes (log-in, refresh) ignore a
 * credential that has ended.
 */
export function authenticateBy(passport: Passport, csrf: CsrfGuard): (route: Route) => RequestHandler[] {
  const ownSite = requireOwnSite(csrf);
  const caller = passport.authenticate(CALLERS, { session: false, authInfo: false }) as RequestHandler;
  const strict = [refuseBadToken, requireCsrfToken(csrf)];
  return ({ access }) => [ownSite, caller, ...(access.kind === 'public' ? [] : strict), describeCaller];
}

const PROOF = { session: false, authInfo: false, assignProperty: 'proven', failWithError: true };

/** Checks the name and the password of a validated body, and puts their owner on `req.proven`. */
export function authenticateByPassword(passport: Passport): RequestHandler {
  return passport.authenticate(PASSWORDS, PROOF) as RequestHandler;
}

/** Uses up the card of a validated body, and leaves on `req.proven` whose it was. */
export function authenticateByCard(passport: Passport): RequestHandler {
  return passport.authenticate(CARD, PROOF) as RequestHandler;
}
