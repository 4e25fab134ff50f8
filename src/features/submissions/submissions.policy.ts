import type { DefineRules } from '../../authz/ability';
import { isWithinAny } from '../../authz/access';

/**
 * A student's work is theirs. The class's teachers read and grade it, its assistants read it, the admins of its
 * group do both. A guardian reads the returned work of their child. Nobody else knows of it, operators included.
 */
export const submissionRules: DefineRules = (access, allow) => {
  const roleIn = (classId: string) => access.classRoles.get(classId);

  allow('submission.create', 'Assignment', ({ classId }) => roleIn(classId) === 'student');
  allow(['submission.read', 'submission.update', 'submission.submit'], 'Submission', ({ userId }) => userId === access.userId);
  allow('submission.read', 'Submission', ({ classId }) => roleIn(classId) === 'assistant');
  allow(['submission.read', 'submission.grade', 'submission.return'], 'Submission', ({ classId }) => roleIn(classId) === 'teacher');
  allow(['submission.read', 'submission.grade', 'submission.return'], 'Submission', ({ groupPath }) => isWithinAny(groupPath, access.adminPaths));
  allow('submission.read', 'Submission', ({ userId, state }) => state === 'returned' && access.observedStudentIds.has(userId));
};
