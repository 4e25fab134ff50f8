import type { Principal } from '../../../authz/ability';
import { currentContext, runInContext } from '../../../platform/context';
import type { Platform } from '../../../platform/platform';
import { pickFields } from '../../../shared/fields';
import { newId } from '../../../shared/ids';
import type { ListOrder, Page } from '../../../shared/pages';
import { secretHash } from '../../../shared/secrets';
import type { AccessService } from '../../access';
import { type AuditService, auditSubject } from '../../audit';
import type { AccountsRepository } from '../auth.accounts.repository';
import { InvalidCredentialsError, InvalidRefreshTokenError, SignInNotFoundError } from '../auth.errors';
import { requirePerson } from '../auth.policy';
import type { Account, ClientInfo, DeviceInfo, EndReason, SignIn, SignInInfo } from '../auth.types';
import type { AccessTokens } from '../tokens/auth.tokens';
import type { RefreshSecrets } from './auth.refresh-secrets';
import { familyExpiry, judgeRefresh, tokenExpiry } from './auth.rotation';
import type { SignInsRepository, StoredRefreshToken, TokenOwner } from './auth.sign-ins.repository';

export interface SessionsServiceDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  accounts: AccountsRepository;
  sessions: SignInsRepository;
  accessTokens: AccessTokens;
  secrets: RefreshSecrets;
  access: AccessService;
  audit: AuditService;
}

/** The audit actions for the end of a sign-in. */
const END_ACTIONS = {
  logout: 'auth.logged_out',
  ended: 'auth.session_ended',
  replaced: 'auth.session_replaced',
} as const;

/** What the audit trail calls the beginning of a sign-in. */
export type HowOpened = 'auth.logged_in' | 'auth.logged_in_by_card' | 'auth.registered';

/**
 * Manages sign-ins: each is a family of refresh tokens, of which one is valid at a time, with the access
 * tokens that come from it.
 */
export class SignInsService {
  constructor(private readonly deps: SessionsServiceDeps) {}

  /**
   * Signs in a person whose identity a strategy has proven.
   * @param how `auth.logged_in`, or `auth.registered` if the same request created the account
   * @throws InvalidCredentialsError if the person was deactivated meanwhile
   */
  async open(
    userId: string,
    client: ClientInfo,
    device: Pick<DeviceInfo, 'isShared' | 'previousRefreshToken'>,
    how: HowOpened = 'auth.logged_in',
  ): Promise<SignIn> {
    const now = this.deps.platform.clock.now();
    const ends = familyExpiry(now, device.isShared);
    const opened = await this.deps.platform.db.transaction(async () => {
      const account = await this.deps.accounts.markLoggedIn(userId, now);
      if (account === null) throw new InvalidCredentialsError();
      const sessionId = newId();
      const signIn = this.issue(account, sessionId, this.deps.secrets.first(), now, {
        familyExpiresAt: ends,
        isSharedDevice: device.isShared,
      });
      await this.deps.sessions.insertFirst(stored(signIn, client, ends, now));
      await actingAs(account, () => this.deps.audit.record(signInSubject(sessionId, account), how));
      await this.deps.access.usersChanged([account.id]);
      return signIn;
    });
    // In a separate transaction: the previous sign-in may belong to another person, who would be locked
    // second.
    if (device.previousRefreshToken !== null) await this.endReplaced(device.previousRefreshToken);
    return opened;
  }

  /** A browser has one sign-in at a time, because nobody could end the one whose cookies were overwritten. */
  private async endReplaced(secret: string): Promise<void> {
    const found = await this.deps.sessions.findFamilyOf(secretHash(secret));
    if (found !== null)
      await this.end({ id: found.userId, tenantId: found.tenantId }, found.familyId, 'replaced');
  }

  /**
   * Issues the next refresh token for this one, and a new access token.
   * @throws InvalidRefreshTokenError if it is unknown, ended or was used before; reuse ends the sign-in
   */
  async refresh(secret: string, client: ClientInfo): Promise<SignIn> {
    const signIn = await this.deps.platform.db.transaction(async () => {
      const owner = await this.deps.sessions.lockOwnerOf(secretHash(secret));
      const token = await this.deps.sessions.findToken(secretHash(secret));
      if (owner === null || token === null || owner.status !== 'active') return null;
      return this.rotate(owner, token, secret, client);
    });
    // Thrown outside of the transaction, so that what a reuse has ended stays ended.
    if (signIn === null) throw new InvalidRefreshTokenError();
    return signIn;
  }

  /**
   * Ends the caller's own sign-in, or else the one of this refresh token. It is no error if there is none.
   */
  async logOut(principal: Principal | null, secret: string | null): Promise<void> {
    if (principal !== null) requirePerson(principal);
    const own =
      principal === null
        ? null
        : { userId: principal.userId, familyId: principal.sessionId as string, tenantId: principal.tenantId };
    const target =
      own ?? (secret === null ? null : await this.deps.sessions.findFamilyOf(secretHash(secret)));
    if (target !== null)
      await this.end({ id: target.userId, tenantId: target.tenantId }, target.familyId, 'logout');
  }

