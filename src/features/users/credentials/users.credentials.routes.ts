import { defineRoute, type Route, signedIn } from '../../../http/route';
import { IdParams } from '../../../http/schemas';
import { SignInsQuery, TokensQuery } from '../../auth';
import type { UserCredentialsController } from './users.credentials.controller';
import { SignInParams, TokenParams, UserSignInSchema, UserTokenSchema } from './users.credentials.schemas';

const NOT_FOUND = { 'user.not_found': 'There is no such user, or you may not see them.' };
const PERSON = { 'auth.person_required': 'An API token cannot do this.' };
const FOR_ADMINS = 'For admins of every group and class that the user belongs to.';

const signInRoutes = (credentials: UserCredentialsController): Route[] => [
  defineRoute({
    method: 'get',
    path: '/users/:id/sign-ins',
    summary: 'List the sign-ins of a user',
    description: FOR_ADMINS,
    access: signedIn('user.read_sign_ins'),
    params: IdParams,
    query: SignInsQuery,
    success: { status: 200, description: 'A page of active sign-ins.', data: UserSignInSchema, list: true },
    errors: { ...NOT_FOUND, ...PERSON },
    handler: credentials.listSignIns,
  }),
  defineRoute({
    method: 'delete',
    path: '/users/:id/sign-ins',
    summary: 'End all sign-ins of a user',
    description: `${FOR_ADMINS} Their access tokens are refused immediately, in every process. If you are the user, your current sign-in stays active.`,
    access: signedIn('user.manage_sign_ins'),
    recentPassword: true,
    params: IdParams,
    success: { status: 204, description: 'The sign-ins are ended.' },
    errors: NOT_FOUND,
    handler: credentials.endSignIns,
  }),
  defineRoute({
    method: 'delete',
    path: '/users/:id/sign-ins/:signInId',
    summary: 'End a sign-in of a user',
    description: FOR_ADMINS,
    access: signedIn('user.manage_sign_ins'),
    recentPassword: true,
    params: SignInParams,
    success: { status: 204, description: 'The sign-ins are ended.' },
    errors: { ...NOT_FOUND, 'auth.session_not_found': 'The user has no such active sign-in.' },
    handler: credentials.endSignIn,
  }),
];

const tokenRoutes = (credentials: UserCredentialsController): Route[] => [
  defineRoute({
    method: 'get',
    path: '/users/:id/tokens',
    summary: 'List the API tokens of a user',
    description: FOR_ADMINS,
    access: signedIn('user.read_sign_ins'),
    params: IdParams,
    query: TokensQuery,
    success: {
      status: 200,
      description: 'A page of tokens that are not revoked.',
      data: UserTokenSchema,
      list: true,
    },
    errors: { ...NOT_FOUND, ...PERSON },
    handler: credentials.listTokens,
  }),
  defineRoute({
    method: 'delete',
    path: '/users/:id/tokens/:tokenId',
    summary: 'Revoke an API token of a user',
    description: `${FOR_ADMINS} The token is refused immediately, and streams that use it end.`,
    access: signedIn('user.manage_sign_ins'),
    recentPassword: true,
    params: TokenParams,
    success: { status: 204, description: 'The token is revoked.' },
    errors: { ...NOT_FOUND, 'token.not_found': 'The user has no such token.' },
    handler: credentials.revokeToken,
  }),
];

export const userCredentialsRoutes = (credentials: UserCredentialsController): Route[] => [
  ...signInRoutes(credentials),
  ...tokenRoutes(credentials),
];
