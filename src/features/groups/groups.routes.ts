import { KIB } from '../../http/json-body';
import { defineRoute, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { GroupsController } from './groups.controller';
import { TREE_CONFLICTS } from './groups.errors';
import {
  ArchiveGroupQuery,
  ChangedGroupSchema,
  CreateGroupBody,
  GroupSchema,
  GroupSummarySchema,
  ListAncestorsQuery,
  ListChildrenQuery,
  ListDescendantsQuery,
  ListGroupsQuery,
  ResolvedSettingsSchema,
  ResolvedThemeSchema,
  UpdateGroupBody,
} from './groups.schemas';
import { ThemePatchSchema } from './inheritance/groups.theme';

const NOT_FOUND = { 'group.not_found': 'There is no such group, or you may not see it.' };
const WIDER = {
  'settings.wider_than_parent':
    'A limit allows more than the group above does. `details.paths` names each one.',
};
const conflicts = (...reasons: (keyof typeof TREE_CONFLICTS)[]) =>
  Object.fromEntries(reasons.map((reason) => [reason, TREE_CONFLICTS[reason]]));
const NO_NEW_GROUP = {
  'group.root': 'Only a platform admin can create a root group.',
  'group.not_found': 'There is no such parent group, or you may not see it.',
  ...conflicts('group.too_deep', 'group.archived'),
  ...WIDER,
};
const group = { status: 200, description: 'The group.', data: GroupSchema, revisioned: true } as const;
const page = { status: 200, description: 'A page of groups.', data: GroupSummarySchema, list: true } as const;

const reading = (controller: GroupsController) => [
  defineRoute({
    method: 'get',
    path: '/groups',
    summary: 'List the groups that you can see',
    access: signedIn('group.read'),
    query: ListGroupsQuery,
    impersonal: true,
    success: page,
    handler: controller.list,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id',
    summary: 'Get a group',
    access: signedIn('group.read'),
    params: IdParams,
    impersonal: true,
    success: group,
    errors: NOT_FOUND,
    handler: controller.get,
  }),
];

const writing = (controller: GroupsController) => [
  defineRoute({
    method: 'post',
    path: '/groups',
    summary: 'Create a group',
    access: signedIn('group.create'),
    body: CreateGroupBody,
    bodyLimit: 192 * KIB,
    idempotency: 'transaction',
    success: { ...group, status: 201 },
    errors: NO_NEW_GROUP,
    example: {
      name: 'Lincoln Middle School',
      parentId: '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d',
      kind: 'school',
      settings: { timezone: 'America/Chicago' },
    },
    handler: controller.create,
  }),
  defineRoute({
    method: 'patch',
    path: '/groups/:id',
    summary: 'Update or move a group',
    description:
      'If you send `parentId`, the group moves there with everything below it, within its tenant. Either all changes are applied or none. `endedClassRoles` lists the class roles that ended because of the move.',
    access: signedIn('group.update'),
    params: IdParams,
    body: UpdateGroupBody,
    bodyLimit: 96 * KIB,
    conditional: true,
    success: { ...group, data: ChangedGroupSchema },
    errors: {
      ...NOT_FOUND,
      ...WIDER,
      ...conflicts(
        'group.cycle',
        'group.too_deep',
        'group.other_tenant',
        'group.root_immovable',
        'group.archived',
        'group.changed',
      ),
    },
    example: { name: 'Lincoln Middle School', settings: { ai: { maxSessionMinutes: 45 } } },
    handler: controller.update,
  }),
];

const around = (controller: GroupsController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/children',
    summary: 'List the groups directly below a group',
    access: signedIn('group.read'),
    params: IdParams,
    query: ListChildrenQuery,
    impersonal: true,
    success: page,
    errors: NOT_FOUND,
    handler: controller.children,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id/descendants',
    summary: 'List all groups below a group',
    description: 'In tree order unless you sort: each group comes before the groups below it.',
    access: signedIn('group.read'),
    params: IdParams,
    query: ListDescendantsQuery,
    impersonal: true,
    success: page,
    errors: NOT_FOUND,
    handler: controller.descendants,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id/ancestors',
    summary: 'List the groups above a group, from the root down',
    access: signedIn('group.read'),
    params: IdParams,
    query: ListAncestorsQuery,
    impersonal: true,
    success: page,
    errors: NOT_FOUND,
    handler: controller.ancestors,
  }),
];

const archiving = (controller: GroupsController) => [
  defineRoute({
    method: 'delete',
    path: '/groups/:id',
    summary: 'Archive a group and everything below it',
    description:
      'Nothing is lost: `POST /groups/{id}/restore` restores everything that this archives. Only a platform admin can archive a root group, and must repeat its name as `confirmName`.',
    access: signedIn('group.archive'),
    params: IdParams,
    query: ArchiveGroupQuery,
    success: { status: 204, description: 'The group is archived.' },
    errors: {
      ...NOT_FOUND,
      'group.name_not_confirmed':
        '`confirmName` is missing for a root group, or is not the name of the group.',
    },
    handler: controller.archive,
  }),
  defineRoute({
    method: 'post',
    path: '/groups/:id/restore',
    summary: 'Restore an archived group',
    description:
      'Restores the group and exactly what was archived with it. A group that is not archived stays as it is. Only a platform admin can restore a root group.',
    access: signedIn('group.restore'),
    params: IdParams,
    success: group,
    errors: { ...NOT_FOUND, ...conflicts('group.parent_archived') },
    handler: controller.restore,
  }),
];

const districtCode = (controller: GroupsController) => [
  defineRoute({
    method: 'post',
    path: '/groups/:id/district-code',
    summary: 'Create a new code for a district',
    description:
      'People without an e-mail type the code beside their username to sign in. The old code stops working immediately; tell your people the new one.',
    access: signedIn('group.update'),
    params: IdParams,
    success: group,
    errors: { ...NOT_FOUND, 'group.not_a_district': 'The group is not a root group.' },
    handler: controller.renewDistrictCode,
  }),
];

const inherited = (controller: GroupsController) => [
  defineRoute({
    method: 'patch',
    path: '/groups/:id/theme',
    summary: 'Update the theme of a group',
    description: 'The body is a JSON merge patch (RFC 7396): null removes a key.',
    access: signedIn('group.update'),
    params: IdParams,
    body: ThemePatchSchema,
    bodyLimit: 128 * KIB,
    conditional: true,
    success: group,
    errors: NOT_FOUND,
    example: { colors: { primary: '#1d4ed8' }, logo: null },
    handler: controller.updateTheme,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id/theme/resolved',
    summary: 'Get the effective theme of a group',
    description:
      'Themes are merged from the root down: a lower group overrides the groups above it, and arrays are replaced. `sources` says which group set each value.',
    access: signedIn('group.read'),
    params: IdParams,
    impersonal: true,
    success: { status: 200, description: 'The theme.', data: ResolvedThemeSchema },
    errors: NOT_FOUND,
    handler: controller.resolvedTheme,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id/settings/resolved',
    summary: 'Get the effective settings of a group',
    description:
      'Settings are merged like themes. The limits in `ai` and `privacy` can only become stricter further down the tree.',
    access: signedIn('group.read_settings'),
    params: IdParams,
    impersonal: true,
    success: { status: 200, description: 'The settings.', data: ResolvedSettingsSchema },
    errors: NOT_FOUND,
    handler: controller.resolvedSettings,
  }),
];

export const groupRoutes = (controller: GroupsController) => [
  ...reading(controller),
  ...writing(controller),
  ...around(controller),
  ...archiving(controller),
  ...districtCode(controller),
  ...inherited(controller),
];
