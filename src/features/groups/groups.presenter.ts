import { can, type Principal, subject } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { Group, GroupSummary, Member } from './groups.types';
import type { Inherited } from './inheritance/groups.merge';
import type { UngroundedClassRole } from './members/groups.grounds.repository';
import { depthOf } from './tree/groups.tree';

export const groupLocation = (id: string): string => `${API_BASE}/groups/${id}`;
export const memberLocation = (groupId: string, userId: string): string =>
  `${groupLocation(groupId)}/members/${userId}`;

/** Each rule is checked once, even if it allows several actions, because lists do this for every item. */
function canOf(principal: Principal, group: GroupSummary) {
  // An archived group can only be restored.
  const isAlive = group.archivedAt === null;
  const place = subject('Group', group);
  const manages = isAlive && can(principal, 'group.update', place);
  const mayArchive = can(principal, 'group.archive', place);
  return {
    update: manages,
    move: manages && group.parentId !== null,
    archive: isAlive && mayArchive,
    restore: !isAlive && !group.isBelowArchived && mayArchive,
    createGroup: manages,
    listMembers: isAlive && can(principal, 'group.list_members', place),
    manageMembers: manages,
  };
}

/**
 * Hides the group's path. Each field is copied individually: a spread costs ten times as much, and lists
 * are long.
 */
export function presentGroupSummary(principal: Principal, group: GroupSummary) {
  const self = groupLocation(group.id);
  return {
    id: group.id,
    parentId: group.parentId,
    tenantId: group.tenantId,
    kind: group.kind,
    name: group.name,
    depth: depthOf(group.path),
    createdAt: group.createdAt.toISOString(),
    updatedAt: group.updatedAt.toISOString(),
    archivedAt: group.archivedAt?.toISOString() ?? null,
    links: { self, children: `${self}/children` },
    can: canOf(principal, group),
  };
}

/** A single group, with what the caller may do with it. */
export function presentGroup(principal: Principal, group: Group) {
  const summary = presentGroupSummary(principal, group);
  const { self } = summary.links;
  const place = subject('Group', group);
  const isAlive = group.archivedAt === null;
  const seesInside = can(principal, 'group.read_settings', place);
  return {
    ...summary,
    theme: group.theme,
    settings: seesInside ? group.settings : undefined,
    districtCode: seesInside ? group.districtCode : undefined,
    links: {
      self,
      parent: group.parentId === null ? null : groupLocation(group.parentId),
      children: `${self}/children`,
      descendants: `${self}/descendants`,
      ancestors: `${self}/ancestors`,
      members: `${self}/members`,
      classes: `${self}/classes`,
      theme: `${self}/theme`,
      resolvedTheme: `${self}/theme/resolved`,
      resolvedSettings: `${self}/settings/resolved`,
    },
    can: {
      ...summary.can,
      createClass: isAlive && can(principal, 'class.create', place),
      createTool: isAlive && can(principal, 'tool.create', place),
    },
  };
}

/** The theme in force in a group, with the group that set each value. */
export function presentTheme(groupId: string, { value, sources }: Inherited) {
  const group = groupLocation(groupId);
  return { theme: value, sources, links: { self: `${group}/theme/resolved`, group } };
}

/** The settings in force in a group, with the group that set each value. */
export function presentSettings(groupId: string, { value, sources }: Inherited) {
  const group = groupLocation(groupId);
  return { settings: value, sources, links: { self: `${group}/settings/resolved`, group } };
}

export function presentMember(principal: Principal, groupId: string, member: Member) {
  const place = subject('Group', { id: groupId, path: member.groupPath });
  const mayEnd = !member.isLastAdmin && can(principal, 'group.manage_members', place);
  return {
    userId: member.userId,
    name: member.name,
    email: member.email,
    username: member.username,
    status: member.status,
    role: member.role,
    joinedAt: member.createdAt.toISOString(),
    links: {
      self: memberLocation(groupId, member.userId),
      user: `${API_BASE}/users/${member.userId}`,
      group: groupLocation(groupId),
    },
    can: { changeRole: mayEnd, remove: mayEnd },
  };
}

export function presentUngrounded(found: UngroundedClassRole) {
  const { userId, name, email, username, classId, className, groupId, role } = found;
  const schoolClass = `${API_BASE}/classes/${classId}`;
  return {
    userId,
    name,
    email,
    username,
    classId,
    className,
    groupId,
    role,
    joinedAt: found.joinedAt.toISOString(),
    links: {
      self: `${schoolClass}/members/${userId}`,
      user: `${API_BASE}/users/${userId}`,
      class: schoolClass,
      group: groupLocation(groupId),
    },
  };
}
