import type { DefineRules } from '../../authz/ability';
import { isWithinAny, readingRoleIn } from '../../authz/access';

/**
 * A chat belongs to whoever has it. Its class's teachers and assistants and the admins above may read it (which leaves
 * a trail); its class's teachers may stop it. Whoever has left the class can read on, but not write.
 */
export const sessionRules: DefineRules = (access, allow) => {
  allow('session.read', 'Session', (session) => session.userId === access.userId);
  allow('session.write', 'Session', (session) => {
    if (session.userId !== access.userId) return false;
    // Without a class it is somebody trying out a tool, which takes a role that works with tools.
    return session.classId === null
      ? access.isPlatformAdmin || access.educatorPaths.length > 0
      : access.classRoles.has(session.classId);
  });
  allow('session.read', 'Session', (session) => {
    const role = session.classId === null ? undefined : readingRoleIn(access, session.classId);
    return role === 'teacher' || role === 'assistant';
  });
  allow(
    'session.read',
    'Session',
    (session) => session.groupPath !== null && isWithinAny(session.groupPath, access.adminPaths),
  );
  allow(
    'session.stop',
    'Session',
    (session) => session.classId !== null && access.classRoles.get(session.classId) === 'teacher',
  );
};
