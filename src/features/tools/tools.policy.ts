import { type DefineRules, type Subjects, subject } from '../../authz/ability';
import type { Access } from '../../authz/access';
import type { Conditions } from '../../authz/conditions';
import type { Tool } from './tools.types';

type Ways = readonly Conditions<Subjects['Tool']>[];

/** The object that the rules for tools check. */
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

/** Manages the group that owns the tool. */
const administers = (access: Access): Ways => [
  access.isPlatformAdmin ? {} : { groupPath: { $within: access.adminPaths } },
];

/**
 * Edits the tool. An author who no longer works with students anywhere in the tenant (as admin, teacher or
 * staff of a group, or as teacher or assistant of a class) leaves the tool to its admins.
 */
const edits = (access: Access): Ways => [
  ...administers(access),
  { authorId: access.userId, tenantPath: { $above: access.educatorPaths } },
];

/** A published tool that its visibility offers to people who teach. */
const isOffered = ({ viewPaths, educatorPaths }: Access): Ways => [
  { state: 'published', visibility: 'group', groupPath: { $within: viewPaths } },
  { state: 'published', visibility: 'group', groupPath: { $above: educatorPaths } },
  { state: 'published', visibility: 'tenant', tenantPath: { $above: educatorPaths } },
  ...(educatorPaths.length > 0 ? [{ state: 'published', visibility: 'public' }] : []),
];

/** Sees the tool on their own account, and not only because it was assigned to them. */
const knows = (access: Access): Ways => [...edits(access), { authorId: access.userId }, ...isOffered(access)];

const reads = (access: Access): Ways => [...knows(access), { assignedToCaller: true }];

/** Archives the tool: people who manage its group, and its author as long as they are a teacher there. */
const retires = (access: Access): Ways => [
  ...administers(access),
  { authorId: access.userId, tenantPath: { $above: access.teachPaths } },
];

export const toolRules: DefineRules = (access, allow) => {
  allow('tool.create', 'Group', access.isPlatformAdmin ? {} : { path: { $within: access.teachPaths } });
  allow('tool.read', 'Tool', ...reads(access));
  allow('tool.read_versions', 'Tool', ...knows(access));
  allow(['tool.update', 'tool.publish', 'tool.read_behavior'], 'Tool', ...edits(access));
  allow(['tool.archive', 'tool.restore'], 'Tool', ...retires(access));
  allow('tool.use', 'Tool', ...edits(access), ...isOffered(access));
  allow('tool.fork', 'Tool', ...edits(access));
  if (access.teachPaths.length > 0)
    allow('tool.fork', 'Tool', ...reads(access).map((way) => ({ ...way, forkable: true })));
};
