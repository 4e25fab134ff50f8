import { defineRoute, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { ClassesController } from './classes.controller';
import {
  AddClassMemberBody,
  ChangeClassRoleBody,
  ClassesQuery,
  ClassSchema,
  CreateClassBody,
  classMemberParams,
  JoinClassBody,
  RosterEntrySchema,
  RosterQuery,
  UpdateClassBody,
} from './classes.schemas';

const UNKNOWN = { 'class.not_found': 'There is no such class, or none that the caller may know of.' };
const UNKNOWN_GROUP = { 'group.not_found': 'There is no such group, or none that the caller may know of.' };

const reading = (classes: ClassesController) => [
  defineRoute({
    method: 'get',
    path: '/classes',
    summary: 'List the classes that the caller can see',
    access: signedIn('class.read'),
    query: ClassesQuery,
    success: {
      status: 200,
      description: 'Own classes, and those of the groups that the caller sees from within.',
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
    params: idParams,
    query: ClassesQuery.omit({ groupId: true }),
    success: {
      status: 200,
      description: 'Those of the group itself that the caller can see.',
      data: ClassSchema,
      list: true,
    },
    errors: UNKNOWN_GROUP,
    handler: classes.listOfGroup,
  }),
  defineRoute({
    method: 'get',
    path: '/classes/:id',
    summary: 'Read a class',
    access: signedIn('class.read'),
    params: idParams,
    success: { status: 200, description: 'The class.', data: ClassSchema, revisioned: true },
    errors: UNKNOWN,
    handler: classes.get,
  }),
];

const writing = (classes: ClassesController) => [
  defineRoute({
    method: 'post',
    path: '/classes',
    summary: 'Make a class',
    description:
      'Whoever makes it as a teacher teaches it from now on; an admin of the group does not, unless added.',
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
    summary: 'Change a class',
    description: 'Also moves it to another group of the tenant, and switches joining by code.',
    access: signedIn('class.update'),
    params: idParams,
    body: UpdateClassBody,
    conditional: true,
    success: { status: 200, description: 'The class as it is now.', data: ClassSchema, revisioned: true },
    errors: { ...UNKNOWN, ...UNKNOWN_GROUP, 'class.other_tenant': 'The group is of another tenant.' },
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
    params: idParams,
    conditional: true,
    success: { status: 204, description: 'Archived; restoring brings everything back.' },
    errors: UNKNOWN,
    handler: classes.archive,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/restore',
    summary: 'Restore an archived class',
    access: signedIn('class.archive'),
    params: idParams,
    success: { status: 200, description: 'The class, as it was.', data: ClassSchema, revisioned: true },
    errors: { ...UNKNOWN, 'class.group_archived': 'Its group is archived.' },
    handler: classes.restore,
  }),
];

const joining = (classes: ClassesController) => [
  defineRoute({
    method: 'post',
    path: '/classes/join',
    summary: 'Join a class by its code',
    description: 'Upper or lower case, with or without spaces and dashes.',
    access: signedIn('class.join'),
    body: JoinClassBody,
    success: {
      status: 200,
      description: 'The class, whose student the caller now is.',
      data: ClassSchema,
      revisioned: true,
    },
    errors: {
      'class.code_unknown': 'No class has this code.',
      'member.exists': 'The caller is in the class already; details.classId says which.',
      'class.too_many_codes': 'Too many wrong codes. Wait as Retry-After says.',
    },
    example: { code: 'KX7M-2QPA' },
    handler: classes.join,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/members',
    summary: 'Take a person into a class',
    access: signedIn('class.manage_members'),
    params: idParams,
    body: AddClassMemberBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The person in the roster.', data: RosterEntrySchema },
    errors: {
      ...UNKNOWN,
      'user.not_found': 'There is no such person here.',
      'member.exists': 'They are in the class already.',
      'class.observer_without_student': 'An observer needs a student of the class.',
    },
    example: { email: 'ada@example.org', role: 'student' },
    handler: classes.addMember,
  }),
];

const roster = (classes: ClassesController) => [
  defineRoute({
    method: 'get',
    path: '/classes/:id/roster',
    summary: 'List who is in a class',
    description:
      'Students see the teachers and themselves (and each other, where the settings say so); observers see the teachers and their child.',
    access: signedIn('class.read_roster'),
    params: idParams,
    query: RosterQuery,
    success: {
      status: 200,
      description: 'The people with their roles.',
      data: RosterEntrySchema,
      list: true,
    },
    errors: UNKNOWN,
    handler: classes.listRoster,
  }),
  defineRoute({
    method: 'patch',
    path: '/classes/:id/members/:userId',
    summary: 'Change the role of a person in a class',
    access: signedIn('class.manage_members'),
    params: classMemberParams,
    body: ChangeClassRoleBody,
    success: { status: 200, description: 'The person in the roster.', data: RosterEntrySchema },
    errors: { ...UNKNOWN, 'member.not_found': 'They are not in the class.' },
    example: { role: 'assistant' },
    handler: classes.changeRole,
  }),
  defineRoute({
    method: 'delete',
    path: '/classes/:id/members/:userId',
    summary: 'Take a person out of a class',
    description: 'Their work stays. Everybody may leave by themselves.',
    access: signedIn('class.manage_members'),
    params: classMemberParams,
    success: { status: 204, description: 'They are no longer in the class.' },
    errors: { ...UNKNOWN, 'member.not_found': 'They are not in the class.' },
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
