import type { RequestHandler } from 'express';
import { defineRoute, everybody, type Route, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { AuthController } from './auth.controller';
import type { CredentialsController } from './auth.credentials.controller';
import {
  ApiTokenSchema,
  ChangePasswordBody,
  ConfirmationSchema,
  ConfirmBody,
  CreateTokenBody,
  LogInBody,
  NewApiTokenSchema,
  RefreshBody,
  RegisterBody,
  SignInSchema,
  SignInSessionSchema,
  SignInsQuery,
  TokensQuery,
} from './auth.schemas';

const PERSON = { 'auth.person_required': 'An API token cannot do this.' };
const TOO_MANY = { 'auth.too_many_attempts': 'Too many tries at this account; see Retry-After.' };
const WEAK = {
  'auth.weak_password': 'The password is common, or made of your name, e-mail, school or this product.',
};

function enteringRoutes(auth: AuthController, byPassword: RequestHandler): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/register',
      summary: 'Make an account and sign in',
      description:
        'By REGISTRATION_MODE. Where registration is open, it tells when an e-mail is taken; log-in never does.',
      access: everybody,
      rateLimit: 'login',
      body: RegisterBody,
      success: {
        status: 201,
        description: 'The account was made and is signed in; cookies are set.',
        data: SignInSchema,
      },
      errors: {
        ...WEAK,
        'auth.registration_closed': 'Registration is not open.',
        'auth.email_taken': 'There is such an account.',
      },
      example: { email: 'ada@example.org', password: 'a long walk in June', name: 'Ada Lovelace' },
      handler: auth.register,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/login',
      summary: 'Sign in with e-mail and password',
      description:
        'The same answer, after the same time, for an unknown account, a wrong password and a deactivated person.',
      access: everybody,
      rateLimit: 'login',
      body: LogInBody,
      success: { status: 200, description: 'Signed in; cookies are set.', data: SignInSchema },
      errors: {
        ...TOO_MANY,
        'auth.invalid_credentials': 'E-mail or password is wrong.',
        'auth.csrf': 'Another site caused the request.',
      },
      example: { email: 'ada@example.org', password: 'a long walk in June' },
      middlewares: [byPassword],
      handler: auth.logIn,
    }),
  ];
}

function stayingRoutes(auth: AuthController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/refresh',
      summary: 'Get a new access token',
      description:
        'Takes the refresh token from the body or the cookie and answers with the next one. Within 10 seconds the same token gets the same answer again, in case one got lost; later, or once its successor was used, it ends the whole sign-in.',
      access: everybody,
      rateLimit: 'login',
      body: RefreshBody,
      success: { status: 200, description: 'The next pair of tokens; cookies are set.', data: SignInSchema },
      errors: {
        'auth.invalid_refresh_token': 'The sign-in has ended.',
        'auth.csrf': 'Another site caused the request.',
      },
      handler: auth.refresh,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/logout',
      summary: 'End this sign-in',
      description:
        'By access token, or by refresh token if that has ended. Succeeds even if you are not signed in. Tells the browser to clear what it has stored of this site (`Clear-Site-Data`); the device stays known.',
      access: everybody,
      body: RefreshBody,
      success: { status: 204, description: 'Ended; cookies are cleared.' },
      errors: PERSON,
      handler: auth.logOut,
    }),
  ];
}

function passwordRoutes(auth: AuthController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/confirm',
      summary: 'Give your password again',
      description:
        'Some routes ask for a password that was given within the last ten minutes. Signing in counts; later on, this does.',
      access: signedIn('account.update'),
      body: ConfirmBody,
      success: { status: 200, description: 'Confirmed.', data: ConfirmationSchema },
      errors: {
        ...PERSON,
        ...TOO_MANY,
        'auth.wrong_password': 'The password is wrong.',
        'auth.no_password': 'The account has no password.',
      },
      example: { password: 'a long walk in June' },
      handler: auth.confirm,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/password',
      summary: 'Change your password',
      description: 'Ends all your other sign-ins, and your API tokens unless you ask to keep them.',
      access: signedIn('account.update'),
      beforePasswordChange: true,
      body: ChangePasswordBody,
      success: { status: 204, description: 'Changed.' },
      errors: {
        ...PERSON,
        ...WEAK,
        ...TOO_MANY,
        'auth.wrong_password': 'The current password is wrong.',
        'auth.no_password': 'The account has no password.',
        'auth.same_password': 'You must choose another password than the one you were given.',
        'auth.password_changed': 'Another request changed it at the same moment.',
      },
      example: { currentPassword: 'a long walk in June', newPassword: 'a longer swim in July' },
      handler: auth.changePassword,
    }),
  ];
}

