import type { DefineRules } from '../../authz/ability';
import { CLASS_ROLES, classIdsReadAs, classIdsWithRole } from '../../authz/access';

/**
 * A student's work is theirs. The class's teachers read and grade it, its assistants read it, the admins of its
 * group do both. A guardian reads the returned work of their child. Nobody else knows of it, operators included.
 */
export const submissionRules: DefineRules = (access, allow) => {
  const own = { userId: access.userId };
  const studiesThere = { classId: { $in: classIdsWithRole(access, 'student') } };
  const manages = { groupPath: { $within: access.adminPaths } };
  const members = { $in: classIdsReadAs(access, ...CLASS_ROLES) };

  allow('submission.create', 'Assignment', studiesThere);
  // What a list then holds is a matter of its rows; those outside of the class have no list to look at.
  allow('submission.list', 'Assignment', { classId: members }, manages);
  allow('submission.list', 'Class', { id: members }, manages);
  allow(
    ['submission.read', 'submission.read_answer'],
    'Submission',
    own,
    { classId: { $in: classIdsReadAs(access, 'assistant', 'teacher') } },
    manages,
  );
  // Whoever has left the class keeps what they wrote, and writes no more.
  allow(['submission.update', 'submission.submit'], 'Submission', { ...own, ...studiesThere });
  // A person can be a student here and manage the group, or have become a teacher since: their own work is for others.
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
