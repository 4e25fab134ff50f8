import type { DefineRules } from '../../authz/ability';
import type { Access } from '../../authz/access';
import { NOT_A_ROOT } from '../../authz/conditions';

/** Manages the group and everything below it. */
const manages = (access: Access) => (access.isPlatformAdmin ? {} : { path: { $within: access.adminPaths } });

/** Sees the inside of the group: its settings and members. */
const views = (access: Access) => (access.isPlatformAdmin ? {} : { path: { $within: access.viewPaths } });

export const groupRules: DefineRules = (access, allow) => {
  // People who belong to a group, or to one below, see its name and theme.
  allow('group.read', 'Group', views(access), { path: { $above: access.memberPaths } });
  allow(['group.read_settings', 'group.list_members'], 'Group', views(access));
  allow(['group.create', 'group.update', 'group.move', 'group.manage_members'], 'Group', manages(access));
  // A root group is a whole tenant, and its admins could not restore it themselves.
  allow(
    ['group.archive', 'group.restore'],
    'Group',
    access.isPlatformAdmin ? {} : { path: { $within: access.adminPaths, $regex: NOT_A_ROOT } },
  );
};
