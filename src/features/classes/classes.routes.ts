import { defineRoute, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { ClassesController } from './classes.controller';
import {
  AddClassMemberBody,
  ChangeClassRoleBody,
  ChangedClassSchema,
  ClassesQuery,
  ClassMemberParams,
  ClassSchema,
  CreateClassBody,
  JoinClassBody,
  RosterEntrySchema,
  RosterQuery,
  UpdateClassBody,
} from './classes.schemas';

const UNKNOWN = { 'class.not_found': 'There is no such class, or you may not see it.' };
const ARCHIVED = { 'class.archived': 'The class is archived and read-only.' };
const UNKNOWN_GROUP = { 'group.not_found': 'There is no such group, or you may not see it.' };

const TEACHERS = {
  'class.other_teacher': 'Only an admin of the group can remove or demote another teacher.',
  'class.last_teacher': 'You are the last teacher of the class.',
};

const reading = (classes: ClassesController) => [
  defineRoute({
    method: 'get',
    path: '/classes',
    summary: 'List the classes that you can see',
    access: signedIn('class.read'),
    query: ClassesQuery,
    success: {
      status: 200,
      description: 'A page of your classes, and of the classes that your role in a group lets you see.',
      data: ClassSchema,
      list: true,
    },
    handler: classes.list,
  }),
  defineRoute({
    method: 'get',
    path: '/groups/:id/classes',
    summary: 'List the classes of a group',
    access: signedIn('class.read'),
    params: IdParams,
    query: ClassesQuery.omit({ groupId: true }),
    success: {
      status: 200,
      description: 'A page of classes of the group itself that you can see.',
      data: ClassSchema,
      list: true,
    },
    errors: UNKNOWN_GROUP,
    handler: classes.listOfGroup,
  }),
  defineRoute({
    method: 'get',
    path: '/classes/:id',
    summary: 'Get a class',
    access: signedIn('class.read'),
    params: IdParams,
    success: { status: 200, description: 'The class.', data: ClassSchema, revisioned: true },
    errors: UNKNOWN,
    handler: classes.get,
  }),
];

const writing = (classes: ClassesController) => [
  defineRoute({
    method: 'post',
    path: '/classes',
    summary: 'Create a class',
    description:
      'If a teacher creates the class, they become its teacher. An admin of the group does not, unless they are added.',
    access: signedIn('class.create'),
    body: CreateClassBody,
    idempotency: 'transaction',
    success: {
      status: 201,
      description: 'The class, with a join code.',
      data: ClassSchema,
      revisioned: true,
    },
    errors: UNKNOWN_GROUP,
    example: { groupId: '01890a5d-ac96-774b-bcce-b302099a8057', name: 'Biology 7b', subject: 'Biology' },
    handler: classes.create,
  }),
  defineRoute({
    method: 'patch',
    path: '/classes/:id',
    summary: 'Update a class',
    description:
      'You can also move the class to another group of the tenant, and switch its join code on or off. To move a class you need the right to create classes in the new group. In the old group you must be an admin, or a teacher of the class whose role in a group covers both groups. Class roles that depended on the old group end.',
    access: signedIn('class.update'),
    params: IdParams,
    body: UpdateClassBody,
    conditional: true,
    success: {
      status: 200,
      description: 'The updated class.',
      data: ChangedClassSchema,
      revisioned: true,
    },
    errors: {
      ...UNKNOWN,
      ...UNKNOWN_GROUP,
      ...ARCHIVED,
      'class.other_tenant': 'The group belongs to another tenant.',
      'class.move_forbidden': 'You may not move the class out of its group.',
    },
    example: { name: 'Biology 7b (spring)', joinCodeEnabled: true },
    handler: classes.update,
  }),
];

const archiving = (classes: ClassesController) => [
  defineRoute({
    method: 'delete',
    path: '/classes/:id',
    summary: 'Archive a class',
    access: signedIn('class.archive'),
    params: IdParams,
    conditional: true,
    description: 'The class and its work become read-only until you restore the class.',
    success: { status: 204, description: 'The class is archived.' },
    errors: { ...UNKNOWN, ...ARCHIVED },
    handler: classes.archive,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/restore',
    summary: 'Restore an archived class',
    description: 'For the teachers of the class and the admins of its group.',
    access: signedIn('class.restore'),
    params: IdParams,
    success: { status: 200, description: 'The restored class.', data: ClassSchema, revisioned: true },
    errors: {
      ...UNKNOWN,
      'class.group_archived': 'The group of the class is archived. Restore the group first.',
    },
    handler: classes.restore,
  }),
];

const joining = (classes: ClassesController) => [
  defineRoute({
    method: 'post',
    path: '/classes/join',
    summary: 'Join a class with a code',
    description:
      'For student members of the school of the class, that is, of a group above the class or below its group. Upper and lower case, spaces and dashes in the code do not matter.',
    access: signedIn('class.join'),
    body: JoinClassBody,
    success: {
      status: 200,
      description: 'The class. You are now a student of it.',
      data: ClassSchema,
      revisioned: true,
    },
    errors: {
      'class.code_unknown': 'You cannot join a class with this code.',
      'class.removed': 'You were removed from this class. Ask a teacher to add you again.',
      'member.exists': 'You are already in the class. `details.classId` is its id.',
      'class.too_many_codes': 'Too many wrong codes. Wait for the time in `Retry-After`.',
    },
    example: { code: 'KX7M-2QPA' },
    handler: classes.join,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/members',
    summary: 'Add a member to a class',
    description:
      'The user must belong to the school of the class, that is, to a group above the class or below its group. A student must be a student member there; a teacher or assistant must be an admin, teacher or staff member. If an admin of the group adds a user who is not a member, the user becomes a member of the group.',
    access: signedIn('class.manage_members'),
    params: IdParams,
    body: AddClassMemberBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The roster entry of the user.', data: RosterEntrySchema },
    errors: {
      ...UNKNOWN,
      ...ARCHIVED,
      'user.not_found': 'There is no such user in the school of the class.',
      'user.must_agree':
        'The user registered by themselves and belongs to no district. Send them an invitation.',
      'user.email_not_verified':
        'The user registered by themselves and has not confirmed their e-mail address.',
      'member.exists': 'The user is already in the class.',
      'class.no_membership': 'The membership of the user in the group does not allow this role.',
    },
    example: { email: 'ada@example.org', role: 'student' },
    handler: classes.addMember,
  }),
];

const roster = (classes: ClassesController) => [
  defineRoute({
    method: 'get',
    path: '/classes/:id/roster',
    summary: 'List the roster of a class',
    description:
      'Students see the teachers and themselves (and each other, if the settings allow it). Guardians of students are observers; they see the teachers and their child.',
    access: signedIn('class.read_roster'),
    params: IdParams,
    query: RosterQuery,
    success: {
      status: 200,
      description: 'A page of users with their roles.',
      data: RosterEntrySchema,
      list: true,
    },
    errors: UNKNOWN,
    handler: classes.listRoster,
  }),
  defineRoute({
    method: 'patch',
    path: '/classes/:id/members/:userId',
    summary: 'Update the role of a class member',
    access: signedIn('class.manage_members'),
    params: ClassMemberParams,
    body: ChangeClassRoleBody,
    success: { status: 200, description: 'The roster entry of the user.', data: RosterEntrySchema },
    errors: {
      ...UNKNOWN,
      ...ARCHIVED,
      'member.not_found': 'The user is not in the class.',
      'class.no_membership': 'The membership of the user in the school does not allow this role.',
      ...TEACHERS,
    },
    example: { role: 'assistant' },
    handler: classes.changeRole,
  }),
  defineRoute({
    method: 'delete',
    path: '/classes/:id/members/:userId',
    summary: 'Remove a member from a class',
    description:
      'The work of the member stays. All members can leave, except the last teacher. Only an admin of the group can remove another teacher. A student who was removed can join again only if a teacher adds them.',
    access: signedIn('class.manage_members'),
    params: ClassMemberParams,
    success: { status: 204, description: 'The user is no longer in the class.' },
    errors: { ...UNKNOWN, ...ARCHIVED, 'member.not_found': 'The user is not in the class.', ...TEACHERS },
    handler: classes.removeMember,
  }),
];

export const classesRoutes = (classes: ClassesController) => [
  ...reading(classes),
  ...writing(classes),
  ...archiving(classes),
  ...joining(classes),
  ...roster(classes),
];