  list(principal: Principal, order: ListOrder): Promise<Page<SignInInfo>> {
    requirePerson(principal);
    return this.deps.sessions.list(principal.userId, this.deps.platform.clock.now(), order);
  }

  /** @throws SessionNotFoundError if the caller has no such active sign-in */
  async get(principal: Principal, sessionId: string): Promise<SignInInfo> {
    requirePerson(principal);
    const session = await this.deps.sessions.find(
      principal.userId,
      sessionId,
      this.deps.platform.clock.now(),
    );
    if (session === null) throw new SignInNotFoundError();
    return session;
  }

  /**
   * Ends one of the caller's sign-ins immediately, including the current one. @throws SessionNotFoundError
   */
  async endOwn(principal: Principal, sessionId: string): Promise<void> {
    requirePerson(principal);
    await this.endOf({ id: principal.userId, tenantId: principal.tenantId }, sessionId);
  }

  /** Lists the active sign-ins of another person. The calling service checks the permission. */
  listOf(userId: string, order: ListOrder): Promise<Page<SignInInfo>> {
    return this.deps.sessions.list(userId, this.deps.platform.clock.now(), order);
  }

  /** Ends a sign-in of this person immediately. @throws SessionNotFoundError */
  async endOf(owner: Pick<Account, 'id' | 'tenantId'>, sessionId: string): Promise<void> {
    if (!(await this.end(owner, sessionId, 'ended'))) throw new SignInNotFoundError();
  }

  /**
   * Ends all sign-ins of a person except one, within the caller's transaction. @returns how many tokens
   * that ended
   */
  async endAllOf(userId: string, reason: EndReason, exceptSessionId: string | null = null): Promise<number> {
    await this.deps.sessions.lockOwner(userId);
    const ended = await this.deps.sessions.endAll(
      userId,
      reason,
      exceptSessionId,
      this.deps.platform.clock.now(),
    );
    await this.deps.access.usersChanged([userId]);
    return ended;
  }

  private async rotate(
    owner: TokenOwner,
    token: StoredRefreshToken,
    secret: string,
    client: ClientInfo,
  ): Promise<SignIn | null> {
    const now = this.deps.platform.clock.now();
    const verdict = judgeRefresh(token, now);
    if (verdict === 'refuse') return null;
    if (verdict === 'reuse') {
      await this.deps.sessions.endFamily(owner.id, token.familyId, 'reuse', now);
      await this.deps.audit.record(signInSubject(token.familyId, owner), 'auth.token_reused');
      await this.deps.access.usersChanged([owner.id]);
      return null;
    }
    const signIn = this.issue(owner, token.familyId, this.deps.secrets.successorOf(secret), now, token);
    if (verdict === 'rotate') {
      const next = stored(signIn, client, token.familyExpiresAt, null);
      await this.deps.sessions.insertSuccessor(token.id, next, now);
    }
    return signIn;
  }

  private end(
    owner: Pick<Account, 'id' | 'tenantId'>,
    sessionId: string,
    reason: keyof typeof END_ACTIONS,
  ): Promise<boolean> {
    return this.deps.platform.db.transaction(async () => {
      await this.deps.sessions.lockOwner(owner.id);
      const ended = await this.deps.sessions.endFamily(
        owner.id,
        sessionId,
        reason,
        this.deps.platform.clock.now(),
      );
      if (!ended) return false;
      await this.deps.audit.record(signInSubject(sessionId, owner), END_ACTIONS[reason]);
      await this.deps.access.usersChanged([owner.id]);
      return true;
    });
  }

  private issue(
    owner: Account,
    sessionId: string,
    refreshToken: string,
    now: Date,
    { familyExpiresAt, isSharedDevice }: Pick<StoredRefreshToken, 'familyExpiresAt' | 'isSharedDevice'>,
  ): SignIn {
    return {
      account: pickFields(
        owner,
        'id',
        'tenantId',
        'email',
        'username',
        'name',
        'locale',
        'isPlatformAdmin',
        'mustChangePassword',
        'emailVerifiedAt',
      ),
      sessionId,
      accessToken: this.deps.accessTokens.sign({ userId: owner.id, sessionId }),
      refreshToken,
      refreshExpiresAt: tokenExpiry(now, familyExpiresAt, isSharedDevice),
      isSharedDevice,
    };
  }
}

const signInSubject = (id: string, { id: userId, tenantId }: Pick<Account, 'id' | 'tenantId'>) =>
  auditSubject('sign_in', { id, tenantId }, userId);

function stored(signIn: SignIn, client: ClientInfo, familyExpiresAt: Date, passwordProvenAt: Date | null) {
  return {
    userId: signIn.account.id,
    familyId: signIn.sessionId,
    tokenHash: secretHash(signIn.refreshToken),
    client,
    expiresAt: signIn.refreshExpiresAt,
    familyExpiresAt,
    isSharedDevice: signIn.isSharedDevice,
    passwordProvenAt,
  };
}

/** Runs work as the person who has just signed in: from there on they are the actor. */
function actingAs<T>(account: Account, work: () => Promise<T>): Promise<T> {
  const context = { ...currentContext(), userId: account.id, actorKind: 'user' as const };
  return runInContext(account.tenantId === null ? context : { ...context, tenantId: account.tenantId }, work);
}
