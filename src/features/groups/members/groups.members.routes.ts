import { defineRoute, signedIn } from '../../../http/route';
import { idParams } from '../../../http/schemas';
import {
  AddMemberBody,
  ChangedMemberSchema,
  ChangeMemberBody,
  EndedMembershipSchema,
  GroupMemberSchema,
  ListMembersQuery,
  ListUngroundedQuery,
  memberParams,
  UngroundedClassRoleSchema,
} from '../groups.schemas';
import type { GroupMembersController } from './groups.members.controller';

const NOT_FOUND = { 'group.not_found': 'There is no such group, or not for the caller.' };
const NOT_A_MEMBER = { 'member.not_found': 'This person is not a member.' };
const LAST_ADMIN = { 'member.last_admin': 'A tenant keeps at least one active admin.' };

const joining = (controller: GroupMembersController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/members',
    summary: 'List the members of a group',
    description:
      'Those of the group itself; people with a role further up have their rights here without being listed.',
    access: signedIn('group.list_members'),
    params: idParams,
    query: ListMembersQuery,
    success: { status: 200, description: 'A page of members.', data: GroupMemberSchema, list: true },
    errors: NOT_FOUND,
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/groups/:id/members',
    summary: 'Add a person to a group',
    description: 'A person who belongs to no tenant yet belongs to this one from now on.',
    access: signedIn('group.manage_members'),
    params: idParams,
    body: AddMemberBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The member.', data: GroupMemberSchema },
    errors: {
      ...NOT_FOUND,
      'user.not_found': 'There is no such person, or not in this tenant.',
      'member.exists': 'This person is a member already.',
    },
    example: { email: 'ada.lovelace@example.org', role: 'teacher' },
    handler: controller.add,
  }),
];

const listing = (controller: GroupMembersController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/class-roles-without-membership',
    summary: 'List class roles that no membership carries',
    description:
      'People of the classes of this group and of all groups below, who are no members of the school of the class. Add them to the group, or remove them from the class.',
    access: signedIn('group.manage_members'),
    params: idParams,
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
    summary: 'Change the role of a member',
    access: signedIn('group.manage_members'),
    params: memberParams,
    description: 'Class roles below that the new role does not carry end at once. The answer lists them.',
    body: ChangeMemberBody,
    success: { status: 200, description: 'The member.', data: ChangedMemberSchema },
    errors: { ...NOT_FOUND, ...NOT_A_MEMBER, ...LAST_ADMIN },
    example: { role: 'staff' },
    handler: controller.changeRole,
  }),
  defineRoute({
    method: 'delete',
    path: '/groups/:id/members/:userId',
    summary: 'Remove a person from a group',
    description: 'Class roles that rest on this membership alone end at once. The answer lists them.',
    access: signedIn('group.manage_members'),
    params: memberParams,
    success: {
      status: 200,
      description: 'They are no longer a member.',
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
