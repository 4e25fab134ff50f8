import { defineRoute, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { ClassesController } from './classes.controller';
import {
  AddClassMemberBody,
  ChangeClassRoleBody,
  ChangedClassSchema,
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
const ARCHIVED = { 'class.archived': 'The class is archived and can only be read.' };
const UNKNOWN_GROUP = { 'group.not_found': 'There is no such group, or none that the caller may know of.' };

const TEACHERS = {
  'class.other_teacher': 'Only an admin of the group removes or demotes another teacher.',
  'class.last_teacher': 'You are the last teacher of the class.',
};

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
    description:
      'Also moves the class to another group of the tenant, and switches joining by code. A move takes the right to make classes at the new place, and at the old one an admin of the group, or a teacher of the class whose own role in a group covers both places. Class roles that rested on the old place end.',
    access: signedIn('class.update'),
    params: idParams,
    body: UpdateClassBody,
    conditional: true,
    success: {
      status: 200,
      description: 'The class as it is now.',
      data: ChangedClassSchema,
      revisioned: true,
    },
    errors: {
      ...UNKNOWN,
      ...UNKNOWN_GROUP,
      ...ARCHIVED,
      'class.other_tenant': 'The group belongs to another tenant.',
      'class.move_forbidden': 'You may not take the class away from its group.',
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
    params: idParams,
    conditional: true,
    description: 'The class and its work can be read, and nothing in it changed, until it is restored.',
    success: { status: 204, description: 'Archived.' },
    errors: { ...UNKNOWN, ...ARCHIVED },
    handler: classes.archive,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/restore',
    summary: 'Restore an archived class',
    description: 'For the teachers of the class and the admins of its group.',
    access: signedIn('class.restore'),
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
    description:
      'For student members of the school of the class: of a group on its path or below. Upper or lower case, with or without spaces and dashes.',
    access: signedIn('class.join'),
    body: JoinClassBody,
    success: {
      status: 200,
      description: 'The class, whose student the caller now is.',
      data: ClassSchema,
      revisioned: true,
    },
    errors: {
      'class.code_unknown': 'You cannot join a class with this code.',
      'class.removed': 'You were removed from this class, and a teacher has to add you again.',
      'member.exists': 'The caller is in the class already; details.classId says which.',
      'class.too_many_codes': 'Too many wrong codes. Wait as Retry-After says.',
    },
    example: { code: 'KX7M-2QPA' },
    handler: classes.join,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/members',
    summary: 'Add a member to a class',
    description:
      'Of the school of the class: a student is a student member, a teacher or assistant an admin, teacher or staff member, of a group on the path of the class or below its group. If an admin of the group adds a person who is not, they become a member of the group.',
    access: signedIn('class.manage_members'),
    params: idParams,
    body: AddClassMemberBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The person in the roster.', data: RosterEntrySchema },
    errors: {
      ...UNKNOWN,
      ...ARCHIVED,
      'user.not_found': 'There is no such person, or not in the school of the class.',
      'member.exists': 'They are in the class already.',
      'class.no_membership': 'Their membership of the group does not fit the role.',
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
      'Students see the teachers and themselves (and each other, if the settings say so). Guardians of students are observers, and see the teachers and their child.',
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
    errors: {
      ...UNKNOWN,
      ...ARCHIVED,
      'member.not_found': 'They are not in the class.',
      'class.no_membership': 'Their membership of the school does not fit the role.',
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
      'Their work stays. Everybody may leave, the last teacher aside. Only an admin of the group removes another teacher. A person who was removed joins again only if a teacher adds them.',
    access: signedIn('class.manage_members'),
    params: classMemberParams,
    success: { status: 204, description: 'They are no longer in the class.' },
    errors: { ...UNKNOWN, ...ARCHIVED, 'member.not_found': 'They are not in the class.', ...TEACHERS },
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
