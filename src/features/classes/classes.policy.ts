import type { DefineRules, Subjects } from '../../authz/ability';
import {
  type Access,
  CLASS_ROLES,
  classIdsReadAs,
  classIdsWithRole,
  isPathWithin,
  isWithinAny,
} from '../../authz/access';
import type { Conditions } from '../../authz/conditions';

type Place = Pick<Subjects['Class'], 'id' | 'groupPath'>;
type Ways = readonly Conditions<Subjects['Class']>[];

const administers = (access: Access): Ways => [
  access.isPlatformAdmin ? {} : { groupPath: { $within: access.adminPaths } },
];

/** Manages the class: its own teachers, and the admins of its group or above. */
const manages = (access: Access): Ways => [
  ...administers(access),
  { id: { $in: classIdsWithRole(access, 'teacher') } },
];

/**
 * Archives and restores the class: its teachers, even of an archived class, and the admins of its group or
 * above.
 */
const retires = (access: Access): Ways => [
  ...administers(access),
  { id: { $in: classIdsReadAs(access, 'teacher') } },
];

/**
 * Sees the class with everybody in it: its teachers and assistants, and people who see the group from
 * within.
 */
const views = (access: Access): Ways => [
  access.isPlatformAdmin ? {} : { groupPath: { $within: access.viewPaths } },
  { id: { $in: classIdsReadAs(access, 'teacher', 'assistant') } },
];

/**
 * Whether the principal may move the class away from its group. Its work then belongs to other admins, so a
 * teacher of the class moves it only between groups that the same role of theirs covers.
 */
export const mayMoveClass = (access: Access, place: Place, targetPath: string): boolean =>
  access.isPlatformAdmin ||
  isWithinAny(place.groupPath, access.adminPaths) ||
  (access.classRoles.get(place.id) === 'teacher' &&
    access.teachPaths.some((path) => isPathWithin(place.groupPath, path) && isPathWithin(targetPath, path)));

export const classRules: DefineRules = (access, allow) => {
  const members = classIdsReadAs(access, ...CLASS_ROLES);
  allow(['class.read', 'class.read_roster'], 'Class', ...views(access), { id: { $in: members } });
  allow('class.read_everybody', 'Class', ...views(access));
  allow(['class.update', 'class.move', 'class.manage_members'], 'Class', ...manages(access));
  allow(['class.archive', 'class.restore'], 'Class', ...retires(access));
  // A teacher does not remove or demote another one.
  allow('class.manage_teachers', 'Class', ...administers(access));
  // Where a class may be created depends on its group.
  allow('class.create', 'Group', access.isPlatformAdmin ? {} : { path: { $within: access.teachPaths } });
};
