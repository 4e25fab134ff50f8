import { API_BASE } from '../../http/base';
import { ACCESS_TOKEN_SECONDS } from './auth.tokens';
import type { Account, ApiToken, SessionInfo, SignIn } from './auth.types';

function presentAccount(account: Account) {
  return {
    id: account.id,
    tenantId: account.tenantId,
    email: account.email,
    name: account.name,
    locale: account.locale,
    isPlatformAdmin: account.isPlatformAdmin,
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

export function presentSession(session: SessionInfo, currentSessionId: string | null) {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    userAgent: session.userAgent,
    ip: session.ip,
    current: session.id === currentSessionId,
    links: { self: `${API_BASE}/auth/sessions/${session.id}` },
    can: { end: true },
  };
}

export function presentApiToken(token: ApiToken) {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    scopes: [...token.scopes],
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    createdAt: token.createdAt.toISOString(),
    links: { self: `${API_BASE}/auth/tokens/${token.id}` },
    can: { revoke: true },
  };
}
