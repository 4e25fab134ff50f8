import type { DefineRules, Principal, Subjects } from '../../authz/ability';
import { type Access, classIdsWithRole, isWithinAny } from '../../authz/access';
import type { Action } from '../../authz/actions';
import { ForbiddenError } from '../../shared/errors';

type UserSubject = Subjects['User'];

/** Whether the person administers the whole tenant: everybody in it is theirs, members of no group included. */
export function isTenantAdmin(access: Access, tenantId: string | null): boolean {
  return (
    tenantId !== null && tenantId === access.tenantId && access.adminPaths.some((path) => !path.includes('.'))
  );
}

/** To change somebody's e-mail is to be able to become them, so it takes authority over every place they belong to. */
function manages(access: Access, user: UserSubject): boolean {
  if (access.isPlatformAdmin) return true;
  if (user.isPlatformAdmin) return false;
  if (isTenantAdmin(access, user.tenantId)) return true;
  return user.groupPaths.length > 0 && user.groupPaths.every((path) => isWithinAny(path, access.adminPaths));
}

const MANAGING: readonly Action[] = [
  'user.read',
  'user.read_account',
  'user.update',
  'user.change_email',
  'user.deactivate',
  'user.read_sign_ins',
  'user.manage_sign_ins',
  'user.read_guardians',
  'user.manage_guardians',
];

/**
 * Sign-ins, platform rights and dates of an account are for the person and those who manage them; the others see a
 * name, an address and a status.
 *
 * People are read by themselves, by admins of any place they belong to and by the teachers and assistants of their
 * classes; they are managed by admins of all their places, who also say
 * who their guardians are.
 */
export const usersRules: DefineRules = (access, allow) => {
  const taught = new Set(classIdsWithRole(access, 'teacher', 'assistant'));
  allow(['user.read', 'user.update'], 'User', (user) => user.id === access.userId);
  allow('user.read', 'User', (user) => user.groupPaths.some((path) => isWithinAny(path, access.adminPaths)));
  allow('user.read', 'User', (user) => user.classIds.some((id) => taught.has(id)));
  allow('user.read_account', 'User', (user) => user.id === access.userId);
  allow(MANAGING, 'User', (user) => manages(access, user));
};

/** Lists are for admins. @throws ForbiddenError for anybody else. */
export function requireUserList(principal: Principal): void {
  const { isPlatformAdmin, adminPaths } = principal.access;
  if (!isPlatformAdmin && adminPaths.length === 0) throw new ForbiddenError();
}