function sessionRoutes(credentials: CredentialsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/sessions',
      summary: 'List the own sign-ins',
      access: signedIn('account.read'),
      query: SignInsQuery,
      success: {
        status: 200,
        description: 'The sign-ins that are alive.',
        data: SignInSessionSchema,
        list: true,
      },
      errors: PERSON,
      handler: credentials.listSessions,
    }),
    defineRoute({
      method: 'get',
      path: '/auth/sessions/:id',
      summary: 'Read one of the own sign-ins',
      access: signedIn('account.read'),
      params: idParams,
      success: { status: 200, description: 'The sign-in.', data: SignInSessionSchema },
      errors: { ...PERSON, 'auth.session_not_found': 'The caller has no such living sign-in.' },
      handler: credentials.getSession,
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/sessions/:id',
      summary: 'End one of the own sign-ins',
      description: 'At once: its access token is refused from the next request on, in every process.',
      access: signedIn('account.update'),
      params: idParams,
      success: { status: 204, description: 'Ended.' },
      errors: { ...PERSON, 'auth.session_not_found': 'The caller has no such living sign-in.' },
      handler: credentials.endSession,
    }),
  ];
}

/** The end of the token in the example: any fixed date would be over one day. */
function inAMonth(): string {
  return new Date(Date.now() + 30 * 86_400_000).toISOString();
}

function tokenListRoutes(credentials: CredentialsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/tokens',
      summary: 'List the own API tokens',
      access: signedIn('account.read'),
      query: TokensQuery,
      success: {
        status: 200,
        description: 'The tokens that were not revoked.',
        data: ApiTokenSchema,
        list: true,
      },
      errors: PERSON,
      handler: credentials.listTokens,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/tokens',
      summary: 'Make an API token',
      description:
        'For scripts: `Authorization: Bearer rapt_…`. It may do what its scopes say and its person may, until it ends. The token is shown this once, so this route takes no Idempotency-Key: no copy of the answer is kept.',
      access: signedIn('account.update'),
      recentPassword: true,
      body: CreateTokenBody,
      success: { status: 201, description: 'The token.', data: NewApiTokenSchema },
      errors: {
        ...PERSON,
        'token.scope_not_yours': 'A scope is beyond what the caller may do.',
        'token.too_many': 'Too many live tokens.',
      },
      example: { name: 'Nightly report', scopes: ['groups:read', 'classes:read'], expiresAt: inAMonth() },
      handler: credentials.createToken,
    }),
  ];
}

function tokenRoutes(credentials: CredentialsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/tokens/:id',
      summary: 'Read one of the own API tokens',
      access: signedIn('account.read'),
      params: idParams,
      success: { status: 200, description: 'The token, without its secret.', data: ApiTokenSchema },
      errors: { ...PERSON, 'token.not_found': 'The caller has no such token.' },
      handler: credentials.getToken,
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/tokens/:id',
      summary: 'Revoke an API token',
      description: 'At once, in every process.',
      access: signedIn('account.update'),
      params: idParams,
      success: { status: 204, description: 'Revoked.' },
      errors: { ...PERSON, 'token.not_found': 'The caller has no such token.' },
      handler: credentials.revokeToken,
    }),
  ];
}

/** @param byPassword proves e-mail and password of a log-in. */
export function authRoutes(
  auth: AuthController,
  credentials: CredentialsController,
  byPassword: RequestHandler,
): Route[] {
  return [
    ...enteringRoutes(auth, byPassword),
    ...stayingRoutes(auth),
    ...passwordRoutes(auth),
    ...sessionRoutes(credentials),
    ...tokenListRoutes(credentials),
    ...tokenRoutes(credentials),
  ];
}
