import { API_BASE } from '../../http/base';
import type { Account, ApiToken, SignIn, SignInInfo } from './auth.types';
import { ACCESS_TOKEN_SECONDS } from './tokens/auth.tokens';

function presentAccount(account: Account) {
  return {
    id: account.id,
    tenantId: account.tenantId,
    email: account.email,
    username: account.username,
    name: account.name,
    locale: account.locale,
    isPlatformAdmin: account.isPlatformAdmin,
    emailVerified: account.emailVerifiedAt !== null,
    mustChangePassword: account.mustChangePassword,
    links: { self: `${API_BASE}/users/${account.id}`, me: `${API_BASE}/auth/me` },
  };
}

export function presentSignIn(signIn: SignIn, csrfToken: string, deviceToken: string | null) {
  return {
    accessToken: signIn.accessToken,
    expiresIn: ACCESS_TOKEN_SECONDS,
    refreshToken: signIn.refreshToken,
    csrfToken,
    deviceToken,
    user: presentAccount(signIn.account),
  };
}

/** The fields of a sign-in that every reader gets. */
export const presentSignInBase = (signIn: SignInInfo, currentSessionId: string | null) => ({
  id: signIn.id,
  createdAt: signIn.createdAt.toISOString(),
  lastUsedAt: signIn.lastUsedAt.toISOString(),
  expiresAt: signIn.expiresAt.toISOString(),
  userAgent: signIn.userAgent,
  ip: signIn.ip,
  current: signIn.id === currentSessionId,
  can: { end: true },
});

/** The fields of an API token that every reader gets. */
export const presentApiTokenBase = (token: ApiToken) => ({
  id: token.id,
  name: token.name,
  prefix: token.prefix,
  scopes: [...token.scopes],
  expiresAt: token.expiresAt.toISOString(),
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  createdAt: token.createdAt.toISOString(),
  can: { revoke: true },
});

export const presentOwnSignIn = (session: SignInInfo, currentSessionId: string | null) => ({
  ...presentSignInBase(session, currentSessionId),
  links: { self: `${API_BASE}/auth/sessions/${session.id}` },
});

export const presentApiToken = (token: ApiToken) => ({
  ...presentApiTokenBase(token),
  links: { self: `${API_BASE}/auth/tokens/${token.id}` },
});
