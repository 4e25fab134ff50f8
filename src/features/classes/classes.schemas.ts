import { z } from 'zod';
import { CLASS_ROLES } from '../../authz/access';
import {
  canSchema,
  email,
  id,
  links,
  listQuery,
  prose,
  queryFlag,
  search,
  text,
  timestamp,
  updatedSince,
} from '../../http/schemas';

const subjectText = text(1, 100).nullable().optional();
const description = prose(0, 2000).trim().nullable().optional();

export const ClassesQuery = listQuery(['name', 'createdAt', 'updatedAt'], {
  q: search(),
  groupId: id().optional().describe('Only classes of this group itself.'),
  mine: queryFlag().optional().describe('true: only classes in which you have a role.'),
  archived: queryFlag().optional().describe('true: archived classes instead of active ones.'),
  updatedSince: updatedSince(),
});
export const CreateClassBody = z.strictObject({
  groupId: id(),
  name: text(1, 200),
  subject: subjectText,
  description,
});
export const UpdateClassBody = z.strictObject({
  name: text(1, 200).optional(),
  subject: subjectText,
  description,
  groupId: id().optional().describe('Moves the class to another group of the tenant.'),
  joinCodeEnabled: z.boolean().optional(),
  regenerateJoinCode: z.boolean().optional(),
});
export const RosterQuery = listQuery(['name', 'joinedAt'], {
  q: search(),
  role: z.enum(CLASS_ROLES).optional(),
});
const MEMBER_ROLES = ['teacher', 'assistant', 'student'] as const;
export const AddClassMemberBody = z
  .strictObject({ userId: id().optional(), email: email().optional(), role: z.enum(MEMBER_ROLES) })
  .refine((body) => (body.userId === undefined) !== (body.email === undefined), {
    path: ['userId'],
    message: 'send either userId or email',
  });
export const ChangeClassRoleBody = z.strictObject({ role: z.enum(MEMBER_ROLES) });
export const JoinClassBody = z.strictObject({ code: text(1, 40) });
export const ClassMemberParams = z.strictObject({ id: id(), userId: id() });

export const ClassSchema = z
  .object({
    id: z.uuid(),
    groupId: z.uuid(),
    groupName: z.string(),
    name: z.string(),
    subject: z.string().nullable(),
    description: z.string().nullable(),
    joinCode: z
      .string()
      .nullable()
      .describe('Null if the join code is switched off, or if you neither teach nor manage the class.'),
    studentCount: z.number().int(),
    myRole: z.enum(CLASS_ROLES).nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    archivedAt: timestamp().nullable(),
    links: links('self', 'group', 'roster', 'assignments', 'submissions'),
    can: canSchema('update', 'archive', 'restore', 'manageMembers', 'createAssignment'),
  })
  .meta({ id: 'Class' });

export const ChangedClassSchema = ClassSchema.extend({
  endedClassRoles: z
    .array(z.object({ userId: z.uuid(), role: z.enum(CLASS_ROLES) }))
    .describe('Class roles that depended on the old group alone and ended with the move.'),
}).meta({ id: 'ChangedClass' });

export const RosterEntrySchema = z
  .object({
    userId: z.uuid(),
    name: z.string(),
    email: z
      .string()
      .nullable()
      .describe('Null for a person without an e-mail, and if you are a student or an observer.'),
    username: z
      .string()
      .nullable()
      .describe('Null for a person without one, and if you are a student or an observer.'),
    status: z.enum(['active', 'deactivated']),
    role: z.enum(CLASS_ROLES),
    joinedAt: timestamp(),
    observedStudentIds: z
      .array(z.uuid())
      .describe('For an observer: the students of the class whose guardian the observer is.'),
    links: links('self', 'user'),
    can: canSchema('changeRole', 'remove'),
  })
  .meta({ id: 'RosterEntry' });
