import type { DefineRules } from '../../authz/ability';
import { classIdsReadAs, classIdsWithRole } from '../../authz/access';

/**
 * A chat belongs to its owner. Teachers and assistants of its class and the admins above may read it (which
 * is recorded); teachers of its class may stop it. An owner who has left the class can still read it, but
 * not write.
 */
export const sessionRules: DefineRules = (access, allow) => {
  const own = { userId: access.userId };
  allow('session.read', 'Session', own);
  allow('session.write', 'Session', { ...own, classId: { $in: [...access.classRoles.keys()] } });
  // Without a class, the owner tries out a tool, which needs a role that works with tools.
  if (access.isPlatformAdmin || access.educatorPaths.length > 0)
    allow('session.write', 'Session', { ...own, classId: null });
  allow(
    'session.read',
    'Session',
    { classId: { $in: classIdsReadAs(access, 'teacher', 'assistant') } },
    { groupPath: { $within: access.adminPaths } },
  );
  allow('session.stop', 'Session', { classId: { $in: classIdsWithRole(access, 'teacher') } });
};
