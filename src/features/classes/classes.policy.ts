import type { DefineRules, Subjects } from '../../authz/ability';
import { type Access, type ClassRole, isWithinAny } from '../../authz/access';

type Place = Pick<Subjects['Class'], 'id' | 'groupPath'>;

const hasRole = (access: Access, { id }: Place, ...roles: ClassRole[]): boolean => {
  const role = access.classRoles.get(id);
  return role !== undefined && roles.includes(role);
};

/** Manages the class: its own teachers, and the admins of its group or above. */
export const managesClass = (access: Access, place: Place): boolean =>
  access.isPlatformAdmin ||
  hasRole(access, place, 'teacher') ||
  isWithinAny(place.groupPath, access.adminPaths);

/** Sees the class with everybody in it: its teachers and assistants, and those who see the group from within. */
export const viewsClass = (access: Access, place: Place): boolean =>
  access.isPlatformAdmin ||
  hasRole(access, place, 'teacher', 'assistant') ||
  isWithinAny(place.groupPath, access.viewPaths);

export const knowsClass = (access: Access, place: Place): boolean =>
  viewsClass(access, place) || access.classRoles.has(place.id);

export const classRules: DefineRules = (access, allow) => {
  allow(['class.read', 'class.read_roster'], 'Class', (place) => knowsClass(access, place));
  allow(['class.update', 'class.archive', 'class.manage_members'], 'Class', (place) =>
    managesClass(access, place),
  );
  // Where a class may be made is a question to its group.
  allow(
    'class.create',
    'Group',
    ({ path }) => access.isPlatformAdmin || isWithinAny(path, access.teachPaths),
  );
};
