import type { DefineRules, Principal, Subjects } from '../../authz/ability';
import { type Access, classIdsWithRole, isTenantAdmin } from '../../authz/access';
import type { Action } from '../../authz/actions';
import type { Conditions } from '../../authz/conditions';
import { ForbiddenError } from '../../shared/errors';

type Ways = readonly Conditions<Subjects['User']>[];

/**
 * An admin who can change a person's e-mail could take over the account, so this requires authority over
 * every place of the person.
 */
function manages(access: Access): Ways {
  if (access.isPlatformAdmin) return [{}];
  const placed = { isPlatformAdmin: false, groupPaths: { $allWithin: access.adminPaths } };
  return isTenantAdmin(access, access.tenantId)
    ? [{ isPlatformAdmin: false, tenantId: access.tenantId }, placed]
    : [placed];
}

const MANAGING: readonly Action[] = [
  'user.read',
  'user.read_account',
  'user.update',
  'user.change_email',
  'user.reset_password',
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
 * who their guardians are. A pupil without e-mail gets a new password from the teachers of their classes, too.
 */
export const usersRules: DefineRules = (access, allow) => {
  const own = { id: access.userId };
  const administered = { groupPaths: { $within: access.adminPaths } };
  allow(['user.read', 'user.update', 'user.read_account'], 'User', own);
  const taught = classIdsWithRole(access, 'teacher', 'assistant');
  allow('user.read', 'User', administered, { classIds: { $in: taught } });
  // Whose password one may set one can become: so only people who have less to lose than the teacher.
  allow('user.reset_password', 'User', { pupilOfClassIds: { $in: taught } });
  allow(MANAGING, 'User', ...manages(access));
  // Lists contain the people of a place: all people there, even those whom its admin cannot manage, but no
  // teacher's students.
  if (access.isPlatformAdmin) allow('user.list', 'User', {});
  else if (isTenantAdmin(access, access.tenantId)) allow('user.list', 'User', { tenantId: access.tenantId });
  else if (access.adminPaths.length > 0)
    allow('user.list', 'User', { tenantId: access.tenantId, ...administered });
};

/** Lists are for admins. @throws ForbiddenError for everybody else */
export function requireUserList(principal: Principal): void {
  if (!principal.ability.can('user.list', 'User')) throw new ForbiddenError();
}
