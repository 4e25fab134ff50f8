import type { DefineRules } from '../../authz/ability';
import { isWithinAny } from '../../authz/access';

/** A student's run is theirs; who teaches the class reads along, and its teacher may stop it. Nobody else knows of it. */
export const runRules: DefineRules = (access, allow) => {
  const roleIn = (classId: string | null) => (classId === null ? undefined : access.classRoles.get(classId));

  allow('run.create', 'Account', (account) => account.userId === access.userId);
  allow(['run.read', 'run.cancel'], 'Run', (run) => run.userId === access.userId);
  allow('run.read', 'Run', (run) => roleIn(run.classId) === 'assistant');
  allow(['run.read', 'run.cancel'], 'Run', (run) => roleIn(run.classId) === 'teacher');
  allow('run.read', 'Run', (run) => run.groupPath !== null && isWithinAny(run.groupPath, access.adminPaths));
};
