import { can, type DefineRules, type Principal, subject } from '../../authz/ability';
import { isWithinAny, readingRoleIn } from '../../authz/access';
import { isFinished, type Run } from './runs.types';

/** A student's run is theirs; who teaches the class reads along, and its teacher may stop it. Nobody else knows of it. */
export const runRules: DefineRules = (access, allow) => {
  const roleIn = (classId: string | null) => (classId === null ? undefined : access.classRoles.get(classId));

  const readsAs = (classId: string | null) => (classId === null ? undefined : readingRoleIn(access, classId));

  allow('run.create', 'Account', (account) => account.userId === access.userId);
  allow(['run.read', 'run.cancel'], 'Run', (run) => run.userId === access.userId);
  allow(
    'run.read',
    'Run',
    ({ classId }) => readsAs(classId) === 'assistant' || readsAs(classId) === 'teacher',
  );
  allow('run.cancel', 'Run', (run) => roleIn(run.classId) === 'teacher');
  allow('run.read', 'Run', (run) => run.groupPath !== null && isWithinAny(run.groupPath, access.adminPaths));
};

/** The run as the rules look at it. */
export const runSubject = ({ id, userId, classId, groupPath }: Run) =>
  subject('Run', { id, userId, classId, groupPath });

/** Whether this person may have the run stopped just now. */
export function mayCancel(principal: Principal, run: Run): boolean {
  const canStop = !isFinished(run.state) && run.cancelRequestedAt === null;
  return canStop && can(principal, 'run.cancel', runSubject(run));
}
