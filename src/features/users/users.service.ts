import {
  authorize,
  authorizeVisible,
  can,
  isInScope,
  type Principal,
  subject,
  type Tagged,
} from '../../authz/ability';
import type { Action } from '../../authz/actions';
import type { PersonNames } from '../../authz/names';
import { violatedConstraint } from '../../platform/db/errors';
import type { Platform } from '../../platform/platform';
import { type ConflictError, PreconditionFailedError } from '../../shared/errors';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import type { AccessService } from '../access';
import { type AuditService, auditSubject } from '../audit';
import type { ApiTokensService, SignInsService } from '../auth';
import type { AccountMails, OneTimeLinks } from '../mails';
import {
  OwnAccountError,
  SignInNameRequiredError,
  UserEmailTakenError,
  UserNotFoundError,
  UsernameTakenError,
  UsernameWithoutDistrictError,
} from './users.errors';
import type { MeReadModel } from './users.me.read-model';
import { requireUserList } from './users.policy';
import type { UsersRepository } from './users.repository';
import type { Me, PlacedUser, UpdateUserInput, UserChanges, UserFilters, UserStatus } from './users.types';

export interface UsersServiceDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  users: UsersRepository;
  me: MeReadModel;
  sessions: SignInsService;
  apiTokens: ApiTokensService;
  access: AccessService;
  audit: AuditService;
  mails: { service: AccountMails; links: OneTimeLinks };
}

/** The person, for the rules. */
export function userSubject(user: PlacedUser): Tagged<'User'> {
  const { id, tenantId, isPlatformAdmin, groupPaths, classIds, pupilOfClassIds } = user;
  return subject('User', { id, tenantId, isPlatformAdmin, groupPaths, classIds, pupilOfClassIds });
}

const notFound = () => new UserNotFoundError();

/** Manages people: who may see and manage whom. */
export class UsersService implements PersonNames {
  constructor(private readonly deps: UsersServiceDeps) {}

  /**
   * Lists the people whom the caller administers. @throws ForbiddenError if the caller administers no place
   */
  list(principal: Principal, query: ListQuery<UserFilters>): Promise<Page<PlacedUser>> {
    requireUserList(principal);
    return this.deps.users.list(principal, query);
  }

  /** @throws UserNotFoundError if the caller may not see the person */
  get(principal: Principal, userId: string): Promise<PlacedUser> {
    return this.getFor(principal, userId, 'user.read');
  }

  /**
   * Returns a person to whom the caller may do this. @throws UserNotFoundError if they may not see the
   * person, ForbiddenError
   */
  async getFor(principal: Principal, userId: string, action: Action): Promise<PlacedUser> {
    const user = await this.deps.users.find(userId);
    if (user === null) throw new UserNotFoundError();
    authorizeVisible(principal, 'user.read', action, userSubject(user), notFound);
    return user;
  }

  /**
   * Returns the names of these people, as far as the caller may read each of them, with one statement for
   * all.
   */
  async namesFor(principal: Principal, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (userIds.length === 0 || !isInScope(principal, 'user.read')) return new Map();
    const people = await this.deps.users.findAll(userIds);
    const readable = people.filter((user) => can(principal, 'user.read', userSubject(user)));
    return new Map(readable.map(({ id, name }) => [id, name]));
  }

  /** Those of these people to whom the caller may do this, in the order of the ids. */
  async listFor(principal: Principal, userIds: readonly string[], action: Action): Promise<PlacedUser[]> {
    const found = new Map((await this.deps.users.findAll(userIds)).map((user) => [user.id, user]));
    const people = userIds.flatMap((id) => found.get(id) ?? []);
    return people.filter((user) => can(principal, action, userSubject(user)));
  }

  /** Returns the caller's account with everything to which they belong. */
  async getMe(principal: Principal): Promise<Me> {
    const me = await this.deps.me.find(principal.userId);
    if (me === null) throw new UserNotFoundError();
    return me;
  }

