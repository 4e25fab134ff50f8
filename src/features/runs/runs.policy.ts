import { can, type DefineRules, type Principal, subject } from '../../authz/ability';
import { classIdsReadAs, classIdsWithRole } from '../../authz/access';
import { isFinished, type Run } from './runs.types';

/** A student's run is theirs; who teaches the class reads along, and its teacher may stop it. Nobody else knows of it. */
export const runRules: DefineRules = (access, allow) => {
  const own = { userId: access.userId };
  allow('run.create', 'Account', own);
  allow(['run.read', 'run.cancel'], 'Run', own);
  allow(
    'run.read',
    'Run',
    { classId: { $in: classIdsReadAs(access, 'assistant', 'teacher') } },
    { groupPath: { $within: access.adminPaths } },
  );
  allow('run.cancel', 'Run', { classId: { $in: classIdsWithRole(access, 'teacher') } });
};

/** The run as the rules look at it. */
export const runSubject = ({ id, userId, classId, groupPath }: Run) =>
  subject('Run', { id, userId, classId, groupPath });

/** Whether this person may have the run stopped just now. */
export function mayCancel(principal: Principal, run: Run): boolean {
  const canStop = !isFinished(run.state) && run.cancelRequestedAt === null;
  return canStop && can(principal, 'run.cancel', runSubject(run));
}
