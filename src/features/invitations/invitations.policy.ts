import type { DefineRules } from '../../authz/ability';
import { type Access, classIdsWithRole, GROUP_ROLES, type GroupRole, isPathWithin } from '../../authz/access';
import type { InvitedRole } from './invitations.types';

/** Admins invite to their groups and to the classes there; teachers invite to their classes. */
export const invitationRules: DefineRules = (access, allow) => {
  const within = access.isPlatformAdmin ? {} : { path: { $within: access.adminPaths } };
  allow(['group.list_invitations', 'group.invite'], 'Group', within);
  const inGroup = access.isPlatformAdmin ? {} : { groupPath: { $within: access.adminPaths } };
  const own = { id: { $in: classIdsWithRole(access, 'teacher') } };
  allow(['class.list_invitations', 'class.invite'], 'Class', inGroup, own);
};

/** The membership that carries a role in a class. */
const MEMBERSHIPS: Partial<Record<InvitedRole, GroupRole>> = { assistant: 'staff' };

/** The membership that comes with a role in a group or class. */
export const membershipOf = (role: InvitedRole): GroupRole => MEMBERSHIPS[role] ?? (role as GroupRole);

/** The strongest role that a person has around a group: in it, above it, or below it, as class roles count it. */
function rankAround(access: Access, groupPath: string): number {
  const touches = (paths: readonly string[]) =>
    paths.some((path) => isPathWithin(groupPath, path) || isPathWithin(path, groupPath));
  if (access.isPlatformAdmin || touches(access.adminPaths)) return GROUP_ROLES.indexOf('admin');
  if (touches(access.teachPaths)) return GROUP_ROLES.indexOf('teacher');
  if (touches(access.viewPaths)) return GROUP_ROLES.indexOf('staff');
  return GROUP_ROLES.length;
}

/** Whether a role at this place is no more than what the person has there. */
export const mayGive = (access: Access, role: InvitedRole, groupPath: string): boolean =>
  GROUP_ROLES.indexOf(membershipOf(role)) >= rankAround(access, groupPath);
