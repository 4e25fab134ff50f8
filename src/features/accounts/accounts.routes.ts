import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { AccountsController } from './accounts.controller';
import { CreatedUserSchema, CreateUserBody, ResetPasswordSchema } from './accounts.schemas';

const PERSON = { 'auth.person_required': 'An API token cannot set passwords.' };

export const accountsRoutes = (accounts: AccountsController): Route[] => [
  defineRoute({
    method: 'post',
    path: '/users',
    summary: 'Create a user',
    description:
      'For admins of the group. Creates the account, the membership and the class roles, or nothing. A user needs an e-mail or a username; users without an e-mail sign in with the code of their district and their username. The answer may contain a start password, so no copy of it is kept and this route takes no `Idempotency-Key`.',
    access: signedIn('user.create', 'Group'),
    recentPassword: (body) => body.access === 'start_password',
    body: CreateUserBody,
    success: { status: 201, description: 'The user is created.', data: CreatedUserSchema },
    errors: {
      ...PERSON,
      'group.not_found': 'There is no such group, or you may not see it.',
      'class.not_found': 'There is no such class in the district, or you may not see it.',
      'user.email_taken': 'Another user has the e-mail.',
      'mail.not_configured': 'This installation cannot send mails.',
      'user.username_taken': 'Another user of the district has the username.',
    },
    example: {
      name: 'Zoe Quill',
      groupId: '0198f2a4-7a10-7c3e-9d52-0c1f5a6b7c8d',
      role: 'student',
      access: 'start_password',
    },
    handler: accounts.create,
  }),
  defineRoute({
    method: 'post',
    path: '/users/:id/password',
    summary: 'Set a new start password for a user',
    description:
      'Gives the user a new start password, which the answer shows once. All their sign-ins and API tokens end immediately, and they must change the password at the next sign-in. For admins of every group and class that the user belongs to; for a user who is a student without an e-mail and nothing else, also for the teachers and assistants of their classes.',
    access: signedIn('user.reset_password'),
    recentPassword: true,
    params: IdParams,
    success: { status: 200, description: 'The password is reset.', data: ResetPasswordSchema },
    errors: {
      ...PERSON,
      'user.not_found': 'There is no such user, or you may not see them.',
      'user.own_account': 'Change your own password with `POST /auth/password`.',
      'user.deactivated': 'The user is deactivated.',
      'user.signs_in_elsewhere': 'The user signs in at an identity provider and has no password.',
    },
    handler: accounts.resetPassword,
  }),
];
