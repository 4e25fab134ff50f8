import { can, type DefineRules, type Principal, subject } from '../../authz/ability';
import { classIdsReadAs, classIdsWithRole } from '../../authz/access';
import { isFinishedRun, type Run } from './runs.types';

/**
 * A student's run belongs to them. People who teach the class can read it, and its teacher can stop it.
 * Nobody else can see it.
 */
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

/** The object that the rules for runs check. */
export const runSubject = ({ id, userId, classId, groupPath }: Run) =>
  subject('Run', { id, userId, classId, groupPath });

/** Whether this person may stop the run now. */
export function mayCancel(principal: Principal, run: Run): boolean {
  const canStop = !isFinishedRun(run.state) && run.cancelRequestedAt === null;
  return canStop && can(principal, 'run.cancel', runSubject(run));
}
