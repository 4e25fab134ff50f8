import { z } from 'zod';
import { GROUP_ROLES } from '../../authz/access';
import { email, id, links, text, username } from '../../http/schemas';
import { UserSchema } from '../users';
import { classRoleOf } from './accounts.policy';

export const CreateUserBody = z
  .strictObject({
    name: text(1, 200),
    email: email().optional(),
    username: username()
      .optional()
      .describe('Unique in the district. If you send no e-mail either, a free one is made from the name.'),
    groupId: id().describe('The group that the user becomes a member of. You must be an admin of it.'),
    role: z.enum(GROUP_ROLES).describe('The role in the group.'),
    classIds: z
      .array(id())
      .max(20)
      .default([])
      .overwrite((ids) => [...new Set(ids)])
      .describe('Classes of groups that you administer. Only for the roles `student` and `teacher`.'),
    access: z
      .enum(['start_password', 'invitation', 'none'])
      .describe(
        '`start_password`: the answer shows a password once, and the user must change it at the first sign-in. `invitation`: the user gets a mail with a link to choose a password, which works for 14 days; it needs an e-mail. `none`: the user cannot sign in until they get a password (`POST /users/{id}/password`).',
      ),
  })
  .refine(({ role, classIds }) => classIds.length === 0 || classRoleOf(role) !== null, {
    path: ['classIds'],
    message: 'only a student or a teacher can be added to classes',
  })
  .refine(({ access, email: address }) => access !== 'invitation' || address !== undefined, {
    path: ['email'],
    message: 'is needed to send the invitation to',
  });

const startPassword = () =>
  z.string().describe('Shown only once. The user must change it at the first sign-in.');
const districtCode = () =>
  z.string().nullable().describe('What the user types beside a username. Null for a user of no district.');

export const CreatedUserSchema = UserSchema.extend({
  districtCode: districtCode(),
  startPassword: startPassword().nullable(),
}).meta({ id: 'CreatedUser', description: 'A new user, and what you hand over to them.' });

export const ResetPasswordSchema = z
  .object({
    userId: z.uuid(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    districtCode: districtCode(),
    startPassword: startPassword(),
    links: links('user'),
  })
  .meta({ id: 'ResetPassword', description: 'What you hand over to the user.' });
