import type { DefineRules } from '../../authz/ability';
import { isWithinAny, readingRoleIn } from '../../authz/access';

type Place = { classId: string; groupPath: string };

/**
 * A student's work is theirs. The class's teachers read and grade it, its assistants read it, the admins of its
 * group do both. A guardian reads the returned work of their child. Nobody else knows of it, operators included.
 */
export const submissionRules: DefineRules = (access, allow) => {
  const roleIn = (classId: string) => access.classRoles.get(classId);
  const readsAs = (classId: string) => readingRoleIn(access, classId);

  const manages = ({ groupPath }: Place) => isWithinAny(groupPath, access.adminPaths);
  const grades = (place: Place) => roleIn(place.classId) === 'teacher' || manages(place);

  allow('submission.create', 'Assignment', ({ classId }) => roleIn(classId) === 'student');
  // What a list then holds is a matter of its rows; those outside of the class have no list to look at.
  allow('submission.list', 'Assignment', (place) => readsAs(place.classId) !== undefined || manages(place));
  allow(
    'submission.list',
    'Class',
    ({ id, groupPath }) => readsAs(id) !== undefined || manages({ classId: id, groupPath }),
  );
  allow(
    ['submission.read', 'submission.read_answer'],
    'Submission',
    ({ userId }) => userId === access.userId,
  );
  // Whoever has left the class keeps what they wrote, and writes no more.
  allow(
    ['submission.update', 'submission.submit'],
    'Submission',
    ({ userId, classId }) => userId === access.userId && roleIn(classId) === 'student',
  );
  allow(
    ['submission.read', 'submission.read_answer'],
    'Submission',
    ({ classId }) => readsAs(classId) === 'assistant' || readsAs(classId) === 'teacher',
  );
  allow(['submission.read', 'submission.read_answer'], 'Submission', (place) => grades(place));
  // A person can be a student here and manage the group, or have become a teacher since: their own work is for others.
  allow(
    ['submission.grade', 'submission.return'],
    'Submission',
    (place) => grades(place) && place.userId !== access.userId,
  );
  allow(
    'submission.read',
    'Submission',
    ({ userId, state }) => state === 'returned' && access.observedStudentIds.has(userId),
  );
};
