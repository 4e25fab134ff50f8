import { z } from 'zod';
import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import {
  canSchema,
  email,
  id,
  links,
  listQuery,
  opaque,
  queryFlag,
  text,
  timestamp,
  verbatim,
} from '../../http/schemas';
import { INVITATION_STATES } from './invitations.types';

/** A class of a large school; more are sent in several calls. */
const MAX_EMAILS = 100;
const MAX_DAYS = 60;
const INVITED_CLASS_ROLES = ['teacher', 'assistant', 'student'] as const;
const ROLES = [...new Set([...GROUP_ROLES, ...CLASS_ROLES])] as [string, ...string[]];

const inviteShape = {
  emails: z.array(email()).min(1).max(MAX_EMAILS).describe('One address or many.'),
  expiresInDays: z
    .number()
    .int()
    .min(1)
    .max(MAX_DAYS)
    .default(14)
    .describe('The days for which the invitations can be accepted.'),
};
export const InviteToGroupBody = z.strictObject({ ...inviteShape, role: z.enum(GROUP_ROLES) });
export const InviteToClassBody = z.strictObject({ ...inviteShape, role: z.enum(INVITED_CLASS_ROLES) });

const StateFilter = z.enum(INVITATION_STATES).optional();
export const GroupInvitationsQuery = listQuery(['-createdAt', 'email'], {
  state: StateFilter,
  below: queryFlag()
    .optional()
    .describe('true: also the invitations of the groups below, and of all classes there.'),
});
export const ClassInvitationsQuery = listQuery(['-createdAt', 'email'], { state: StateFilter });

export const InvitationSchema = z
  .object({
    id: id(),
    email: z.string(),
    role: z.enum(ROLES),
    state: z.enum(INVITATION_STATES),
    place: z.object({ type: z.enum(['group', 'class']), id: id(), name: z.string() }),
    invitedBy: z.object({ userId: id(), name: z.string() }).nullable(),
    expiresAt: timestamp(),
    acceptedAt: timestamp().nullable(),
    createdAt: timestamp(),
    links: links('self', 'place'),
    can: canSchema('resend', 'revoke'),
  })
  .meta({ id: 'Invitation' });

export const InviteResultSchema = z
  .object({
    results: z.array(
      z.object({
        email: z.string(),
        outcome: z
          .enum(['invited', 'already_invited', 'already_member'])
          .describe('`already_invited`: nothing is sent. Resend the invitation if the mail got lost.'),
        invitation: InvitationSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'InviteResult', description: 'What happened to each address, in the order of the request.' });

const token = () => opaque(1, 200).describe('What stands behind `#token=` in the link of the mail.');
export const PreviewBody = z.strictObject({ token: token() });
export const AcceptBody = z.strictObject({
  token: token(),
  name: text(1, 200).optional().describe('Required if you have no account. Ignored if you are signed in.'),
  password: verbatim(8, 128)
    .optional()
    .describe('Required if you have no account. Ignored if you are signed in.'),
});

export const InvitationPreviewSchema = z
  .object({
    email: z.string(),
    role: z.enum(ROLES),
    school: z.string().describe('The name of the district.'),
    place: z.object({ type: z.enum(['group', 'class']), name: z.string() }),
    invitedBy: z.string().nullable(),
    expiresAt: timestamp(),
    accountExists: z
      .boolean()
      .describe('True if an account has this address: sign in with it before you accept.'),
  })
  .meta({ id: 'InvitationPreview' });

export const AcceptedInvitationSchema = z
  .object({
    userId: id(),
    tenantId: id(),
    role: z.enum(ROLES),
    groupId: id().nullable(),
    classId: id().nullable(),
    accountCreated: z.boolean().describe('If true, sign in with the address and your new password.'),
  })
  .meta({ id: 'AcceptedInvitation' });
