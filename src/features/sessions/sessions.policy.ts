import type { DefineRules } from '../../authz/ability';
import { classIdsReadAs, classIdsWithRole } from '../../authz/access';

/**
 * A chat belongs to whoever has it. Its class's teachers and assistants and the admins above may read it (which leaves
 * a trail); its class's teachers may stop it. Whoever has left the class can read on, but not write.
 */
export const sessionRules: DefineRules = (access, allow) => {
  const own = { userId: access.userId };
  allow('session.read', 'Session', own);
  allow('session.write', 'Session', { ...own, classId: { $in: [...access.classRoles.keys()] } });
  // Without a class it is somebody trying out a tool, which takes a role that works with tools.
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