  /**
   * Changes name, locale or (for admins) e-mail and username.
   * @param ifMatch the revisions that the caller has seen; null for any.
   * @throws UserNotFoundError, ForbiddenError, PreconditionFailedError; UserEmailTakenError, UsernameTakenError,
   * UsernameWithoutDistrictError, SignInNameRequiredError
   */
  async update(
    principal: Principal,
    userId: string,
    input: UpdateUserInput,
    ifMatch: IfMatch,
  ): Promise<PlacedUser> {
    const user = await this.getFor(principal, userId, 'user.update');
    if (input.email !== undefined || input.username !== undefined)
      authorize(principal, 'user.change_email', userSubject(user));
    try {
      return await this.deps.platform.db.transaction(async () => {
        const updated = await this.deps.users.update(userId, this.vouched(input), ifMatch);
        if (updated === null) throw new PreconditionFailedError();
        if (input.email !== undefined) await this.announce(user, input.email);
        await this.deps.audit.record(auditSubject('user', user, user.id), 'user.updated', {
          fields: fieldsOf(input),
        });
        return { ...user, ...updated };
      });
    } catch (error) {
      throw nameConflict(error);
    }
  }

  /** An admin who gives an address stands for it. */
  private vouched(input: UpdateUserInput): UserChanges {
    return input.email === undefined ? input : { ...input, emailVerifiedAt: this.deps.platform.clock.now() };
  }

  /** The old address is told, and links that went there are worth nothing. */
  private async announce(user: PlacedUser, newEmail: string): Promise<void> {
    if (user.email === newEmail) return;
    const { links, service } = this.deps.mails;
    await links.end(user.id, 'password_reset', 'account_setup', 'email_verification', 'email_change');
    await service.withdraw(user.id, 'account_setup', 'email_verification', 'email_change');
    const { id: userId, tenantId, email: recipient } = user;
    await service.request({ kind: 'email_change_announced', userId, tenantId, recipient });
  }

  /**
   * Deactivates a person immediately and in every process: sign-ins and tokens end. Their work stays.
   * @throws UserNotFoundError, ForbiddenError, OwnAccountError
   */
  async deactivate(principal: Principal, userId: string): Promise<void> {
    if (userId === principal.userId) throw new OwnAccountError();
    const user = await this.getFor(principal, userId, 'user.deactivate');
    await this.deps.platform.db.transaction(async () => {
      if ((await this.changeStatus(user, 'deactivated', 'user.deactivated')) === null) return;
      await this.deps.sessions.endAllOf(userId, 'deactivated');
      await this.deps.apiTokens.revokeAllOf(userId);
    });
  }

  /**
   * Lets a person sign in again. Ended sign-ins and tokens stay ended. @throws UserNotFoundError,
   * ForbiddenError
   */
  async reactivate(principal: Principal, userId: string): Promise<PlacedUser> {
    const user = await this.getFor(principal, userId, 'user.deactivate');
    const updated = await this.deps.platform.db.transaction(() =>
      this.changeStatus(user, 'active', 'user.reactivated'),
    );
    return updated ?? user;
  }

  /** Null if the person already has that status. */
  private async changeStatus(
    user: PlacedUser,
    status: UserStatus,
    action: string,
  ): Promise<PlacedUser | null> {
    const updated = await this.deps.users.setStatus(user.id, status, this.deps.platform.clock.now());
    if (updated === null) return null;
    await this.deps.audit.record(auditSubject('user', user, user.id), action);
    await this.deps.access.rolesChanged([user.id]);
    return { ...user, ...updated };
  }
}

const NAME_CONFLICTS: Readonly<Record<string, () => ConflictError>> = {
  users_email_key: () => new UserEmailTakenError(),
  users_username_key: () => new UsernameTakenError(),
  users_username_tenant_check: () => new UsernameWithoutDistrictError(),
  users_sign_in_name_check: () => new SignInNameRequiredError(),
};

/** What a caller is shown for an e-mail or username that the database has refused; any other error as it is. */
function nameConflict(error: unknown): unknown {
  return NAME_CONFLICTS[violatedConstraint(error) ?? '']?.() ?? error;
}

function fieldsOf(input: UpdateUserInput): string[] {
  return Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field);
}
