import type { DefineRules } from '../../authz/ability';
import type { GroupRole } from '../../authz/access';

/** Admins make people for the groups that they administer, in any role: there is none above their own. */
export const accountRules: DefineRules = (access, allow) => {
  allow('user.create', 'Group', access.isPlatformAdmin ? {} : { path: { $within: access.adminPaths } });
};

/** The class role that goes with a role in a group; null if none does. */
export function classRoleOf(role: GroupRole): 'student' | 'teacher' | null {
  return role === 'student' || role === 'teacher' ? role : null;
}
