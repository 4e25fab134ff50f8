import { can, type Principal, subject } from '../../authz/ability';
import type { Action } from '../../authz/actions';
import type { Platform } from '../../platform/platform';
import { type ConflictError, RateLimitedError } from '../../shared/errors';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import { type AuditService, auditSubject } from '../audit';
import { type ClassesService, classSubject } from '../classes';
import type { GroupFinder } from '../groups';
import type { AccountMails } from '../mails';
import {
  type InvitationConflict,
  InvitationConflictError,
  InvitationNotFoundError,
  InvitedRoleTooHighError,
} from './invitations.errors';
import { mayGive } from './invitations.policy';
import type { InvitationsRepository } from './invitations.repository';
import type {
  Invitation,
  InvitationFilters,
  InvitationPlace,
  InviteInput,
  InviteOutcome,
} from './invitations.types';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** A school of 600 pupils invites all of them in one morning, and their teachers. */
const MAX_AN_HOUR = 2_000;
/** How long a resent invitation works. */
export const DEFAULT_DAYS = 14;

export interface InvitationsServiceDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  invitations: InvitationsRepository;
  groups: GroupFinder;
  classes: ClassesService;
  mails: AccountMails;
  audit: AuditService;
}

/** Invitations of groups and classes, for those who manage them. */
export class InvitationsService {
  constructor(private readonly deps: InvitationsServiceDeps) {}

  /** @throws GroupNotFoundError, ForbiddenError */
  async listOfGroup(
    principal: Principal,
    groupId: string,
    query: ListQuery<InvitationFilters>,
  ): Promise<Page<Invitation>> {
    const { groups, invitations } = this.deps;
    const group = await groups.getFor(principal, groupId, 'group.list_invitations');
    return query.filters.below === true
      ? invitations.listBelow(group.path, query, this.now())
      : invitations.listOfGroup(groupId, query, this.now());
  }

  /** @throws ClassNotFoundError, ForbiddenError */
  async listOfClass(
    principal: Principal,
    classId: string,
    query: ListQuery<InvitationFilters>,
  ): Promise<Page<Invitation>> {
    await this.deps.classes.getClass(principal, classId, 'class.list_invitations');
    return this.deps.invitations.listOfClass(classId, query, this.now());
  }

  /** @throws GroupNotFoundError, ForbiddenError, InvitedRoleTooHighError, MailNotConfiguredError, RateLimitedError */
  async inviteToGroup(principal: Principal, groupId: string, input: InviteInput): Promise<InviteOutcome[]> {
    const { tenantId, path } = await this.deps.groups.getFor(principal, groupId, 'group.invite');
    return this.invite(principal, { groupId, classId: null, tenantId }, path, input);
  }

  /** @throws ClassNotFoundError, ClassArchivedError, and as `inviteToGroup` */
  async inviteToClass(principal: Principal, classId: string, input: InviteInput): Promise<InviteOutcome[]> {
    const { tenantId, groupPath } = await this.deps.classes.getClass(principal, classId, 'class.invite');
    return this.invite(principal, { groupId: null, classId, tenantId }, groupPath, input);
  }

  /** Whether the caller can resend it now: what `resend` refuses. */
  canResend({ access }: Principal, found: Invitation): boolean {
    const { state, role, groupPath, isPlaceArchived, isReplaced } = found;
    const isOpen = (state === 'pending' || state === 'expired') && !isReplaced;
    return isOpen && !isPlaceArchived && this.deps.mails.isConfigured && mayGive(access, role, groupPath);
  }

  /** Takes an invitation back. @throws InvitationNotFoundError, ForbiddenError, InvitationConflictError */
  async revoke(principal: Principal, id: string): Promise<void> {
    const { audit, invitations, platform } = this.deps;
    await platform.db.transaction(async () => {
      const found = await this.getFor(principal, id);
      if (!(await invitations.revoke(id, this.now()))) throw conflictOf(found);
      await audit.record(auditSubject('invitation', found), 'invitation.revoked');
    });
  }

