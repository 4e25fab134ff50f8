import type { Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { ApiToken, SessionInfo } from '../auth';

export function presentUserSignIn(signIn: SessionInfo, userId: string, principal: Principal) {
  return {
    id: signIn.id,
    createdAt: signIn.createdAt.toISOString(),
    lastUsedAt: signIn.lastUsedAt.toISOString(),
    expiresAt: signIn.expiresAt.toISOString(),
    userAgent: signIn.userAgent,
    ip: signIn.ip,
    current: signIn.id === principal.sessionId,
    links: { user: `${API_BASE}/users/${userId}` },
    can: { end: true },
  };
}

export function presentUserToken(token: ApiToken, userId: string) {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    scopes: [...token.scopes],
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    createdAt: token.createdAt.toISOString(),
    links: { user: `${API_BASE}/users/${userId}` },
    can: { revoke: true },
  };
}
