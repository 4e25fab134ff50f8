import { z } from 'zod';
import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import {
  canSchema,
  email,
  id,
  links,
  listQuery,
  queryFlag,
  search,
  text,
  timestamp,
  updatedSince,
} from '../../http/schemas';
import { GROUP_KINDS } from './groups.types';
import { GroupSettingsPatchSchema, GroupSettingsSchema } from './inheritance/groups.settings';
import { ThemeSchema } from './inheritance/groups.theme';

const kind = () => z.enum(GROUP_KINDS);
const role = () => z.enum(GROUP_ROLES);
const name = () => text(1, 100);

export const MemberParams = z.strictObject({ id: id(), userId: id() });

const filters = { q: search(), kind: kind().optional(), updatedSince: updatedSince() };

export const ListGroupsQuery = listQuery(['name', 'createdAt', 'updatedAt'], {
  ...filters,
  parentId: z
    .union([id(), z.literal('root')])
    .optional()
    .describe('Only groups directly below this group; `root` for root groups.'),
  archived: queryFlag().optional().describe('`true`: only archived groups that you manage.'),
});
export const ListChildrenQuery = listQuery(['name', 'createdAt', 'updatedAt'], filters);
export const ListDescendantsQuery = listQuery(['path', 'name', 'createdAt', 'updatedAt'], filters);
export const ListAncestorsQuery = listQuery(['depth'], {});
export const ListMembersQuery = listQuery(['name', 'createdAt'], { q: search(), role: role().optional() });

export const CreateGroupBody = z.strictObject({
  name: name(),
  parentId: id()
    .optional()
    .describe(
      'The parent group. If you leave it out, a root group (a tenant) is created; only platform admins can do this.',
    ),
  kind: kind().optional(),
  theme: ThemeSchema.optional(),
  settings: GroupSettingsSchema.optional(),
});

export const UpdateGroupBody = z.strictObject({
  name: name().optional(),
  kind: kind().optional(),
  settings: GroupSettingsPatchSchema.optional().describe(
    'A JSON merge patch (RFC 7396): null removes a key.',
  ),
  parentId: id().optional().describe('Moves the group, with everything below it, under this group.'),
});

export const AddMemberBody = z
  .strictObject({ userId: id().optional(), email: email().optional(), role: role() })
  .refine((body) => (body.userId === undefined) !== (body.email === undefined), {
    message: 'send either userId or email',
    path: ['userId'],
  });
export const ArchiveGroupQuery = z.strictObject({
  confirmName: name().optional().describe('The name of the group. Required to archive a root group.'),
});
export const ListUngroundedQuery = listQuery(['name', 'joinedAt'], {});
export const ChangeMemberBody = z.strictObject({ role: role() });

const summary = {
  id: id(),
  parentId: id().nullable(),
  tenantId: id(),
  kind: kind(),
  name: z.string(),
  depth: z.int().describe('0 for a root group.'),
  createdAt: timestamp(),
  updatedAt: timestamp(),
  archivedAt: timestamp().nullable(),
};
const summaryCan = canSchema(
  'update',
  'move',
  'archive',
  'restore',
  'createGroup',
  'listMembers',
  'manageMembers',
);

export const GroupSummarySchema = z
  .object({ ...summary, links: links('self', 'children'), can: summaryCan })
  .meta({ id: 'GroupSummary' });

export const GroupSchema = z
  .object({
    ...summary,
    theme: ThemeSchema.describe('The values that the group itself sets.'),
    settings: GroupSettingsSchema.optional().describe(
      'The values that the group itself sets. Left out if you do not have access to the inside of the group.',
    ),
    districtCode: z
      .string()
      .nullable()
      .optional()
      .describe(
        'What the people of a district type beside their username to sign in. null for a group that is not a root. Left out if you do not have access to the inside of the group.',
      ),
    links: links(
      'self',
      'children',
      'descendants',
      'ancestors',
      'members',
      'classes',
      'theme',
      'resolvedTheme',
      'resolvedSettings',
    ).extend({
      parent: z.string().nullable(),
    }),
    can: summaryCan.extend({ createClass: z.boolean(), createTool: z.boolean() }),
  })
  .meta({ id: 'Group' });

const sources = z
  .record(z.string(), z.object({ groupId: id(), groupName: z.string() }))
  .describe(
    'The group that set each value, by the path of the value: `colors.primary`. A dot in a key is written `\\.`.',
  );

export const ResolvedThemeSchema = z
  .object({ theme: ThemeSchema, sources, links: links('self', 'group') })
  .meta({ id: 'ResolvedTheme' });
export const ResolvedSettingsSchema = z
  .object({ settings: GroupSettingsSchema, sources, links: links('self', 'group') })
  .meta({ id: 'ResolvedSettings' });

export const GroupMemberSchema = z
  .object({
    userId: id(),
    name: z.string(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    status: z.enum(['active', 'deactivated']),
    role: role(),
    joinedAt: timestamp(),
    links: links('self', 'user', 'group'),
    can: canSchema('changeRole', 'remove'),
  })
  .meta({ id: 'GroupMember' });

const endedClassRoles = z
  .array(z.object({ classId: id(), userId: id(), role: z.enum(CLASS_ROLES) }))
  .describe('Class roles that depended on this membership alone and ended with it.');

export const ChangedGroupSchema = GroupSchema.extend({
  endedClassRoles: endedClassRoles.describe(
    'Class roles that ended because the group moved: the memberships that allowed them are no longer above the class.',
  ),
}).meta({ id: 'ChangedGroup' });
export const ChangedMemberSchema = GroupMemberSchema.extend({ endedClassRoles }).meta({
  id: 'ChangedGroupMember',
});
export const EndedMembershipSchema = z.object({ endedClassRoles }).meta({ id: 'EndedGroupMembership' });

export const UngroundedClassRoleSchema = z
  .object({
    userId: id(),
    name: z.string(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    classId: id(),
    className: z.string(),
    groupId: id(),
    role: z.enum(CLASS_ROLES),
    joinedAt: timestamp(),
    links: links('self', 'user', 'class', 'group'),
  })
  .meta({ id: 'ClassRoleWithoutMembership' });
