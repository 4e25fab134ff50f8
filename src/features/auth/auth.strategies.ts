import type { Principal } from '../../authz/ability';
import type { AccessService } from '../access';
import type { ApiTokensService } from './auth.api-tokens.service';
import { type AskStrategy, PassportGate } from './auth.passport';
import type { AuthService, ProvenPassword } from './auth.service';
import type { AccessTokens } from './auth.tokens';
import type { ClientInfo, LogInInput } from './auth.types';

/** Every way to prove who one is. The first kind signs a person in, the others recognise them at each request. */
export interface Strategies {
  /** E-mail and password; finds the person. */
  password: AskStrategy<LogInInput & { client: ClientInfo; deviceTokens: readonly string[] }, ProvenPassword>;
  /** An access token in the Authorization header. */
  bearer: AskStrategy<string, Principal>;
  /** An access token in a cookie. */
  cookie: AskStrategy<string, Principal>;
  /** A script's token in the Authorization header. */
  apiToken: AskStrategy<string, Principal>;
}

export function createStrategies(deps: {
  auth: AuthService;
  apiTokens: ApiTokensService;
  accessTokens: AccessTokens;
  access: AccessService;
}): Strategies {
  const gate = new PassportGate();
  const byAccessToken = (kind: 'bearer' | 'cookie') => async (_req: unknown, token: string) => {
    const claims = deps.accessTokens.verify(token);
    if (claims === null) return null;
    return deps.access.findPrincipal(claims.userId, { sessionId: claims.sessionId, kind, scopes: null });
  };
  return {
    password: gate.strategy('password', (_req, { client, deviceTokens, ...credentials }) =>
      deps.auth.provePassword(credentials, client, deviceTokens),
    ),
    bearer: gate.strategy('bearer', byAccessToken('bearer')),
    cookie: gate.strategy('cookie', byAccessToken('cookie')),
    apiToken: gate.strategy('api-token', (req, token) => deps.apiTokens.findPrincipal(token, req.ip ?? '')),
  };
}
