import type { RequestHandler } from 'express';
import { defineRoute, everybody, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { AuthController } from './auth.controller';
import type { CredentialsController } from './auth.credentials.controller';
import {
  ApiTokenSchema,
  CardLogInBody,
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
const TOO_MANY = {
  'auth.too_many_attempts': 'Too many attempts for this account. Wait for the time in `Retry-After`.',
};
const WEAK = {
  'auth.weak_password':
    'The password is common, or contains your name, e-mail, school or the name of this product.',
};

function enteringRoutes(auth: AuthController, byPassword: RequestHandler): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/register',
      summary: 'Create an account and sign in',
      description:
        'The setting `REGISTRATION_MODE` decides who may register. If registration is open, this route says that an e-mail is taken; sign-in never does.',
      access: everybody,
      rateLimit: 'login',
      body: RegisterBody,
      success: {
        status: 201,
        description: 'The account is created and you are signed in. Cookies are set.',
        data: SignInSchema,
      },
      errors: {
        ...WEAK,
        'auth.registration_closed': 'Registration is not open.',
        'auth.email_taken': 'An account with this e-mail exists.',
      },
      example: { email: 'ada@example.org', password: 'a long walk in June', name: 'Ada Lovelace' },
      handler: auth.register,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/login',
      summary: 'Sign in with a password',
      description:
        'Send your e-mail; or, if you have none, your username and the code of your district. An unknown district or account, a wrong password and a deactivated user get the same answer, after the same time.',
      access: everybody,
      rateLimit: 'login',
      body: LogInBody,
      success: { status: 200, description: 'You are signed in. Cookies are set.', data: SignInSchema },
      errors: {
        ...TOO_MANY,
        'auth.invalid_credentials': 'The e-mail, the username, the district code or the password is wrong.',
        'auth.csrf': 'Another site caused the request.',
      },
      example: { email: 'ada@example.org', password: 'a long walk in June' },
      middlewares: [byPassword],
      handler: auth.logIn,
    }),
  ];
}

function cardRoutes(auth: AuthController, byCard: RequestHandler): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/login-card',
      summary: 'Sign in with a printed card',
      description:
        'The QR code of a card holds a link with a secret behind the `#`. It works once, until it expires or a new card is made. All cards that do not work get the same answer.',
      access: everybody,
      rateLimit: 'login',
      body: CardLogInBody,
      success: { status: 200, description: 'You are signed in. Cookies are set.', data: SignInSchema },
      errors: {
        'auth.invalid_login_card': 'The card is unknown, used or expired, or was replaced by a new one.',
        'auth.csrf': 'Another site caused the request.',
      },
      example: { secret: 'LqPzN0vC3mS8aYwRk5tUeXbJ2hGdFo1iA7cV9nE4xQs' },
      middlewares: [byCard],
      handler: auth.logInByCard,
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
        'Takes the refresh token from the body or the cookie and returns a new pair of tokens. For 10 seconds the same refresh token gets the same answer again, in case the first answer was lost. If it is used after that, or after its successor was used, the whole sign-in ends.',
      access: everybody,
      rateLimit: 'login',
      body: RefreshBody,
      success: { status: 200, description: 'The new pair of tokens. Cookies are set.', data: SignInSchema },
      errors: {
        'auth.invalid_refresh_token': 'The sign-in has ended.',
        'auth.csrf': 'Another site caused the request.',
      },
      handler: auth.refresh,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/logout',
      summary: 'Sign out',
      description:
        'Takes the access token, or the refresh token if the access token has expired. Succeeds even if you are not signed in. Tells the browser to clear the data of this site (`Clear-Site-Data`). The device stays known.',
      access: everybody,
      body: RefreshBody,
      success: { status: 204, description: 'You are signed out. Cookies are cleared.' },
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
      summary: 'Confirm your password',
      description:
        'Some routes require that you gave your password within the last ten minutes, by signing in or with this route.',
      access: signedIn('account.update'),
      body: ConfirmBody,
      success: { status: 200, description: 'The password is confirmed.', data: ConfirmationSchema },
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
      success: { status: 204, description: 'The password is changed.' },
      errors: {
        ...PERSON,
        ...WEAK,
        ...TOO_MANY,
        'auth.wrong_password': 'The current password is wrong.',
        'auth.current_password_required': 'Send your current password.',
        'auth.recent_password_required':
          'You signed in more than ten minutes ago. Send your current password.',
        'auth.no_password': 'The account has no password.',
        'auth.same_password': 'Choose a password that differs from the one you were given.',
        'auth.password_changed': 'Another request changed the password at the same moment.',
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
      summary: 'List your sign-ins',
      access: signedIn('account.read'),
      query: SignInsQuery,
      success: {
        status: 200,
        description: 'A page of active sign-ins.',
        data: SignInSessionSchema,
        list: true,
      },
      errors: PERSON,
      handler: credentials.listSessions,
    }),
    defineRoute({
      method: 'get',
      path: '/auth/sessions/:id',
      summary: 'Get a sign-in',
      access: signedIn('account.read'),
      params: IdParams,
      success: { status: 200, description: 'The sign-in.', data: SignInSessionSchema },
      errors: { ...PERSON, 'auth.session_not_found': 'You have no such active sign-in.' },
      handler: credentials.getSession,
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/sessions/:id',
      summary: 'End a sign-in',
      description: 'Its access token is refused immediately, in every process.',
      access: signedIn('account.update'),
      params: IdParams,
      success: { status: 204, description: 'The sign-in is ended.' },
      errors: { ...PERSON, 'auth.session_not_found': 'You have no such active sign-in.' },
      handler: credentials.endSession,
    }),
  ];
}

