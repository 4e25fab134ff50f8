import type { DefineRules } from '../../authz/ability';
import { type Access, isAboveAny, isWithinAny } from '../../authz/access';

type Place = { path: string };

/** Manages the group: it and what is below. */
export const managesGroup = (access: Access, { path }: Place): boolean =>
  access.isPlatformAdmin || isWithinAny(path, access.adminPaths);

/** Sees the inside of the group: its settings and members. */
export const viewsGroup = (access: Access, { path }: Place): boolean =>
  access.isPlatformAdmin || isWithinAny(path, access.viewPaths);

/** Knows the group by name and theme: those who see its inside, and those who belong to it or to one below. */
export const knowsGroup = (access: Access, place: Place): boolean =>
  viewsGroup(access, place) || isAboveAny(place.path, access.memberPaths);

export const groupRules: DefineRules = (access, allow) => {
  allow('group.read', 'Group', (group) => knowsGroup(access, group));
  allow(['group.read_settings', 'group.list_members'], 'Group', (group) => viewsGroup(access, group));
  allow(['group.create', 'group.update', 'group.move', 'group.manage_members'], 'Group', (group) =>
    managesGroup(access, group),
  );
  // A root group is a whole tenant, and its admins could not bring it back by themselves.
  allow(
    ['group.archive', 'group.restore'],
    'Group',
    (group) => managesGroup(access, group) && (access.isPlatformAdmin || group.path.includes('.')),
  );
};
