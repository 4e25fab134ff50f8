import type { DefineRules, Subjects } from '../../authz/ability';
import { type Access, CLASS_ROLES, classIdsReadAs, classIdsWithRole } from '../../authz/access';
import type { Conditions } from '../../authz/conditions';

type Ways = readonly Conditions<Subjects['Assignment']>[];

const administers = (access: Access): Ways => [
  access.isPlatformAdmin ? {} : { groupPath: { $within: access.adminPaths } },
];

/** People who answer for the class's work: its teachers, and the admins of its group. */
const leads = (access: Access): Ways => [
  ...administers(access),
  { classId: { $in: classIdsWithRole(access, 'teacher') } },
];

/** People who plan the class's work: its teachers and assistants, and the admins of its group. */
const plans = (access: Access): Ways => [
  ...administers(access),
  { classId: { $in: classIdsWithRole(access, 'teacher', 'assistant') } },
];

export const assignmentRules: DefineRules = (access, allow) => {
  allow(
    ['assignment.create', 'assignment.update', 'assignment.override', 'assignment.read_content'],
    'Assignment',
    ...plans(access),
  );
  // Assistants plan, but do not delete, archive or restore.
  allow(['assignment.delete', 'assignment.archive', 'assignment.restore'], 'Assignment', ...leads(access));
  // A published assignment is visible to everybody in the class, and to people who see the group from
  // within.
  const members = classIdsReadAs(access, ...CLASS_ROLES);
  const given = { state: { $ne: 'draft' } };
  allow(
    'assignment.read',
    'Assignment',
    ...plans(access),
    { ...given, classId: { $in: members } },
    { ...given, groupPath: { $within: access.viewPaths } },
  );
};
