import type { DefineRules, Principal } from '../../authz/ability';
import { type Access, classIdsWithRole } from '../../authz/access';
import type { Scope } from '../../authz/actions';
import { PersonRequiredError } from './auth.errors';

/** Everybody manages their own account, and nobody else's. */
export const authRules: DefineRules = (access, allow) => {
  allow(['account.read', 'account.update'], 'Account', { userId: access.userId });
};

/**
 * Password, sign-ins and tokens belong to the person: a script must not be able to extend its own access.
 * @returns the caller's sign-in
 * @throws PersonRequiredError for an API token
 */
export function requirePerson(principal: Principal): string {
  if (principal.sessionId === null) throw new PersonRequiredError();
  return principal.sessionId;
}

const administrates = (access: Access) => access.isPlatformAdmin || access.adminPaths.length > 0;
const teaches = (access: Access) =>
  administrates(access) ||
  access.teachPaths.length > 0 ||
  classIdsWithRole(access, 'teacher', 'assistant').length > 0;

/**
 * Scopes that only some people can use. Rights are checked again at each use, so a new scope is safe
 * without a line here.
 */
const HOLDERS: Partial<Record<Scope, (access: Access) => boolean>> = {
  'users:write': administrates,
  'groups:write': administrates,
  'ai:write': administrates,
  'tools:write': teaches,
  'assignments:write': teaches,
  'grading:write': teaches,
};

/** The scopes that would allow more than the person may do. */
export function scopesBeyond(access: Access, scopes: readonly Scope[]): Scope[] {
  return scopes.filter((scope) => HOLDERS[scope]?.(access) === false);
}
