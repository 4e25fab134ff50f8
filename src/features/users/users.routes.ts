import { defineRoute, platformAdmin, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { UsersController } from './users.controller';
import { MeSchema, UpdateMeBody, UpdateUserBody, UserSchema, UsersQuery } from './users.schemas';

const ONE = { status: 200, description: 'The person.', data: UserSchema, revisioned: true } as const;
const NOT_FOUND = { 'user.not_found': 'There is no such person, or the caller may not see them.' };

function meRoutes(users: UsersController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/me',
      summary: 'Read the own account',
      description: 'With the groups and classes one belongs to, one’s role in each, and what one may do.',
      access: signedIn('account.read'),
      beforePasswordChange: true,
      success: { status: 200, description: 'The caller.', data: MeSchema, revisioned: true },
      handler: users.getMe,
    }),
    defineRoute({
      method: 'patch',
      path: '/auth/me',
      summary: 'Change the own name or language',
      access: signedIn('account.update'),
      body: UpdateMeBody,
      conditional: true,
      success: { status: 200, description: 'The caller, changed.', data: MeSchema, revisioned: true },
      example: { name: 'Ada King', locale: 'en-GB' },
      handler: users.updateMe,
    }),
  ];
}

function listRoutes(users: UsersController): Route[] {
  const success = { status: 200, description: 'The people.', data: UserSchema, list: true } as const;
  return [
    defineRoute({
      method: 'get',
      path: '/users',
      summary: 'List people',
      description:
        'For admins: the people of the groups they administer and of all below. Platform admins see everybody.',
      access: signedIn('user.list'),
      query: UsersQuery,
      success,
      handler: users.list,
    }),
    defineRoute({
      method: 'get',
      path: '/admin/users',
      summary: 'List the people of all tenants',
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
      summary: 'Read a person',
      description:
        'For the person, admins of a place they belong to, and the teachers and assistants of their classes.',
      access: signedIn('user.read'),
      params: idParams,
      success: ONE,
      errors: NOT_FOUND,
      handler: users.get,
    }),
    defineRoute({
      method: 'patch',
      path: '/users/:id',
      summary: 'Change a person',
      description:
        'For the person (name and language) and for admins of every place they belong to (the e-mail too).',
      access: signedIn('user.update'),
      recentPassword: ({ email }) => email !== undefined,
      params: idParams,
      body: UpdateUserBody,
      conditional: true,
      success: ONE,
      errors: { ...NOT_FOUND, 'user.email_taken': 'Another person has this e-mail.' },
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
      summary: 'Deactivate a person',
      description:
        'Ends all their sign-ins and API tokens at once. Their work stays, and they can be reactivated.',
      access: signedIn('user.deactivate'),
      params: idParams,
      success: { status: 204, description: 'Deactivated.' },
      errors: { ...NOT_FOUND, 'user.own_account': 'Nobody deactivates themselves.' },
      handler: users.deactivate,
    }),
    defineRoute({
      method: 'post',
      path: '/users/:id/reactivate',
      summary: 'Reactivate a person',
      description: 'They may sign in again; what was ended stays ended.',
      access: signedIn('user.deactivate'),
      params: idParams,
      success: ONE,
      errors: NOT_FOUND,
      handler: users.reactivate,
    }),
  ];
}

export function usersRoutes(users: UsersController): Route[] {
  return [...meRoutes(users), ...listRoutes(users), ...personRoutes(users), ...statusRoutes(users)];
}
