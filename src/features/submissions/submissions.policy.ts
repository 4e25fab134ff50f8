import type { DefineRules } from '../../authz/ability';
import { CLASS_ROLES, classIdsReadAs, classIdsWithRole } from '../../authz/access';

/**
 * A student's work belongs to them. The class's teachers read and grade it, its assistants read it, the
 * admins of its group do both. A guardian reads their child's returned work. Nobody else sees it, including
 * platform admins.
 */
export const submissionRules: DefineRules = (access, allow) => {
  const own = { userId: access.userId };
  const studiesThere = { classId: { $in: classIdsWithRole(access, 'student') } };
  const manages = { groupPath: { $within: access.adminPaths } };
  const members = { $in: classIdsReadAs(access, ...CLASS_ROLES) };

  allow('submission.create', 'Assignment', studiesThere);
  // The rows decide what such a list contains; people outside of the class have no list.
  allow('submission.list', 'Assignment', { classId: members }, manages);
  allow('submission.list', 'Class', { id: members }, manages);
  allow(
    ['submission.read', 'submission.read_answer'],
    'Submission',
    own,
    { classId: { $in: classIdsReadAs(access, 'assistant', 'teacher') } },
    manages,
  );
  // A student who has left the class keeps their work, but no longer writes.
  allow(['submission.update', 'submission.submit'], 'Submission', { ...own, ...studiesThere });
  // A person can be a student here and manage the group, or have become a teacher since: other people grade
  // their work.
  const ofOthers = { userId: { $ne: access.userId } };
  allow(
    ['submission.grade', 'submission.return'],
    'Submission',
    { ...ofOthers, classId: { $in: classIdsWithRole(access, 'teacher') } },
    { ...ofOthers, ...manages },
  );
  allow('submission.read', 'Submission', {
    state: 'returned',
    userId: { $in: [...access.observedStudentIds] },
  });
};
