import { defineRoute, signedIn } from '../../../http/route';
import { IdParams } from '../../../http/schemas';
import {
  AddMemberBody,
  ChangedMemberSchema,
  ChangeMemberBody,
  EndedMembershipSchema,
  GroupMemberSchema,
  ListMembersQuery,
  ListUngroundedQuery,
  MemberParams,
  UngroundedClassRoleSchema,
} from '../groups.schemas';
import type { GroupMembersController } from './groups.members.controller';

const NOT_FOUND = { 'group.not_found': 'There is no such group, or you may not see it.' };
const NOT_A_MEMBER = { 'member.not_found': 'This user is not a member.' };
const LAST_ADMIN = { 'member.last_admin': 'A tenant must keep at least one active admin.' };

const joining = (controller: GroupMembersController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/members',
    summary: 'List the members of a group',
    description:
      'Lists the members of the group itself. Users with a role in a group above have rights here but are not listed.',
    access: signedIn('group.list_members'),
    params: IdParams,
    query: ListMembersQuery,
    success: { status: 200, description: 'A page of members.', data: GroupMemberSchema, list: true },
    errors: NOT_FOUND,
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/groups/:id/members',
    summary: 'Add a member to a group',
    description: 'If the user belongs to no tenant yet, they now belong to this one.',
    access: signedIn('group.manage_members'),
    params: IdParams,
    body: AddMemberBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The member.', data: GroupMemberSchema },
    errors: {
      ...NOT_FOUND,
      'user.not_found': 'There is no such user in this tenant.',
      'user.must_agree':
        'The user registered by themselves and belongs to no district. Send them an invitation.',
      'user.email_not_verified':
        'The user registered by themselves and has not confirmed their e-mail address.',
      'member.exists': 'This user is already a member.',
    },
    example: { email: 'ada.lovelace@example.org', role: 'teacher' },
    handler: controller.add,
  }),
];

const listing = (controller: GroupMembersController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/class-roles-without-membership',
    summary: 'List class roles without a membership',
    description:
      'Lists users who have a role in a class of this group or of a group below, but are not members of the school of the class. Add them to the group, or remove them from the class.',
    access: signedIn('group.manage_members'),
    params: IdParams,
    query: ListUngroundedQuery,
    success: {
      status: 200,
      description: 'A page of class roles.',
      data: UngroundedClassRoleSchema,
      list: true,
    },
    errors: NOT_FOUND,
    handler: controller.listUngrounded,
  }),
];

const changing = (controller: GroupMembersController) => [
  defineRoute({
    method: 'patch',
    path: '/groups/:id/members/:userId',
    summary: 'Update the role of a member',
    access: signedIn('group.manage_members'),
    params: MemberParams,
    description:
      'Class roles below the group that the new role does not allow end immediately. The answer lists them.',
    body: ChangeMemberBody,
    success: { status: 200, description: 'The member.', data: ChangedMemberSchema },
    errors: { ...NOT_FOUND, ...NOT_A_MEMBER, ...LAST_ADMIN },
    example: { role: 'staff' },
    handler: controller.changeRole,
  }),
  defineRoute({
    method: 'delete',
    path: '/groups/:id/members/:userId',
    summary: 'Remove a member from a group',
    description: 'Class roles that depend on this membership alone end immediately. The answer lists them.',
    access: signedIn('group.manage_members'),
    params: MemberParams,
    success: {
      status: 200,
      description: 'The user is no longer a member.',
      data: EndedMembershipSchema,
    },
    errors: { ...NOT_FOUND, ...NOT_A_MEMBER, ...LAST_ADMIN },
    handler: controller.remove,
  }),
];

export const groupMemberRoutes = (controller: GroupMembersController) => [
  ...joining(controller),
  ...listing(controller),
  ...changing(controller),
];
