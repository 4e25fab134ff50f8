import { KIB } from '../../http/json-body';
import { defineRoute, everybody, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { InvitationsController } from './invitations.controller';
import { INVITATION_CONFLICTS, type InvitationConflict } from './invitations.errors';
import {
  AcceptBody,
  AcceptedInvitationSchema,
  ClassInvitationsQuery,
  GroupInvitationsQuery,
  InvitationPreviewSchema,
  InvitationSchema,
  InviteResultSchema,
  InviteToClassBody,
  InviteToGroupBody,
  PreviewBody,
} from './invitations.schemas';

const GROUP = { 'group.not_found': 'There is no such group, or you may not see it.' };
const CLASS = { 'class.not_found': 'There is no such class, or you may not see it.' };
const ARCHIVED = { 'class.archived': 'The class is archived and read-only.' };
const UNKNOWN = { 'invitation.not_found': 'There is no such invitation, or you may not see it.' };
const SENDING = {
  'mail.not_configured': 'This installation cannot send mails.',
  'invitation.role_too_high': 'You cannot give a role that is more than your own.',
  'invitation.too_many': 'You have sent too many invitations in the last hour.',
};
const LINK = {
  'auth.link_invalid': 'There is no invitation with this link, or a newer mail replaced it.',
  'auth.too_many_attempts': 'Too many attempts. Wait for the time in `Retry-After`.',
};
const conflicts = (...reasons: readonly InvitationConflict[]) =>
  Object.fromEntries(reasons.map((reason) => [reason, INVITATION_CONFLICTS[reason]]));
const OVER = conflicts('invitation.accepted', 'invitation.revoked', 'invitation.expired');
const TOKEN = 'q2Vn0sX7wY5uT1rPb8mLkJhGfDsAaZxCvBnM3e4R6tY';
const page = {
  status: 200,
  description: 'A page of invitations.',
  data: InvitationSchema,
  list: true,
} as const;
const outcomes = {
  status: 200,
  description: 'What happened to each address.',
  data: InviteResultSchema,
} as const;

const listing = (controller: InvitationsController) => [
  defineRoute({
    method: 'get',
    path: '/groups/:id/invitations',
    summary: 'List the invitations of a group',
    access: signedIn('group.list_invitations'),
    params: IdParams,
    query: GroupInvitationsQuery,
    success: page,
    errors: GROUP,
    handler: controller.listOfGroup,
  }),
  defineRoute({
    method: 'get',
    path: '/classes/:id/invitations',
    summary: 'List the invitations of a class',
    access: signedIn('class.list_invitations'),
    params: IdParams,
    query: ClassInvitationsQuery,
    success: page,
    errors: CLASS,
    handler: controller.listOfClass,
  }),
];

const inviting = (controller: InvitationsController) => [
  defineRoute({
    method: 'post',
    path: '/groups/:id/invitations',
    summary: 'Send invitations to a group',
    description:
      'Each address gets a mail with a link. A person becomes a member when they accept, never before. An address that is already invited or already a member gets no mail.',
    access: signedIn('group.invite'),
    params: IdParams,
    body: InviteToGroupBody,
    bodyLimit: 256 * KIB,
    idempotency: 'transaction',
    success: outcomes,
    errors: { ...GROUP, ...SENDING },
    example: { emails: ['ada.lovelace@example.org'], role: 'teacher' },
    handler: controller.inviteToGroup,
  }),
  defineRoute({
    method: 'post',
    path: '/classes/:id/invitations',
    summary: 'Send invitations to a class',
    description:
      'For the teachers of the class and the admins of its group. If a person who accepts is not a member of the school, they also become a member of the group: a teacher as teacher, an assistant as staff, a student as student.',
    access: signedIn('class.invite'),
    params: IdParams,
    body: InviteToClassBody,
    bodyLimit: 256 * KIB,
    idempotency: 'transaction',
    success: outcomes,
    errors: { ...CLASS, ...ARCHIVED, ...SENDING },
    example: { emails: ['ada@example.org', 'grace@example.org'], role: 'student', expiresInDays: 7 },
    handler: controller.inviteToClass,
  }),
];

const managing = (controller: InvitationsController) => [
  defineRoute({
    method: 'delete',
    path: '/invitations/:id',
    summary: 'Revoke an invitation',
    description: 'The link in the mail stops working. The invitation stays in the list.',
    access: signedIn('invitation.manage'),
    params: IdParams,
    success: { status: 204, description: 'The invitation is revoked.' },
    errors: { ...UNKNOWN, ...OVER },
    handler: controller.revoke,
  }),
  defineRoute({
    method: 'post',
    path: '/invitations/:id/resend',
    summary: 'Send an invitation again',
    description:
      'Sends a new link, which works for 14 days; the old link stops working. You become the inviter. An expired invitation is pending again.',
    access: signedIn('invitation.manage'),
    params: IdParams,
    success: { status: 200, description: 'The invitation.', data: InvitationSchema },
    errors: {
      ...UNKNOWN,
      ...SENDING,
      ...conflicts('invitation.accepted', 'invitation.revoked', 'invitation.place_archived'),
    },
    handler: controller.resend,
  }),
];

const accepting = (controller: InvitationsController) => [
  defineRoute({
    method: 'post',
    path: '/auth/invitations/preview',
    summary: 'Get an invitation by the link of its mail',
    description: 'The secret is in the body, so that no log contains it.',
    access: everybody,
    rateLimit: 'login',
    body: PreviewBody,
    success: { status: 200, description: 'The invitation.', data: InvitationPreviewSchema },
    errors: { ...LINK, ...OVER, ...conflicts('invitation.place_archived') },
    example: { token: TOKEN },
    handler: controller.preview,
  }),
  defineRoute({
    method: 'post',
    path: '/auth/invitations/accept',
    summary: 'Join a group or class by invitation',
    description:
      'If you are signed in, your account gets the role. If you have no account, send a name and a password: the account is created (unless `REGISTRATION_MODE` is closed), and its address counts as confirmed. Then sign in. An invitation lapses if its inviter may no longer give the role.',
    access: everybody,
    rateLimit: 'login',
    body: AcceptBody,
    success: { status: 200, description: 'You have the role.', data: AcceptedInvitationSchema },
    errors: {
      ...LINK,
      ...INVITATION_CONFLICTS,
      'invitation.account_needed': 'Send a name and a password to create your account.',
      'auth.weak_password': 'The password is common, or contains your name, e-mail or school.',
      'auth.registration_closed': 'Registration is off, and you have no account.',
      'auth.email_taken': 'Another request created an account with this address.',
      'auth.person_required': 'An API token cannot do this.',
      'auth.csrf': 'Another site caused the request.',
      'class.no_membership': 'Your role in the school does not allow this role in a class.',
      'member.exists': 'You have another role in the class already.',
    },
    example: { token: TOKEN, name: 'Ada Lovelace', password: 'a long walk in June' },
    handler: controller.accept,
  }),
];

export const invitationRoutes = (controller: InvitationsController) => [
  ...listing(controller),
  ...inviting(controller),
  ...managing(controller),
  ...accepting(controller),
];
