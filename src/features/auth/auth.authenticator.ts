import type { Request, RequestHandler } from 'express';
import type { Principal } from '../../authz/ability';
import { type CsrfGuard, isUnsafe } from '../../http/csrf';
import type { AccessRule, Route } from '../../http/route';
import { currentContext } from '../../platform/context';
import { UnauthenticatedError } from '../../shared/errors';
import { API_TOKEN_PREFIX } from './auth.api-tokens.service';
import type { AuthCookies } from './auth.cookies';
import { InvalidTokenError } from './auth.errors';
import type { Strategies } from './auth.strategies';

/** Finds the caller by the credential of a request. */
export class Authenticator {
  constructor(
    private readonly strategies: Strategies,
    private readonly cookies: AuthCookies,
    private readonly csrf: CsrfGuard,
  ) {}

  /** Leaves the caller on `req.user`, and in the context for the log and the audit trail. */
  of({ access }: Route): RequestHandler {
    return async (req, _res, next) => {
      const principal = await this.identify(req, access);
      if (principal !== null) {
        req.user = principal;
        describeCaller(principal);
      }
      next();
    };
  }

  /**
   * The caller of a route. On public routes (log-in, refresh) a credential that has ended counts as none; everywhere
   * else a change that is authenticated by cookie must carry its CSRF token.
   * @throws UnauthenticatedError for a bad credential, ForbiddenError `auth.csrf`.
   */
  async identify(req: Request, access: AccessRule): Promise<Principal | null> {
    const isChange = isUnsafe(req);
    if (isChange && req.headers.authorization === undefined) this.csrf.assertOwnSite(req);
    if (access.kind === 'public') return this.authenticate(req).catch(nobodyIfUnauthenticated);
    const principal = await this.authenticate(req);
    if (isChange && principal?.credential === 'cookie')
      this.csrf.assertToken(req, principal.sessionId as string);
    return principal;
  }

  /**
   * The caller, or null where the request carries no credential. A header comes on purpose, so a bad one is an error;
   * a cookie comes along unasked, so one that has ended is none.
   * @throws UnauthenticatedError for a bad Authorization header.
   */
  async authenticate(req: Request): Promise<Principal | null> {
    const { authorization } = req.headers;
    if (authorization !== undefined) return this.byHeader(req, authorization);
    const token = this.cookies.readAccess(req);
    return token === null ? null : this.strategies.cookie(req, token);
  }

  private async byHeader(req: Request, header: string): Promise<Principal> {
    const token = /^Bearer (\S+)$/i.exec(header)?.[1];
    if (token === undefined) throw new InvalidTokenError();
    const strategy = token.startsWith(API_TOKEN_PREFIX) ? this.strategies.apiToken : this.strategies.bearer;
    const principal = await strategy(req, token);
    if (principal === null) throw new InvalidTokenError();
    return principal;
  }
}

function nobodyIfUnauthenticated(error: unknown): null {
  if (error instanceof UnauthenticatedError) return null;
  throw error;
}

function describeCaller({ userId, tenantId, credential }: Principal): void {
  const context = currentContext();
  context.userId = userId;
  if (tenantId !== null) context.tenantId = tenantId;
  context.actorKind = credential === 'api_token' ? 'api_token' : 'user';
}