  /**
   * Sends a new link, which replaces the old one. The caller becomes the inviter, so that an invitation whose inviter
   * has left can go on.
   * @throws InvitationNotFoundError, ForbiddenError, InvitedRoleTooHighError, InvitationConflictError,
   * MailNotConfiguredError, RateLimitedError
   */
  async resend(principal: Principal, id: string): Promise<Invitation> {
    const { audit, invitations, mails, platform } = this.deps;
    mails.assertConfigured();
    await this.assertNotTooMany(principal, 1);
    return platform.db.transaction(async () => {
      const found = await this.getFor(principal, id);
      if (!mayGive(principal.access, found.role, found.groupPath)) throw new InvitedRoleTooHighError();
      if (found.isPlaceArchived) throw new InvitationConflictError('invitation.place_archived');
      const expiresAt = new Date(this.now().getTime() + DEFAULT_DAYS * DAY_MS);
      if (!(await invitations.renew(id, principal.userId, expiresAt))) throw conflictOf(found);
      await this.requestMail(found);
      await audit.record(auditSubject('invitation', found), 'invitation.resent');
      return this.getExisting(id);
    });
  }

  private async invite(
    principal: Principal,
    place: InvitationPlace,
    groupPath: string,
    { emails, role, expiresInDays }: InviteInput,
  ): Promise<InviteOutcome[]> {
    const { invitations, mails, platform } = this.deps;
    mails.assertConfigured();
    if (!mayGive(principal.access, role, groupPath)) throw new InvitedRoleTooHighError();
    const asked = [...new Set(emails)];
    await this.assertNotTooMany(principal, asked.length);
    const now = this.now();
    const expiresAt = new Date(now.getTime() + expiresInDays * DAY_MS);
    return platform.db.transaction(async () => {
      const members = new Set(await invitations.listMembers(place, asked));
      await invitations.expire(place, asked, now);
      const isNew = new Set<string>();
      for (const email of asked) {
        if (members.has(email)) continue;
        const invitation = { id: newId(), ...place, email, role, invitedBy: principal.userId, expiresAt };
        if (await invitations.insert(invitation)) isNew.add(email);
      }
      const pending = await invitations.listPending(place, asked, now);
      for (const each of pending) if (isNew.has(each.email)) await this.announce(each);
      return asked.map((email) => outcomeOf(email, { members, isNew, pending }));
    });
  }

  private async announce(invitation: Invitation): Promise<void> {
    const { id, tenantId, groupId, classId, role } = invitation;
    await this.requestMail(invitation);
    const subjectOf = auditSubject('invitation', { id, tenantId });
    await this.deps.audit.record(subjectOf, 'invitation.created', { groupId, classId, role });
  }

  private async requestMail({ id, tenantId, email }: Invitation): Promise<void> {
    await this.deps.mails.request({
      kind: 'invitation',
      userId: null,
      invitationId: id,
      tenantId,
      recipient: email,
    });
  }

  private async assertNotTooMany(principal: Principal, count: number): Promise<void> {
    const since = new Date(this.now().getTime() - HOUR_MS);
    const sent = await this.deps.invitations.countSince(principal.userId, since);
    if (sent + count > MAX_AN_HOUR)
      throw new RateLimitedError({
        ...{ limit: 'invitations', retryAfterSeconds: HOUR_MS / 1000, reason: 'invitation.too_many' },
        message: `You can send ${MAX_AN_HOUR} invitations in an hour. Send the others later.`,
      });
  }

  /** An invitation that the caller manages. @throws InvitationNotFoundError if they may not know of it */
  private async getFor(principal: Principal, id: string): Promise<Invitation> {
    const found = await this.getExisting(id);
    const { groupId, classId, groupPath } = found;
    const isAllowed = (group: Action, schoolClass: Action) =>
      classId === null
        ? can(principal, group, subject('Group', { id: groupId ?? '', path: groupPath }))
        : can(principal, schoolClass, classSubject({ id: classId, groupPath }));
    if (!isAllowed('group.invite', 'class.invite')) throw new InvitationNotFoundError();
    return found;
  }

  private async getExisting(id: string): Promise<Invitation> {
    const found = await this.deps.invitations.find(id, this.now());
    if (found === null) throw new InvitationNotFoundError();
    return found;
  }

  private now(): Date {
    return this.deps.platform.clock.now();
  }
}

/** Why an invitation that has ended cannot go on. */
export function conflictOf({ state }: Invitation): ConflictError {
  const reason: InvitationConflict = state === 'pending' ? 'invitation.revoked' : `invitation.${state}`;
  return new InvitationConflictError(reason);
}

function outcomeOf(
  email: string,
  found: { members: ReadonlySet<string>; isNew: ReadonlySet<string>; pending: readonly Invitation[] },
): InviteOutcome {
  if (found.members.has(email)) return { email, outcome: 'already_member', invitation: null };
  const invitation = found.pending.find((each) => each.email === email) ?? null;
  return { email, outcome: found.isNew.has(email) ? 'invited' : 'already_invited', invitation };
}
