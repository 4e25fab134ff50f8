import type { DefineRules, Subjects } from '../../authz/ability';
import { type Access, type ClassRole, isPathWithin, isWithinAny, readingRoleIn } from '../../authz/access';

type Place = Pick<Subjects['Class'], 'id' | 'groupPath'>;

const hasRole = (access: Access, { id }: Place, ...roles: ClassRole[]): boolean => {
  const role = access.classRoles.get(id);
  return role !== undefined && roles.includes(role);
};

const administers = (access: Access, { groupPath }: Pick<Place, 'groupPath'>): boolean =>
  access.isPlatformAdmin || isWithinAny(groupPath, access.adminPaths);

/** Reads the class by one of these roles, archived or not. */
const readsAs = (access: Access, { id }: Place, ...roles: ClassRole[]): boolean => {
  const role = readingRoleIn(access, id);
  return role !== undefined && roles.includes(role);
};

/** Manages the class: its own teachers, and the admins of its group or above. */
export const managesClass = (access: Access, place: Place): boolean =>
  administers(access, place) || hasRole(access, place, 'teacher');

/** Takes a class out of use and back: its teachers, of an archived class too, and the admins of its group or above. */
export const retiresClass = (access: Access, place: Place): boolean =>
  administers(access, place) || readsAs(access, place, 'teacher');

/** Says who teaches: a teacher does not remove or demote another. */
export const managesTeachers = administers;

/**
 * May move the class away from its group. Its work then belongs to other admins, so a teacher of the class moves it only
 * between groups that one and the same role of theirs covers.
 */
export const mayMoveClass = (access: Access, place: Place, targetPath: string): boolean =>
  administers(access, place) ||
  (hasRole(access, place, 'teacher') &&
    access.teachPaths.some((path) => isPathWithin(place.groupPath, path) && isPathWithin(targetPath, path)));

/** Sees the class with everybody in it: its teachers and assistants, and those who see the group from within. */
export const viewsClass = (access: Access, place: Place): boolean =>
  access.isPlatformAdmin ||
  readsAs(access, place, 'teacher', 'assistant') ||
  isWithinAny(place.groupPath, access.viewPaths);

export const knowsClass = (access: Access, place: Place): boolean =>
  viewsClass(access, place) || readingRoleIn(access, place.id) !== undefined;

export const classRules: DefineRules = (access, allow) => {
  allow(['class.read', 'class.read_roster'], 'Class', (place) => knowsClass(access, place));
  allow(['class.update', 'class.move', 'class.manage_members'], 'Class', (place) =>
    managesClass(access, place),
  );
  allow(['class.archive', 'class.restore'], 'Class', (place) => retiresClass(access, place));
  allow('class.manage_teachers', 'Class', (place) => managesTeachers(access, place));
  // Where a class may be made is a question to its group.
  allow(
    'class.create',
    'Group',
    ({ path }) => access.isPlatformAdmin || isWithinAny(path, access.teachPaths),
  );
};
