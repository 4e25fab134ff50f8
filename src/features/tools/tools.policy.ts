import { type DefineRules, type Subjects, subject } from '../../authz/ability';
import { type Access, isAboveAny, isWithinAny } from '../../authz/access';
import type { Tool } from './tools.types';

type Place = Subjects['Tool'];

/** The subject that the rules of a tool look at. */
export function toolSubject(tool: Tool) {
  const { id, groupPath, authorId, visibility, state, forkable, assignedVersion } = tool;
  const tenantPath = groupPath.split('.', 1)[0] as string;
  const assignedToCaller = assignedVersion !== null;
  return subject('Tool', {
    id,
    groupPath,
    tenantPath,
    authorId,
    visibility,
    state,
    forkable,
    assignedToCaller,
  });
}

/** Works with students in the tenant: as admin, teacher or staff of a group, or as teacher or assistant of a class. */
const educatesIn = (access: Access, tenantPath: string): boolean =>
  isAboveAny(tenantPath, access.educatorPaths);

/** Manages the group that owns the tool. */
const administers = (access: Access, tool: Place): boolean =>
  access.isPlatformAdmin || isWithinAny(tool.groupPath, access.adminPaths);

/** An author who no longer teaches anywhere in the tenant has left the tool to its admins. */
const edits = (access: Access, tool: Place): boolean =>
  administers(access, tool) || (tool.authorId === access.userId && educatesIn(access, tool.tenantPath));

/** A published tool, as its visibility offers it to those who teach. */
function isOffered(access: Access, tool: Place): boolean {
  if (tool.state !== 'published') return false;
  switch (tool.visibility) {
    case 'group':
      return (
        isWithinAny(tool.groupPath, access.viewPaths) || isAboveAny(tool.groupPath, access.educatorPaths)
      );
    case 'tenant':
      return educatesIn(access, tool.tenantPath);
    case 'public':
      return access.educatorPaths.length > 0;
    default:
      return false;
  }
}

/** Sees the tool by their own right, and not only because somebody assigned it to them. */
const knows = (access: Access, tool: Place): boolean =>
  edits(access, tool) || tool.authorId === access.userId || isOffered(access, tool);

/** Takes a tool out of use: who manages its group, and its author as long as they are a teacher there. */
const retires = (access: Access, tool: Place): boolean =>
  administers(access, tool) ||
  (tool.authorId === access.userId && isAboveAny(tool.tenantPath, access.teachPaths));

export const toolRules: DefineRules = (access, allow) => {
  allow('tool.create', 'Group', ({ path }) => access.isPlatformAdmin || isWithinAny(path, access.teachPaths));
  allow('tool.read', 'Tool', (tool) => knows(access, tool) || tool.assignedToCaller);
  allow('tool.read_versions', 'Tool', (tool) => knows(access, tool));
  allow(['tool.update', 'tool.publish', 'tool.read_behavior'], 'Tool', (tool) => edits(access, tool));
  allow(['tool.archive', 'tool.restore'], 'Tool', (tool) => retires(access, tool));
  allow('tool.use', 'Tool', (tool) => edits(access, tool) || isOffered(access, tool));
  allow('tool.fork', 'Tool', (tool) => {
    const mayRead = knows(access, tool) || tool.assignedToCaller;
    return edits(access, tool) || (tool.forkable && mayRead && access.teachPaths.length > 0);
  });
};
