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
  username,
} from '../../http/schemas';
import { SIGN_IN_METHODS } from './users.sql';

/** A BCP 47 language tag, in its canonical form: `en-US`. */
const locale = () =>
  z
    .string()
    .min(2)
    .max(35)
    .refine((tag) => canonical(tag) !== null, { message: 'is not a language tag such as en-US' })
    .transform((tag) => canonical(tag) ?? tag);

function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

const isNotEmpty = (body: object) => Object.values(body).some((value) => value !== undefined);
const EMPTY = { message: 'send at least one field' };

export const UpdateMeBody = z
  .strictObject({ name: text(1, 200).optional(), locale: locale().nullable().optional() })
  .refine(isNotEmpty, EMPTY);

export const UpdateUserBody = z
  .strictObject({
    name: text(1, 200).optional(),
    locale: locale().nullable().optional(),
    email: email()
      .optional()
      .describe('Only admins of every group and class that the user belongs to can set it.'),
    username: username()
      .nullable()
      .optional()
      .describe(
        'Unique in the district. null removes it, if the user has an e-mail. Only admins of every group and class that the user belongs to can set it.',
      ),
  })
  .refine(isNotEmpty, EMPTY);

const ROLES = [...new Set([...GROUP_ROLES, ...CLASS_ROLES])] as [string, ...string[]];

export const UsersQuery = listQuery(['name', 'createdAt', 'updatedAt'], {
  q: search().describe('Only users whose name, e-mail or username contains this text.'),
  tenantId: id().optional().describe('Only users of this tenant.'),
  status: z.enum(['active', 'deactivated']).optional(),
  role: z.enum(ROLES).optional().describe('Only users who have this role in a group or class.'),
  neverSignedIn: queryFlag().optional().describe('true: only users who have never signed in.'),
  updatedSince: updatedSince(),
});

const nameShape = {
  id: z.uuid(),
  tenantId: z.uuid().nullable(),
  email: z.string().nullable(),
  username: z
    .string()
    .nullable()
    .describe('What the user signs in with, together with the code of the district.'),
  name: z.string(),
  status: z.enum(['active', 'deactivated']),
};
const accountShape = {
  locale: z.string().nullable(),
  isPlatformAdmin: z.boolean(),
  emailVerified: z.boolean().describe('True if mails to the address are known to reach the user.'),
  signInMethods: z
    .array(z.enum(SIGN_IN_METHODS))
    .describe('How the user can sign in. Empty for a user who cannot sign in yet.'),
  lastLoginAt: timestamp().nullable().describe('null for a user who has never signed in.'),
  deactivatedAt: timestamp().nullable(),
  createdAt: timestamp(),
  updatedAt: timestamp(),
};
const userShape = { ...nameShape, ...accountShape };

export const UserSchema = z
  .object({
    ...nameShape,
    ...z.object(accountShape).partial().shape,
    links: links('self', 'guardians'),
    can: canSchema(
      'update',
      'changeEmail',
      'manageSignIns',
      'resetPassword',
      'deactivate',
      'reactivate',
      'manageGuardians',
    ),
  })
  .meta({
    id: 'User',
    description:
      'Language, platform rights, the ways to sign in and the dates of the account are included only for the user and for admins who manage the user.',
  });

export const GuardianParams = z.strictObject({ id: id(), guardianId: id() });
export const GuardiansQuery = listQuery(['name', 'since'], {});
export const AddGuardianBody = z
  .strictObject({ userId: id().optional(), email: email().optional() })
  .refine((body) => (body.userId === undefined) !== (body.email === undefined), {
    path: ['userId'],
    message: 'send either userId or email',
  });
export const GuardianSchema = z
  .object({
    userId: id(),
    name: z.string(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    status: z.enum(['active', 'deactivated']),
    isActive: z
      .boolean()
      .describe(
        'True if the guardian can read returned work now, that is, both users are active members of the tenant.',
      ),
    since: timestamp(),
    links: links('self', 'user', 'student'),
  })
  .meta({ id: 'Guardian' });

export const MeSchema = z
  .object({
    ...userShape,
    mustChangePassword: z
      .boolean()
      .describe(
        'If true, all other routes answer 403 `auth.password_change_required` until you change your password.',
      ),
    groups: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        kind: z.string(),
        role: z.enum(GROUP_ROLES),
        links: links('self'),
      }),
    ),
    classes: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        groupId: z.uuid(),
        role: z.enum(CLASS_ROLES),
        links: links('self'),
      }),
    ),
    links: links('self', 'user', 'sessions', 'tokens'),
    can: canSchema(
      'update',
      'changePassword',
      'listUsers',
      'createRootGroups',
      'createClasses',
      'createTools',
    ),
  })
  .meta({ id: 'Me', description: 'Your account, with your groups and classes.' });
