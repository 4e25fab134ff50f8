import { defineRoute, platformAdmin, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { UsersController } from './users.controller';
import { MeSchema, UpdateMeBody, UpdateUserBody, UserSchema, UsersQuery } from './users.schemas';

const ONE = { status: 200, description: 'The user.', data: UserSchema, revisioned: true } as const;
const NOT_FOUND = { 'user.not_found': 'There is no such user, or you may not see them.' };

function meRoutes(users: UsersController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/me',
      summary: 'Get your account',
      description:
        'Includes the groups and classes that you belong to, your role in each, and what you may do.',
      access: signedIn('account.read'),
      beforePasswordChange: true,
      success: { status: 200, description: 'Your account.', data: MeSchema, revisioned: true },
      handler: users.getMe,
    }),
    defineRoute({
      method: 'patch',
      path: '/auth/me',
      summary: 'Update your name or language',
      access: signedIn('account.update'),
      body: UpdateMeBody,
      conditional: true,
      success: { status: 200, description: 'Your updated account.', data: MeSchema, revisioned: true },
      example: { name: 'Ada King', locale: 'en-GB' },
      handler: users.updateMe,
    }),
  ];
}

function listRoutes(users: UsersController): Route[] {
  const success = { status: 200, description: 'A page of users.', data: UserSchema, list: true } as const;
  return [
    defineRoute({
      method: 'get',
      path: '/users',
      summary: 'List users',
      description:
        'Admins see the users of the groups that they administer and of all groups below. Platform admins see all users.',
      access: signedIn('user.list'),
      query: UsersQuery,
      success,
      handler: users.list,
    }),
    defineRoute({
      method: 'get',
      path: '/admin/users',
      summary: 'List the users of all tenants',
      access: platformAdmin('user.list'),
      query: UsersQuery,
      success,
      handler: users.list,
    }),
  ];
}

function personRoutes(users: UsersController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/users/:id',
      summary: 'Get a user',
      description:
        'For the user, the admins of a group or class that the user belongs to, and the teachers and assistants of their classes.',
      access: signedIn('user.read'),
      params: IdParams,
      success: ONE,
      errors: NOT_FOUND,
      handler: users.get,
    }),
    defineRoute({
      method: 'patch',
      path: '/users/:id',
      summary: 'Update a user',
      description:
        'The user can update name and language. Admins of every group and class that the user belongs to can also update the e-mail.',
      access: signedIn('user.update'),
      recentPassword: ({ email }) => email !== undefined,
      params: IdParams,
      body: UpdateUserBody,
      conditional: true,
      success: ONE,
      errors: { ...NOT_FOUND, 'user.email_taken': 'Another user has this e-mail.' },
      example: { name: 'Ada King' },
      handler: users.update,
    }),
  ];
}

function statusRoutes(users: UsersController): Route[] {
  return [
    defineRoute({
      method: 'delete',
      path: '/users/:id',
      summary: 'Deactivate a user',
      description:
        'Ends all sign-ins and API tokens of the user immediately. Their work stays, and you can reactivate them later.',
      access: signedIn('user.deactivate'),
      params: IdParams,
      success: { status: 204, description: 'The user is deactivated.' },
      errors: { ...NOT_FOUND, 'user.own_account': 'You cannot deactivate your own account.' },
      handler: users.deactivate,
    }),
    defineRoute({
      method: 'post',
      path: '/users/:id/reactivate',
      summary: 'Reactivate a user',
      description: 'The user can sign in again. Sign-ins and API tokens that were ended stay ended.',
      access: signedIn('user.deactivate'),
      params: IdParams,
      success: ONE,
      errors: NOT_FOUND,
      handler: users.reactivate,
    }),
  ];
}

export function usersRoutes(users: UsersController): Route[] {
  return [...meRoutes(users), ...listRoutes(users), ...personRoutes(users), ...statusRoutes(users)];
}
