import type { DefineRules } from '../../authz/ability';
import { classIdsWithRole, type GroupRole } from '../../authz/access';

/**
 * Admins create people for the groups that they administer, in any role, because no role is above their
 * own.
 */
export const accountRules: DefineRules = (access, allow) => {
  allow('user.create', 'Group', access.isPlatformAdmin ? {} : { path: { $within: access.adminPaths } });
  // For which of its students is decided one by one.
  allow(
    'class.print_login_cards',
    'Class',
    access.isPlatformAdmin ? {} : { groupPath: { $within: access.adminPaths } },
    { id: { $in: classIdsWithRole(access, 'teacher', 'assistant') } },
  );
};

/** The class role that goes with a role in a group; null if there is none. */
export function classRoleOf(role: GroupRole): 'student' | 'teacher' | null {
  return role === 'student' || role === 'teacher' ? role : null;
}
