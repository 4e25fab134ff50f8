import { can, type Principal, subject } from '../../authz/ability';
import type { Platform } from '../../platform/platform';
import { secretHash as hashOf } from '../../shared/secrets';
import type { AccessService } from '../access';
import { type AuditService, auditSubject } from '../audit';
import { type AccountsService, type LinkLimits, requirePerson } from '../auth';
import { classSubject, type RosterService } from '../classes';
import { type GroupMembersService, type GroupsReader, MemberExistsError } from '../groups';
import { LinkInvalidError } from '../mails';
import { InvitationConflictError, NamesMissingError } from './invitations.errors';
import { mayGive } from './invitations.policy';
import type { InvitationsRepository } from './invitations.repository';
import { conflictOf } from './invitations.service';
import type { AcceptInput, Invitation, InvitationPreview } from './invitations.types';

export interface AcceptanceDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  invitations: InvitationsRepository;
  accounts: AccountsService;
  access: AccessService;
  groups: GroupsReader;
  members: GroupMembersService;
  roster: RosterService;
  limits: LinkLimits;
  audit: AuditService;
}

/** What a person gets by accepting. */
export interface Accepted {
  invitation: Invitation;
  userId: string;
  accountCreated: boolean;
}

/**
 * Invitations as the invited people use them. An invitation carries the right of its inviter: it is worth what they may
 * still give at the moment in which it is accepted.
 */
export class AcceptanceService {
  constructor(private readonly deps: AcceptanceDeps) {}

  /** What the holder of the link is invited to. @throws LinkInvalidError, InvitationConflictError, RateLimitedError */
  async preview(token: string, ip: string): Promise<InvitationPreview> {
    return this.deps.limits.trying(ip, async () => {
      const invitation = await this.getOpen(hashOf(token));
      const account = await this.deps.accounts.findByEmail(invitation.email);
      const { school } = await this.deps.groups.mailLook(invitation.tenantId);
      return { invitation, school, accountExists: account !== null };
    });
  }

  /**
   * Accepts an invitation: with the account of the caller, or with one that is created for it.
   * @throws LinkInvalidError, InvitationConflictError, NamesMissingError, WeakPasswordError, RegistrationClosedError,
   * PersonRequiredError, NotOfSchoolError, ClassMemberExistsError, RateLimitedError
   */
  async accept(principal: Principal | null, input: AcceptInput, ip: string): Promise<Accepted> {
    if (principal !== null) requirePerson(principal);
    return this.deps.limits.trying(ip, async () => {
      const secretHash = hashOf(input.token);
      const invitation = await this.getOpen(secretHash);
      // Hashed before the transaction, which holds locks.
      const passwordHash = principal === null ? await this.prepareAccount(invitation, input) : null;
      return this.deps.platform.db.transaction(async () => {
        const inviter = await this.getInviter(await this.getOpen(secretHash));
        const userId =
          principal === null
            ? await this.deps.accounts.createInvited(invitation.email, input.name ?? '', passwordHash ?? '')
            : await this.useAccount(principal, invitation, inviter.isPlatformAdmin);
        const now = this.deps.platform.clock.now();
        if (!(await this.deps.invitations.accept(invitation.id, secretHash, userId, now)))
          throw new InvitationConflictError('invitation.accepted');
        await this.join(inviter, invitation, userId);
        const about = auditSubject('invitation', invitation, userId);
        await this.deps.audit.record(about, 'invitation.accepted', { accountCreated: principal === null });
        return { invitation, userId, accountCreated: principal === null };
      });
    });
  }

  /** @throws LinkInvalidError for a link that was replaced; InvitationConflictError for one that says why it is over. */
  private async getOpen(secretHash: Buffer): Promise<Invitation> {
    const { invitations, platform } = this.deps;
    const found = await invitations.findBySecret(secretHash, platform.clock.now());
    if (found === null) throw new LinkInvalidError();
    if (found.state !== 'pending') throw conflictOf(found);
    if (found.isPlaceArchived) throw new InvitationConflictError('invitation.place_archived');
    return found;
  }

  /** The inviter, who may still give the role. */
  private async getInviter({ invitedBy, role, groupId, classId, groupPath }: Invitation): Promise<Principal> {
    const credential = { sessionId: null, kind: 'system' as const, scopes: null };
    const inviter = invitedBy === null ? null : await this.deps.access.findPrincipal(invitedBy, credential);
    const mayInvite =
      inviter !== null &&
      (classId === null
        ? can(inviter, 'group.invite', subject('Group', { id: groupId ?? '', path: groupPath }))
        : can(inviter, 'class.invite', classSubject({ id: classId, groupPath })));
    if (inviter === null || !mayInvite || !mayGive(inviter.access, role, groupPath))
      throw new InvitationConflictError('invitation.lapsed');
    return inviter;
  }

  /** @returns the hash of the password that the new account gets. */
  private async prepareAccount(
    { email, tenantId }: Invitation,
    { name, password }: AcceptInput,
  ): Promise<string> {
    const { accounts, groups } = this.deps;
    if ((await accounts.findByEmail(email)) !== null)
      throw new InvitationConflictError('invitation.sign_in_required');
    if (name === undefined || password === undefined)
      throw new NamesMissingError([
        ...(name === undefined ? ['name'] : []),
        ...(password === undefined ? ['password'] : []),
      ]);
    const { school } = await groups.mailLook(tenantId);
    return accounts.prepareInvited({ email, name, password }, [school]);
  }

  /** The caller's account, if the invitation is for it. */
  private async useAccount(
    principal: Principal,
    invitation: Invitation,
    isByOperator: boolean,
  ): Promise<string> {
    const account = await this.deps.accounts.findByEmail(invitation.email);
    if (account?.id !== principal.userId) throw new InvitationConflictError('invitation.other_address');
    if (account.tenantId !== null && account.tenantId !== invitation.tenantId)
      throw new InvitationConflictError('invitation.other_tenant');
    if (principal.isPlatformAdmin && !isByOperator)
      throw new InvitationConflictError('invitation.platform_admin');
    await this.deps.accounts.proveEmail(account.id, invitation.email);
    return account.id;
  }

  /** @param principal the inviter, by whose right the person joins */
  private async join(principal: Principal, invitation: Invitation, userId: string): Promise<void> {
    const { groupId, classId, role } = invitation;
    if (classId !== null) return this.deps.roster.admit(principal, classId, userId, role as 'student');
    try {
      await this.deps.members.admit(principal, groupId ?? '', userId, role as 'student');
    } catch (error) {
      throw error instanceof MemberExistsError ? new InvitationConflictError('invitation.role_taken') : error;
    }
  }
}
