import type { Route } from '../../http/route';
import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import { Authenticator } from './auth.authenticator';
import { AccessTokens } from './auth.tokens';

export function createAuthModule(platform: Platform, deps: { access: AccessService; audit: AuditService }) {
  const tokens = new AccessTokens(platform.config.SESSION_SECRET);
  const authenticator = new Authenticator(tokens, deps.access);
  const routes: Route[] = [];
  return { routes, tokens, authenticator };
}
