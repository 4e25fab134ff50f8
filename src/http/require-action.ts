import type { RequestHandler } from 'express';
import { assertInScope, assertSomewhere } from '../authz/ability';
import { ForbiddenError, UnauthenticatedError } from '../shared/errors';
import type { Route } from './route';

const mustChangePassword = () =>
  new ForbiddenError(
    'auth.password_change_required',
    'Change your password first (POST /auth/password). Until then you cannot do anything else.',
  );

/**
 * Refuses callers who may not call the route at all. The service decides what they may do to the single
 * object.
 */
export function requireAction({ access, beforePasswordChange }: Route): RequestHandler {
  return (req, _res, next) => {
    if (access.kind === 'public') return next();
    const principal = req.user;
    if (principal === undefined) throw new UnauthenticatedError();
    if (principal.mustChangePassword && beforePasswordChange !== true) throw mustChangePassword();
    if (access.kind === 'platform_admin' && !principal.isPlatformAdmin) throw new ForbiddenError();
    assertInScope(principal, access.action);
    if (access.kind === 'signed_in' && access.on !== undefined)
      assertSomewhere(principal, access.action, access.on);
    next();
  };
}