/** When the example token expires. A fixed date would be in the past one day. */
function inAMonth(): string {
  return new Date(Date.now() + 30 * 86_400_000).toISOString();
}

function tokenListRoutes(credentials: CredentialsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/tokens',
      summary: 'List your API tokens',
      access: signedIn('account.read'),
      query: TokensQuery,
      success: {
        status: 200,
        description: 'A page of tokens that are not revoked.',
        data: ApiTokenSchema,
        list: true,
      },
      errors: PERSON,
      handler: credentials.listTokens,
    }),
    defineRoute({
      method: 'post',
      path: '/auth/tokens',
      summary: 'Create an API token',
      description:
        'For scripts: `Authorization: Bearer rapt_…`. Until it expires, the token may do what its scopes allow and you may do yourself. The token is shown only once, so no copy of the answer is kept and this route takes no `Idempotency-Key`.',
      access: signedIn('account.update'),
      recentPassword: true,
      body: CreateTokenBody,
      success: { status: 201, description: 'The token.', data: NewApiTokenSchema },
      errors: {
        ...PERSON,
        'token.scope_not_yours': 'A scope allows more than you may do.',
        'token.too_many': 'You have too many active tokens. Revoke one first.',
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
      summary: 'Get an API token',
      access: signedIn('account.read'),
      params: IdParams,
      success: { status: 200, description: 'The token, without its secret.', data: ApiTokenSchema },
      errors: { ...PERSON, 'token.not_found': 'You have no such token.' },
      handler: credentials.getToken,
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/tokens/:id',
      summary: 'Revoke an API token',
      description: 'The token is refused immediately, in every process.',
      access: signedIn('account.update'),
      params: IdParams,
      success: { status: 204, description: 'The token is revoked.' },
      errors: { ...PERSON, 'token.not_found': 'You have no such token.' },
      handler: credentials.revokeToken,
    }),
  ];
}

/**
 * @param byPassword checks name and password of a sign-in.
 * @param byCard uses up the card of a sign-in.
 */
export function authRoutes(
  auth: AuthController,
  credentials: CredentialsController,
  byPassword: RequestHandler,
  byCard: RequestHandler,
): Route[] {
  return [
    ...enteringRoutes(auth, byPassword),
    ...cardRoutes(auth, byCard),
    ...stayingRoutes(auth),
    ...passwordRoutes(auth),
    ...sessionRoutes(credentials),
    ...tokenListRoutes(credentials),
    ...tokenRoutes(credentials),
  ];
}
