import { z } from 'zod';
import type { Principal } from '../../../authz/ability';
import type { Scope } from '../../../authz/actions';
import { Cache } from '../../../platform/cache';
import type { Platform } from '../../../platform/platform';
import type { LimitedAttempts } from '../../../shared/attempts';
import { newId } from '../../../shared/ids';
import type { ListOrder, Page } from '../../../shared/pages';
import { newSecret, secretHash } from '../../../shared/secrets';
import type { AccessService } from '../../access';
import { type AuditService, auditSubject } from '../../audit';
import {
  ApiTokenNotFoundError,
  InvalidTokenError,
  ScopeNotYoursError,
  TooManyTokensError,
} from '../auth.errors';
import { requirePerson, scopesBeyond } from '../auth.policy';
import type { Account, ApiToken } from '../auth.types';
import type { SignInsRepository } from '../sign-ins/auth.sign-ins.repository';
import type { ApiTokensRepository, UsableApiToken } from './auth.api-tokens.repository';

/** Distinguishes an API token from an access token, and lets scanners find published tokens. */
export const API_TOKEN_PREFIX = 'rapt_';
/** The part of a token that is stored for its owner to recognize it. */
const SHOWN_CHARACTERS = API_TOKEN_PREFIX.length + 6;
const MAX_LIVE_TOKENS = 50;
/** Revocation drops an entry immediately; this only limits the effect of a lost message. */
const CACHE = { name: 'api-tokens', ttlMs: 60_000, maxEntries: 10_000 };
/** "Last used" is shown to people: a precision of a minute is enough, and saves a write at each request. */
const TOUCH_EVERY_MS = 60_000;

const TOPIC = 'auth.api_tokens_revoked';
const Revoked = z.object({ userId: z.string() });

interface CachedToken extends Omit<UsableApiToken, 'scopes'> {
  scopes: ReadonlySet<string>;
}

export interface ApiTokensServiceDeps {
  platform: Pick<Platform, 'db' | 'bus' | 'clock' | 'logger'>;
  tokens: ApiTokensRepository;
  sessions: SignInsRepository;
  access: AccessService;
  audit: AuditService;
  /** Charged by address for each unknown token. */
  guesses: LimitedAttempts;
}

export interface CreateApiTokenInput {
  name: string;
  scopes: readonly Scope[];
  expiresAt: Date;
}

/**
 * Manages the tokens with which a person's scripts act for them: within scopes, and until a day that they
 * set.
 */
export class ApiTokensService {
  private readonly cache: Cache<CachedToken>;

  constructor(private readonly deps: ApiTokensServiceDeps) {
    this.cache = new Cache(deps.platform.bus, { ...CACHE, tagsOf: (token) => [token.userId] });
    deps.platform.bus.subscribe(TOPIC, (message) => {
      const { userId } = Revoked.parse(message);
      this.cache.forgetTagged(userId);
    });
  }

  /**
   * Returns the principal of a token; null if it has expired or its person may no longer act.
   * @param address charged if the token is unknown
   * @throws InvalidTokenError for an unknown or revoked token, RateLimitedError for an address that tries
   * many
   */
  async findPrincipal(secret: string, address: string): Promise<Principal | null> {
    const tokenHash = secretHash(secret);
    const key = tokenHash.toString('base64url');
    const token = this.cache.peek(key) ?? (await this.cache.get(key, () => this.load(tokenHash, address)));
    if (token.expiresAt <= this.deps.platform.clock.now()) return null;
    const principal = await this.deps.access.findPrincipal(token.userId, {
      sessionId: null,
      apiTokenId: token.id,
      kind: 'api_token',
      scopes: token.scopes,
    });
    if (principal !== null) this.touch(token);
    return principal;
  }

  list(principal: Principal, order: ListOrder): Promise<Page<ApiToken>> {
    requirePerson(principal);
    return this.deps.tokens.list(principal.userId, order);
  }

  /** @throws ApiTokenNotFoundError if the caller has no such token */
  async get(principal: Principal, tokenId: string): Promise<ApiToken> {
    requirePerson(principal);
    const token = await this.deps.tokens.find(principal.userId, tokenId);
    if (token === null) throw new ApiTokenNotFoundError();
    return token;
  }

