import type { DefineRules, Subjects } from '../../authz/ability';
import { type Access, type ClassRole, isWithinAny, readingRoleIn } from '../../authz/access';

type Place = Subjects['Assignment'];

const hasRole = (access: Access, { classId }: Place, ...roles: ClassRole[]): boolean => {
  const role = access.classRoles.get(classId);
  return role !== undefined && roles.includes(role);
};

/** Those who answer for the class's work: its teachers, and the admins of its group. */
const leads = (access: Access, place: Place): boolean =>
  access.isPlatformAdmin ||
  hasRole(access, place, 'teacher') ||
  isWithinAny(place.groupPath, access.adminPaths);

/** Those who plan the class's work: its teachers and assistants, and the admins of its group. */
const plans = (access: Access, place: Place): boolean =>
  access.isPlatformAdmin ||
  hasRole(access, place, 'teacher', 'assistant') ||
  isWithinAny(place.groupPath, access.adminPaths);

/** Those who may know what was given out: everybody of the class, and who sees the group from within. */
const knows = (access: Access, place: Place): boolean =>
  readingRoleIn(access, place.classId) !== undefined || isWithinAny(place.groupPath, access.viewPaths);

export const assignmentRules: DefineRules = (access, allow) => {
  allow(
    ['assignment.create', 'assignment.update', 'assignment.override', 'assignment.read_content'],
    'Assignment',
    (place) => plans(access, place),
  );
  // Assistants plan; they do not take anything away.
  allow(['assignment.delete', 'assignment.archive', 'assignment.restore'], 'Assignment', (place) =>
    leads(access, place),
  );
  allow(
    'assignment.read',
    'Assignment',
    (place) => plans(access, place) || (place.state !== 'draft' && knows(access, place)),
  );
};
