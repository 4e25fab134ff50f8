import type { Principal } from '../../../authz/ability';
import type { Action } from '../../../authz/actions';
import type { Platform } from '../../../platform/platform';
import type { ListOrder, Page } from '../../../shared/pages';
import type { AuditService } from '../../audit';
import {
  type ApiToken,
  type ApiTokensService,
  requirePerson,
  type SignInInfo,
  type SignInsService,
} from '../../auth';
import type { UsersService } from '../users.service';
import type { PlacedUser } from '../users.types';

export interface UserCredentialsServiceDeps {
  platform: Pick<Platform, 'db'>;
  users: UsersService;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  audit: AuditService;
}

/** Shows and ends people's sign-ins and API tokens, for people who manage them. */
export class UserCredentialsService {
  constructor(private readonly deps: UserCredentialsServiceDeps) {}

  /** @throws PersonRequiredError, UserNotFoundError, ForbiddenError */
  async listSignIns(principal: Principal, userId: string, order: ListOrder): Promise<Page<SignInInfo>> {
    await this.load(principal, userId, 'user.read_sign_ins');
    return this.deps.sessions.listOf(userId, order);
  }

  /** @throws PersonRequiredError, UserNotFoundError, ForbiddenError, SessionNotFoundError */
  async endSignIn(principal: Principal, userId: string, signInId: string): Promise<void> {
    const user = await this.load(principal, userId, 'user.manage_sign_ins');
    await this.deps.sessions.endOf(user, signInId);
  }

  /**
   * Ends all sign-ins of a person; for the caller, all except the current one. @throws what `endSignIn`
   * throws
   */
  async endSignIns(principal: Principal, userId: string): Promise<void> {
    const user = await this.load(principal, userId, 'user.manage_sign_ins');
    const kept = userId === principal.userId ? principal.sessionId : null;
    await this.deps.platform.db.transaction(async () => {
      await this.deps.sessions.endAllOf(userId, 'ended', kept);
      await this.deps.audit.record(
        { type: 'user', id: userId, tenantId: user.tenantId, aboutUserId: userId },
        'auth.sessions_ended',
      );
    });
  }

  /** @throws PersonRequiredError, UserNotFoundError, ForbiddenError */
  async listTokens(principal: Principal, userId: string, order: ListOrder): Promise<Page<ApiToken>> {
    await this.load(principal, userId, 'user.read_sign_ins');
    return this.deps.apiTokens.listOf(userId, order);
  }

  /** @throws PersonRequiredError, UserNotFoundError, ForbiddenError, ApiTokenNotFoundError */
  async revokeToken(principal: Principal, userId: string, tokenId: string): Promise<void> {
    const user = await this.load(principal, userId, 'user.manage_sign_ins');
    await this.deps.apiTokens.revokeOf(user, tokenId);
  }

  /** Only people may see from where users sign in: a script does not need it. */
  private load(principal: Principal, userId: string, action: Action): Promise<PlacedUser> {
    requirePerson(principal);
    return this.deps.users.getFor(principal, userId, action);
  }
}