  /**
   * Creates a token for the caller. The secret is only in this answer.
   * @throws ScopeNotYoursError for scopes beyond what the caller may do, TooManyTokensError
   */
  create(principal: Principal, input: CreateApiTokenInput): Promise<{ token: ApiToken; secret: string }> {
    requirePerson(principal);
    const beyond = scopesBeyond(principal.access, input.scopes);
    if (beyond.length > 0) throw new ScopeNotYoursError(beyond);
    const secret = `${API_TOKEN_PREFIX}${newSecret()}`;
    return this.deps.platform.db.transaction(async () => {
      // Two simultaneous requests must not both see the last free place.
      await this.deps.sessions.lockOwner(principal.userId);
      const live = await this.deps.tokens.countLive(principal.userId, this.deps.platform.clock.now());
      if (live >= MAX_LIVE_TOKENS) throw new TooManyTokensError(MAX_LIVE_TOKENS);
      const token = await this.deps.tokens.insert({
        id: newId(),
        userId: principal.userId,
        name: input.name,
        tokenHash: secretHash(secret),
        prefix: secret.slice(0, SHOWN_CHARACTERS),
        scopes: [...new Set(input.scopes)].sort(),
        expiresAt: input.expiresAt,
      });
      await this.deps.audit.record(
        tokenSubject(token.id, principal.userId, principal.tenantId),
        'auth.token_created',
        {
          scopes: token.scopes,
        },
      );
      await this.deps.access.usersChanged([principal.userId]);
      return { token, secret };
    });
  }

  /** Ends a token of the caller immediately, in every process. @throws ApiTokenNotFoundError */
  async revoke(principal: Principal, tokenId: string): Promise<void> {
    requirePerson(principal);
    await this.revokeOf({ id: principal.userId, tenantId: principal.tenantId }, tokenId);
  }

  /** Lists the tokens of another person. The calling service checks the permission. */
  listOf(userId: string, order: ListOrder): Promise<Page<ApiToken>> {
    return this.deps.tokens.list(userId, order);
  }

  /** Ends a token of this person immediately, together with its streams. @throws ApiTokenNotFoundError */
  async revokeOf(owner: Pick<Account, 'id' | 'tenantId'>, tokenId: string): Promise<void> {
    await this.deps.platform.db.transaction(async () => {
      const revoked = await this.deps.tokens.revoke(owner.id, tokenId, this.deps.platform.clock.now());
      if (!revoked) throw new ApiTokenNotFoundError();
      await this.deps.audit.record(tokenSubject(tokenId, owner.id, owner.tenantId), 'auth.token_revoked');
      await this.publishRevoked(owner.id);
    });
  }

  /** Ends all tokens of a person, within the caller's transaction. @returns how many there were */
  async revokeAllOf(userId: string): Promise<number> {
    const revoked = await this.deps.tokens.revokeAll(userId, this.deps.platform.clock.now());
    await this.publishRevoked(userId);
    return revoked;
  }

  /**
   * In this order: a process that receives the second message and checks again must not find the token in
   * the cache.
   */
  private async publishRevoked(userId: string): Promise<void> {
    await this.deps.platform.bus.publish(TOPIC, { userId });
    await this.deps.access.usersChanged([userId]);
  }

  private async load(tokenHash: Buffer, address: string): Promise<CachedToken> {
    await this.deps.guesses.take(address);
    const found = await this.deps.tokens.findUsable(tokenHash);
    if (found === null) throw new InvalidTokenError();
    await this.deps.guesses.refund(address);
    return { ...found, scopes: new Set(found.scopes) };
  }

  private touch(token: CachedToken): void {
    const now = this.deps.platform.clock.now();
    if (token.lastUsedAt !== null && now.getTime() - token.lastUsedAt.getTime() < TOUCH_EVERY_MS) return;
    token.lastUsedAt = now;
    // Not awaited: a request must not fail because this could not be recorded.
    this.deps.tokens
      .touch(token.id, now)
      .catch((error: unknown) =>
        this.deps.platform.logger.debug('the last use of a token could not be recorded', { error }),
      );
  }
}

const tokenSubject = (id: string, userId: string, tenantId: string | null) =>
  auditSubject('api_token', { id, tenantId }, userId);
