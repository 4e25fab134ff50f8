import type { Request } from 'express';
import type { Principal } from '../../authz/ability';
import { UnauthenticatedError } from '../../shared/errors';
import type { AccessService } from '../access';
import type { AccessTokens } from './auth.tokens';

/** Finds the caller by the credential of a request. */
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly access: AccessService,
  ) {}

  /** The caller, or null where the request carries no credential. @throws UnauthenticatedError for a bad one. */
  async authenticate(req: Request): Promise<Principal | null> {
    const header = req.headers.authorization;
    if (header === undefined) return null;
    const token = /^Bearer (\S+)$/i.exec(header)?.[1];
    const claims = token === undefined ? null : this.tokens.verify(token);
    const principal = claims === null ? null : await this.access.findPrincipal(claims.userId, { sessionId: claims.sessionId, kind: 'bearer', scopes: null });
    if (principal === null) throw new UnauthenticatedError('auth.invalid_token', 'The token is not valid or no longer valid.');
    return principal;
  }
}
