import { can, type Principal, subject } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { Inherited } from './groups.merge';
import { managesGroup, viewsGroup } from './groups.policy';
import { depthOf } from './groups.tree';
import type { Group, GroupSummary, Member } from './groups.types';

export const groupLocation = (id: string): string => `${API_BASE}/groups/${id}`;
export const memberLocation = (groupId: string, userId: string): string =>
  `${groupLocation(groupId)}/members/${userId}`;

/** The predicates of the policy are asked once each, not once for every action: lists ask for every item. */
function canOf(principal: Principal, group: GroupSummary) {
  // What is archived can only be restored.
  const isAlive = group.archivedAt === null;
  const manages = isAlive && managesGroup(principal.access, group);
  return {
    update: manages,
    move: manages && group.parentId !== null,
    archive: manages,
    createGroup: manages,
    listMembers: manages || (isAlive && viewsGroup(principal.access, group)),
    manageMembers: manages,
  };
}

/** The parts that every answer with a group has; where it stands in the tree stays inside. */
function base(group: GroupSummary) {
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
  };
}

export function presentSummary(principal: Principal, group: GroupSummary) {
  const self = groupLocation(group.id);
  return {
    ...base(group),
    links: { self, children: `${self}/children` },
    can: canOf(principal, group),
  };
}

export function presentGroup(principal: Principal, group: Group) {
  const self = groupLocation(group.id);
  const place = subject('Group', group);
  const isAlive = group.archivedAt === null;
  const seesInside = can(principal, 'group.read_settings', place);
  return {
    ...base(group),
    theme: group.theme,
    ...(seesInside ? { settings: group.settings } : {}),
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
      ...canOf(principal, group),
      createClass: isAlive && can(principal, 'class.create', place),
      createTool: isAlive && can(principal, 'tool.create', place),
    },
  };
}

export function presentTheme(groupId: string, { value, sources }: Inherited) {
  const group = groupLocation(groupId);
  return { theme: value, sources, links: { self: `${group}/theme/resolved`, group } };
}

export function presentSettings(groupId: string, { value, sources }: Inherited) {
  const group = groupLocation(groupId);
  return { settings: value, sources, links: { self: `${group}/settings/resolved`, group } };
}

export function presentMember(principal: Principal, groupId: string, member: Member) {
  const { createdAt, groupPath, ...rest } = member;
  const manages = can(principal, 'group.manage_members', subject('Group', { id: groupId, path: groupPath }));
  return {
    ...rest,
    joinedAt: createdAt.toISOString(),
    links: {
      self: memberLocation(groupId, member.userId),
      user: `${API_BASE}/users/${member.userId}`,
      group: groupLocation(groupId),
    },
    can: { changeRole: manages, remove: manages },
  };
}
